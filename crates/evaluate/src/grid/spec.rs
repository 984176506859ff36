//! What a grid says.

use serde::Serialize;

use crate::attack::Tier;
use crate::scenario::members::{Members, ScenarioError, fault};
use crate::scenario::parse::{benchmark, read_toml, section};
use crate::scenario::{Benchmark, ScenarioTask};

/// A grid: a benchmark without bounds, and the values that are tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridSpec {
    /// What is done at each point.
    #[serde(flatten)]
    pub benchmark: Benchmark,
    /// The values of each parameter.
    pub axes: GridAxes,
    /// What is tried against the files; `None`: no attacks.
    pub attacks: Option<Tier>,
    /// Seed of the keys and of the attacks' choices.
    pub seed: u64,
}

/// Values of the parameters of a schema (`protocols/01-linkage-schema.md`). An empty list leaves the schema as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GridAxes {
    /// Profiles with symbols.
    pub profile: Vec<&'static str>,
    /// Which views there are.
    pub views: Vec<GridViews>,
    /// Filter positions that a symbol seals.
    pub positions: Vec<i64>,
    /// Symbols per view.
    pub per_view: Vec<i64>,
    /// Bits of a symbol.
    pub bits: Vec<i64>,
    /// Share of set bits of a filter.
    pub fill: Vec<f64>,
    /// Alternatives of a record.
    pub alternatives: Vec<i64>,
    /// Room of a token in rows: symbols per record divided by those of one row.
    pub rows: Vec<i64>,
}

/// The views of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GridViews {
    /// Those that it lists.
    Schema,
    /// All fields.
    Whole,
    /// All fields, and all but one.
    OneLeftOut,
    /// All fields, all but one, and all but two.
    TwoLeftOut,
}

impl GridViews {
    /// All, with their names in grids.
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("schema", Self::Schema),
        ("whole", Self::Whole),
        ("one-left-out", Self::OneLeftOut),
        ("two-left-out", Self::TwoLeftOut),
    ];

    /// Its name in grids.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, of)| *of == self).map_or("", |(name, _)| *name)
    }
}

/// Reads a grid: the members of a scenario without `expect`, and a section `[grid]`.
///
/// # Errors
/// [`ScenarioError`] with the line, or with the member that is unknown, missing or invalid.
pub fn parse_grid(text: &str) -> Result<GridSpec, ScenarioError> {
    let table = read_toml(text)?;
    let top = Members::top(&table);
    let benchmark = benchmark(&top)?;
    if benchmark.method.task == ScenarioTask::Dedupe {
        let problem = "a grid links two tables, because attacks are on files for linkage";
        return Err(fault("method.task", problem, "write \"link\""));
    }
    let members = section(&top, "grid")?;
    let profiles = [("hardened", "hardened"), ("max-privacy", "max-privacy")];
    let tiers = [
        ("quick", Some(Tier::Quick)),
        ("standard", Some(Tier::Standard)),
        ("deep", Some(Tier::Deep)),
        ("none", None),
    ];
    let axes = GridAxes {
        profile: members.words("profile", &profiles)?,
        views: members.words("views", &GridViews::NAMES)?,
        positions: members.wholes("positions", 8, 112)?,
        per_view: members.wholes("per_view", 4, 1024)?,
        bits: members.wholes("bits", 32, 64)?,
        fill: members.shares("fill")?,
        alternatives: members.wholes("alternatives", 1, 64)?,
        rows: members.wholes("rows", 1, 256)?,
    };
    let spec = GridSpec {
        benchmark,
        axes,
        attacks: members.word("attacks", &tiers)?.unwrap_or(Some(Tier::Quick)),
        seed: members.whole("seed", 0, i64::MAX)?.unwrap_or(1) as u64,
    };
    members.finish()?;
    top.finish()?;
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: &str = r#"
name = "g"
[data]
synth = "en-Latn"
people = 1000
[schema]
example = "people-five-fields"
[method]
task = "link"
[grid]
positions = [24, 48]
per_view = [16]
fill = [0.45]
views = ["schema", "two-left-out"]
attacks = "none"
"#;

    #[test]
    fn a_grid_says_its_values() {
        let spec = parse_grid(GRID).unwrap();
        assert_eq!((spec.axes.positions, spec.attacks, spec.seed), (vec![24, 48], None, 1));
        assert_eq!(spec.axes.views, [GridViews::Schema, GridViews::TwoLeftOut]);
        assert!(spec.axes.bits.is_empty());
        assert_eq!(parse_grid(&GRID.replace("attacks = \"none\"\n", "")).unwrap().attacks, Some(Tier::Quick));
    }

    #[test]
    fn mistakes_are_named_by_their_member() {
        for (from, to, expected) in [
            ("[grid]", "[grids]", "grid: missing; add a section [grid]"),
            ("positions", "position", "grid.position: unknown member; the known ones are alternatives"),
            ("[24, 48]", "24", "grid.positions: not a value of this member; write a list of whole numbers"),
            ("[24, 48]", "[24, 4]", "grid.positions: not a value of this member"),
            ("[24, 48]", "[24, 24]", "grid.positions: a value occurs twice"),
            ("[0.45]", "[1.5]", "grid.fill: not a value of this member; write a list of numbers from 0 to 1"),
            ("\"two-left-out\"", "\"three\"", "grid.views: not a value of this member; write a list of"),
            ("\"none\"", "\"slow\"", "grid.attacks: not a value of this member"),
            ("task = \"link\"", "task = \"dedupe\"", "data.synth: tables of synthetic people"),
        ] {
            assert!(GRID.contains(from), "{from}");
            let found = parse_grid(&GRID.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(found.starts_with(expected), "{to}: {found}");
        }
    }
}
