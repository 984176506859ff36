//! First pass of an audit: compares every link and decoy, and stores for each row the number of its pattern.

use mizuhiki_columnar::{PairTokenBatch, PairTokenReader};
use mizuhiki_match::audit::{ComparedLinks, MAX_HANDLES, PairComparison, PairRow};

use crate::audit::error::AuditError;
use crate::audit::job::{AuditStage, OnAuditProgress};
use crate::audit::merge::{Cursor, Merge, Sides};

/// Rows between two reports of progress.
const REPORT_ROWS: u64 = 1 << 14;

/// A side, and one of its label columns.
struct Label {
    of_left: bool,
    column: usize,
}

/// Compares the rows of both files, handle by handle.
pub(crate) fn read<'c>(
    comparison: &'c PairComparison,
    left: PairTokenReader,
    right: PairTokenReader,
    label: Option<&str>,
    on_progress: OnAuditProgress<'_>,
) -> Result<ComparedLinks<'c>, AuditError> {
    let total = left.stated_rows().max(right.stated_rows());
    let label = label.map(|label| find_label(&left, &right, label)).transpose()?;
    let mut links = ComparedLinks::new(comparison);
    let mut seen = 0_u64;
    Merge::new(left, right)?.run::<AuditError>(|sides, left, right| {
        seen += 1;
        if seen.is_multiple_of(REPORT_ROWS) {
            on_progress(AuditStage::Compare, seen, total);
        }
        let before = links.len();
        take(&mut links, sides, left, right);
        if let Some(label) = &label
            && links.len() > before
        {
            links.label_last(label.text(sides, left, right));
        }
        if links.len() >= MAX_HANDLES { Err(AuditError::TooManyLinks) } else { Ok(()) }
    })?;
    Ok(links)
}

/// Takes the current rows. A decoy of only one side is ignored.
fn take(links: &mut ComparedLinks<'_>, sides: Sides, left: &Cursor, right: &Cursor) {
    match (sides, left.current(), right.current()) {
        (Sides::Both, Some((left, i)), Some((right, j))) if left.is_decoy(i) => {
            links.push_decoy(left.pair(i), right.pair(j));
        }
        (Sides::Both, Some(left), Some(right)) => links.push_link(row(left), row(right)),
        (Sides::Left, Some((left, i)), _) if !left.is_decoy(i) => links.push_left_only(left.pair(i)),
        (Sides::Right, _, Some((right, j))) if !right.is_decoy(j) => links.push_right_only(),
        _ => {}
    }
}

fn row((batch, at): (&PairTokenBatch, usize)) -> PairRow<'_> {
    PairRow {
        pair: batch.pair(at),
        shared: batch.shared(at),
        near_number: batch.near_number(at) == Some(true),
    }
}

fn find_label(left: &PairTokenReader, right: &PairTokenReader, wanted: &str) -> Result<Label, AuditError> {
    let place = |reader: &PairTokenReader| reader.labels().iter().position(|label| label == wanted);
    match (place(left), place(right)) {
        (Some(column), _) => Ok(Label { of_left: true, column }),
        (None, Some(column)) => Ok(Label { of_left: false, column }),
        (None, None) => {
            let mut known: Vec<&str> =
                left.labels().iter().chain(right.labels()).map(String::as_str).collect();
            known.sort_unstable();
            known.dedup();
            Err(AuditError::NoLabel {
                wanted: wanted.to_owned(),
                known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            })
        }
    }
}

impl Label {
    fn text<'b>(&self, sides: Sides, left: &'b Cursor, right: &'b Cursor) -> &'b str {
        let side = match (self.of_left, sides) {
            (true, Sides::Both | Sides::Left) => left.current(),
            (false, Sides::Both | Sides::Right) => right.current(),
            _ => None,
        };
        side.map_or("", |(batch, row)| batch.label(self.column, row))
    }
}
