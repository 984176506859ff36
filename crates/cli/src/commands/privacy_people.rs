//! People of `mizuhiki evaluate privacy`: one's own tables, or synthetic ones.

use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source, TableReader};
use mizuhiki_evaluate::{JapanSpec, Rates, make_english, make_japan};

use crate::args::privacy::Privacy;
use crate::commands::common::id_column;
use crate::say::UsageError;

/// Tables of people, with the column of their ids.
pub(super) struct People {
    pub(super) left: (Source, String),
    pub(super) right: Option<(Source, String)>,
    /// The true pairs of both, or the links between them.
    pub(super) pairs: Option<Source>,
    pub(super) options: ReadOptions,
}

/// What a schema reads.
pub(super) struct Columns {
    pub(super) locale: String,
    /// Names of its columns.
    pub(super) names: Vec<String>,
    /// Numbers of columns of which a table needs one each.
    pub(super) groups: Vec<Vec<usize>>,
}

impl Columns {
    /// Whether a table has them.
    fn are_in(&self, table: &Source) -> bool {
        let columns = TableReader::open(table, &ReadOptions::default());
        let columns = columns.map(|reader| reader.columns().to_vec()).unwrap_or_default();
        self.groups.iter().all(|group| group.iter().any(|&column| columns.contains(&self.names[column])))
    }
}

/// What is evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Evaluated {
    /// Token files of a linkage: the registry, then an institution's.
    Linkage,
    /// Pair tokens of an audit: an institution with its links, then the registry.
    Audit,
}

pub(super) fn own_people(privacy: &Privacy, data: &str) -> anyhow::Result<People> {
    if data == "-" || privacy.other.as_deref() == Some("-") {
        return Err(UsageError("people are read from files, because they are read twice".to_owned()).into());
    }
    let options = privacy.reading.options();
    let table = |path: &str| -> anyhow::Result<(Source, String)> {
        let source = Source::from_argument(path);
        let column = id_column(&source, &options, privacy.id_column.as_deref())?;
        Ok((source, column))
    };
    Ok(People {
        left: table(data)?,
        right: privacy.other.as_deref().map(table).transpose()?,
        pairs: privacy.truth.as_deref().map(Source::from_argument),
        options,
    })
}

/// Synthetic people of the schema's locale: a registry, and an institution that has the columns of the schema.
pub(super) fn synthetic_people(
    privacy: &Privacy,
    (evaluated, columns): (Evaluated, &Columns),
    folder: &Path,
) -> anyhow::Result<People> {
    let is_audit = evaluated == Evaluated::Audit;
    let (id_column, holders) = match columns.locale.as_str() {
        "ja" => {
            let spec = JapanSpec {
                people: privacy.people,
                seed: privacy.seed,
                rates: Rates::default(),
                municipality: None,
                format: Format::Csv,
            };
            make_japan(&spec, folder, &|_, _| ())?;
            let audited = ["bank", "insurer", "handbook"];
            ("record_id", if is_audit { audited } else { ["insurer", "bank", "hospital"] }.to_vec())
        }
        "en-Latn" => {
            make_english(privacy.people, privacy.seed, folder, Format::Csv)?;
            ("rec_id", vec!["insurer", "hospital"])
        }
        other => {
            let problem =
                format!("there are no synthetic people of locale {other}; give a table with --data");
            return Err(UsageError(problem).into());
        }
    };
    let path = |name: &str| Source::Path(folder.join(format!("{name}.csv")));
    let no_table = || {
        UsageError(
            "the synthetic tables lack columns of this schema; give your own people with --data".to_owned(),
        )
    };
    if !columns.are_in(&path("registry")) {
        return Err(no_table().into());
    }
    let partner = holders.into_iter().find(|holder| columns.are_in(&path(holder))).ok_or_else(no_table)?;
    let (registry, institution) =
        ((path("registry"), id_column.to_owned()), (path(partner), id_column.to_owned()));
    // Links as the institution made them, where there are any; otherwise all that are true.
    let links = folder.join(format!("links-{partner}-registry.csv"));
    let pairs = match is_audit && links.exists() {
        true => Source::Path(links),
        false => path(&format!("truth-{partner}-registry")),
    };
    let (left, right) = if is_audit { (institution, registry) } else { (registry, institution) };
    Ok(People { left, right: Some(right), pairs: Some(pairs), options: ReadOptions::default() })
}
