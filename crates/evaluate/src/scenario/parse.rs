//! From TOML to a scenario.

use crate::ja::Rates;
use crate::scenario::measure::{Bound, ScenarioMeasure, ScenarioTask};
use crate::scenario::members::{Members, ScenarioError, fault};
use crate::scenario::spec::{
    Benchmark, ColumnErrors, Corruption, DataSide, Scenario, ScenarioAccept, ScenarioAssignment,
    ScenarioData, ScenarioHouseholds, ScenarioMethod, ScenarioSchema, SwapErrors,
};

/// Custodians of synthetic people that can be linked, left and right.
const JAPAN: [(&str, &str); 3] = [("insurer", "registry"), ("bank", "registry"), ("handbook", "registry")];
const ENGLISH: [(&str, &str); 3] =
    [("hospital", "insurer"), ("hospital", "registry"), ("insurer", "registry")];

/// Reads a scenario.
///
/// # Errors
/// [`ScenarioError`] with the line, or with the member that is unknown, missing or invalid.
pub fn parse_scenario(text: &str) -> Result<Scenario, ScenarioError> {
    let table = read_toml(text)?;
    let top = Members::top(&table);
    let benchmark = benchmark(&top)?;
    let expect = top.tables("expect")?.into_iter().map(|members| bound(members, benchmark.method.task));
    let expect = expect.collect::<Result<Vec<Bound>, ScenarioError>>()?;
    top.finish()?;
    Ok(Scenario { benchmark, expect })
}

pub(crate) fn read_toml(text: &str) -> Result<toml::Table, ScenarioError> {
    text.parse().map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
        ScenarioError::Syntax { line, problem: error.message().to_owned() }
    })
}

/// The members that scenarios and grids have in common.
pub(crate) fn benchmark(top: &Members<'_>) -> Result<Benchmark, ScenarioError> {
    let name = top.text("name")?.ok_or_else(|| top.missing("name", "give it a name"))?;
    let method = method(top)?;
    let data = data(top, method.task)?;
    let corruption = corruption(top, &data)?;
    Ok(Benchmark { name, data, corruption, schema: schema(top)?, method })
}

pub(crate) fn section<'t>(top: &Members<'t>, name: &'static str) -> Result<Members<'t>, ScenarioError> {
    top.table(name)?.ok_or_else(|| top.missing(name, format!("add a section [{name}]")))
}

fn data(top: &Members<'_>, task: ScenarioTask) -> Result<ScenarioData, ScenarioError> {
    let members = section(top, "data")?;
    let data = if members.has("synth") { synthetic(&members, task)? } else { files(&members, task)? };
    members.finish()?;
    Ok(data)
}

fn synthetic(members: &Members<'_>, task: ScenarioTask) -> Result<ScenarioData, ScenarioError> {
    let pairs = members.word("synth", &[("ja", &JAPAN), ("en-Latn", &ENGLISH)])?;
    let pairs: &[(&str, &str); 3] = pairs.unwrap_or(&JAPAN);
    let is_japan = pairs == &JAPAN;
    if task == ScenarioTask::Dedupe {
        let problem = "tables of synthetic people have no duplicates";
        return Err(fault(members.at("synth"), problem, "give files, or set method.task to \"link\""));
    }
    let people = members.whole("people", 1, 20_000_000)?;
    let people = people.ok_or_else(|| members.missing("people", "write the number of people"))? as u32;
    let seed = members.whole("seed", 0, i64::MAX)?.unwrap_or(1) as u64;
    let municipality = if is_japan { members.text("municipality")? } else { None };
    let left = members.text("left")?.unwrap_or_else(|| pairs[0].0.to_owned());
    let right = members.text("right")?.unwrap_or_else(|| pairs[0].1.to_owned());
    if !pairs.contains(&(&left, &right)) {
        let known: Vec<String> = pairs.iter().map(|(left, right)| format!("{left} and {right}")).collect();
        let problem = "there are no true pairs of these two custodians in this order";
        return Err(fault(members.at("left"), problem, format!("take {}", known.join(", or "))));
    }
    let locale = if is_japan { "ja" } else { "en-Latn" }.to_owned();
    Ok(ScenarioData::Synth { locale, people, seed, municipality, left, right })
}

fn files(members: &Members<'_>, task: ScenarioTask) -> Result<ScenarioData, ScenarioError> {
    let fix = "give synth and people, or the files left, right and truth";
    let left = members.text("left")?.ok_or_else(|| members.missing("left", fix))?;
    let right = members.text("right")?;
    if task == ScenarioTask::Dedupe && right.is_some() {
        let problem = "duplicates are found within one table";
        return Err(fault(members.at("right"), problem, "remove it, or set method.task to \"link\""));
    }
    if task == ScenarioTask::Link && right.is_none() {
        return Err(members.missing("right", fix));
    }
    let truth = members.text("truth")?.ok_or_else(|| members.missing("truth", fix))?;
    Ok(ScenarioData::Files { left, right, truth, id_column: members.text("id_column")? })
}

const SIDES: [(&str, DataSide); 2] = [("left", DataSide::Left), ("right", DataSide::Right)];

fn corruption(top: &Members<'_>, data: &ScenarioData) -> Result<Corruption, ScenarioError> {
    let Some(members) = top.table("corruption")? else { return Ok(Corruption::default()) };
    let is_japan = matches!(data, ScenarioData::Synth { locale, .. } if locale == "ja");
    let has_right = !matches!(data, ScenarioData::Files { right: None, .. });
    let mut rates = Vec::new();
    if let Some(table) = members.table("rates")? {
        if !is_japan {
            let problem = "only synthetic people of locale ja have these rates";
            return Err(fault(members.at("rates"), problem, "use [[corruption.column]] for other data"));
        }
        rates = table.rates()?;
        let mut all = Rates::default();
        for (name, value) in &rates {
            if all.set(name, *value).is_none() {
                let fix = "`mizuhiki synth rates` lists their names; write a name with a dot in quotes";
                return Err(fault(table.at(name), "unknown rate", fix));
            }
        }
        if !all.has_possible_sizes() {
            let problem = "the shares of household sizes sum to more than 1";
            return Err(fault(members.at("rates"), problem, "lower household.size_1 to household.size_5"));
        }
    }
    let side = |members: &Members<'_>| {
        let side = members.word("side", &SIDES)?;
        let side = side.unwrap_or(if has_right { DataSide::Right } else { DataSide::Left });
        if side == DataSide::Right && !has_right {
            return Err(fault(members.at("side"), "there is no right table", "write \"left\""));
        }
        Ok(side)
    };
    let column = |members: Members<'_>| {
        let column = members.text("name")?.ok_or_else(|| members.missing("name", "name a column"))?;
        let rate = |name| Ok::<f64, ScenarioError>(members.share(name)?.unwrap_or(0.0));
        let errors = ColumnErrors {
            side: side(&members)?,
            column,
            typo: rate("typo")?,
            by_ear: rate("by_ear")?,
            missing: rate("missing")?,
        };
        members.finish()?;
        Ok(errors)
    };
    let swap = |members: Members<'_>| {
        let fix = "name the two columns that are exchanged";
        let columns = <[String; 2]>::try_from(members.texts("columns")?);
        let columns = columns.map_err(|_| members.missing("columns", fix))?;
        let rate =
            members.share("rate")?.ok_or_else(|| members.missing("rate", "write a number from 0 to 1"))?;
        let errors = SwapErrors { side: side(&members)?, columns, rate };
        members.finish()?;
        Ok(errors)
    };
    let corruption = Corruption {
        rates,
        seed: members.whole("seed", 0, i64::MAX)?.unwrap_or(1) as u64,
        columns: members.tables("column")?.into_iter().map(column).collect::<Result<_, ScenarioError>>()?,
        swaps: members.tables("swap")?.into_iter().map(swap).collect::<Result<_, ScenarioError>>()?,
    };
    members.finish()?;
    Ok(corruption)
}

fn schema(top: &Members<'_>) -> Result<ScenarioSchema, ScenarioError> {
    let members = section(top, "schema")?;
    let schema = match (members.text("file")?, members.text("example")?) {
        (Some(file), None) => ScenarioSchema::File(file),
        (None, Some(name)) => ScenarioSchema::Example(name),
        _ => {
            let problem = "needs either a file or an example";
            return Err(fault("schema", problem, "write file = \"…\" or example = \"people-five-fields\""));
        }
    };
    members.finish()?;
    Ok(schema)
}

fn method(top: &Members<'_>) -> Result<ScenarioMethod, ScenarioError> {
    let members = section(top, "method")?;
    let task = members.word("task", &[("link", ScenarioTask::Link), ("dedupe", ScenarioTask::Dedupe)])?;
    let task = task.ok_or_else(|| members.missing("task", "write \"link\" or \"dedupe\""))?;
    let accept = match members.number("accept") {
        Ok(None) => ScenarioAccept::Schema,
        Ok(Some(number)) if (0.0..=1.0).contains(&number) => ScenarioAccept::Similarity(number),
        _ => {
            let words = [("auto", ScenarioAccept::Auto), ("schema", ScenarioAccept::Schema)];
            let fix = "write a number from 0 to 1, \"auto\" or \"schema\"";
            let word = members.word("accept", &words).ok().flatten();
            word.ok_or_else(|| fault(members.at("accept"), "not a threshold", fix))?
        }
    };
    let assigns = [
        ("optimal", ScenarioAssignment::Optimal),
        ("greedy", ScenarioAssignment::Greedy),
        ("many", ScenarioAssignment::Many),
    ];
    let households = [
        ("borderline", ScenarioHouseholds::Borderline),
        ("link", ScenarioHouseholds::Link),
        ("drop", ScenarioHouseholds::Drop),
    ];
    let assign = members.word("assign", &assigns)?;
    if task == ScenarioTask::Dedupe && assign.is_some() {
        return Err(fault(members.at("assign"), "clusters have no assignment", "remove it"));
    }
    let method = ScenarioMethod {
        task,
        accept,
        borderline: members.share("borderline")?,
        assign: assign.unwrap_or(ScenarioAssignment::Optimal),
        households: members.word("households", &households)?.unwrap_or(ScenarioHouseholds::Borderline),
    };
    members.finish()?;
    Ok(method)
}

fn bound(members: Members<'_>, task: ScenarioTask) -> Result<Bound, ScenarioError> {
    let names = || {
        let of_task = ScenarioMeasure::ALL.into_iter().filter(|measure| measure.is_of(task));
        of_task.map(|measure| measure.name()).collect::<Vec<_>>().join(", ")
    };
    let name = members.text("measure")?;
    let name = name.ok_or_else(|| members.missing("measure", format!("name one of {}", names())))?;
    let measure = ScenarioMeasure::ALL.into_iter().find(|measure| measure.name() == name);
    let measure = measure.filter(|measure| measure.is_of(task)).ok_or_else(|| {
        fault(members.at("measure"), "not a measure of this task", format!("name one of {}", names()))
    })?;
    let end = |name| if measure.is_share() { members.share(name) } else { members.number(name) };
    let bound = Bound { measure, min: end("min")?, max: end("max")? };
    if bound.min.is_none() && bound.max.is_none() {
        return Err(members.missing("min", "write min, max or both"));
    }
    if bound.min.zip(bound.max).is_some_and(|(min, max)| min > max) {
        return Err(fault(members.at("min"), "is above max", "exchange the two"));
    }
    members.finish()?;
    Ok(bound)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = r#"
name = "all members"
[data]
synth = "ja"
people = 1000
seed = 7
municipality = "26105"
left = "bank"
right = "registry"
[corruption]
seed = 3
rates = { "insurer.typo" = 0.05, "bank.typo" = 0 }
[[corruption.column]]
side = "left"
name = "birth_date"
typo = 0.1
missing = 0.01
[[corruption.swap]]
columns = ["a", "b"]
rate = 0.5
[schema]
example = "people-ja-kana"
[method]
task = "link"
accept = "auto"
borderline = 0.5
assign = "greedy"
households = "link"
[[expect]]
measure = "precision"
min = 0.9
[[expect]]
measure = "bytes_per_record"
max = 4000
"#;

    #[test]
    fn a_scenario_says_everything() {
        let scenario = parse_scenario(WHOLE).unwrap();
        let expected = ScenarioData::Synth {
            locale: "ja".to_owned(),
            people: 1000,
            seed: 7,
            municipality: Some("26105".to_owned()),
            left: "bank".to_owned(),
            right: "registry".to_owned(),
        };
        assert_eq!(scenario.benchmark.data, expected);
        assert_eq!(scenario.benchmark.corruption.columns[0].side, DataSide::Left);
        assert_eq!(
            (scenario.benchmark.corruption.columns[0].typo, scenario.benchmark.corruption.columns[0].by_ear),
            (0.1, 0.0)
        );
        assert_eq!(scenario.benchmark.corruption.swaps[0].side, DataSide::Right);
        assert_eq!(scenario.benchmark.corruption.rates.len(), 2);
        assert_eq!(scenario.benchmark.method.accept, ScenarioAccept::Auto);
        assert_eq!(scenario.expect[1].max, Some(4000.0));
    }

    fn refused(change: (&str, &str)) -> String {
        assert!(WHOLE.contains(change.0), "{change:?}");
        parse_scenario(&WHOLE.replacen(change.0, change.1, 1)).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_are_named_by_their_member() {
        for (change, expected) in [
            (("people = 1000", "peopel = 1000"), "data.people: missing"),
            (
                ("seed = 7", "seed = 7\nsede = 8"),
                "data.sede: unknown member; the known ones are left, municipality",
            ),
            (
                ("people = 1000", "people = 0"),
                "data.people: not a value of this member; write a whole number from 1",
            ),
            (
                ("synth = \"ja\"", "synth = \"fr\""),
                "data.synth: not a value of this member; write \"ja\" or \"en-Latn\"",
            ),
            (("synth = \"ja\"", "synth = \"en-Latn\""), "data.left: there are no true pairs"),
            (
                ("\"insurer.typo\" = 0.05", "\"household.size_1\" = 0.9"),
                "corruption.rates: the shares of household sizes",
            ),
            (("insurer.typo", "insurer.typos"), "corruption.rates.insurer.typos: unknown rate"),
            (
                ("typo = 0.1", "typo = 1.1"),
                "corruption.column[1].typo: not a value of this member; write a number from 0",
            ),
            (("typo = 0.1", "tipo = 0.1"), "corruption.column[1].tipo: unknown member"),
            (("[\"a\", \"b\"]", "[\"a\"]"), "corruption.swap[1].columns: missing; name the two columns"),
            (("example = \"people-ja-kana\"", ""), "schema: needs either a file or an example"),
            (("\"auto\"", "\"automatic\""), "method.accept: not a threshold"),
            (("\"auto\"", "2"), "method.accept: not a threshold"),
            (("task = \"link\"", ""), "method.task: missing"),
            (("task = \"link\"", "task = \"dedupe\""), "method.assign: clusters have no assignment"),
            (("\"precision\"", "\"accuracy\""), "expect[1].measure: not a measure of this task"),
            (("\"precision\"", "\"b_cubed_f1\""), "expect[1].measure: not a measure of this task"),
            (("min = 0.9", ""), "expect[1].min: missing; write min, max or both"),
            (("min = 0.9", "min = 0.9\nmax = 0.8"), "expect[1].min: is above max"),
            (("min = 0.9", "min = nan"), "expect[1].min: not a value"),
            (("name = \"all members\"", "titel = \"x\""), "name: missing"),
            (("[method]", "[methods]"), "method: missing; add a section [method]"),
            (("people = 1000", "people = "), "line 5: not TOML"),
        ] {
            let found = refused(change);
            assert!(found.starts_with(expected), "{change:?}: {found}");
        }
    }

    #[test]
    fn files_have_their_own_members() {
        let text = "name = \"x\"\n[data]\nleft = \"a.csv\"\ntruth = \"t.csv\"\n[schema]\nfile = \"s.json\"\n[method]\ntask = \"dedupe\"\n";
        let scenario = parse_scenario(text).unwrap();
        assert!(matches!(scenario.benchmark.data, ScenarioData::Files { right: None, .. }));
        let error = |text: &str| parse_scenario(text).unwrap_err().to_string();
        assert!(error(&text.replace("dedupe", "link")).starts_with("data.right: missing"));
        let right = error(&format!("{text}[[corruption.column]]\nside = \"right\"\nname = \"a\"\n"));
        assert!(right.starts_with("corruption.column[1].side: there is no right table"), "{right}");
        let rates = error(&format!("{text}[corruption]\nrates = {{ \"bank.typo\" = 0.5 }}\n"));
        assert!(rates.starts_with("corruption.rates: only synthetic people of locale ja"), "{rates}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}", at in 0_usize..400) {
            let _ = parse_scenario(&text);
            let cut: String = WHOLE.chars().enumerate().filter(|(place, _)| *place != at).map(|(_, c)| c).collect();
            let _ = parse_scenario(&cut);
        }
    }
}
