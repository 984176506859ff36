//! Why a custodian's work fails.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_encode::EncodeError;
use mizuhiki_files::WriteError;

/// Why a custodian's work fails. Messages name files, rows and columns, never values.
#[derive(Debug, thiserror::Error)]
pub enum CustodianError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The schema cannot be used by this build, or a value cannot be encoded.
    #[error("{file}{}{reason}", separator(reason))]
    Encode {
        /// The schema's or the input's name.
        file: String,
        /// The problem.
        reason: EncodeError,
    },
    /// A key file cannot be read or written.
    #[error("{file}: {problem}; {fix}")]
    Key {
        /// The key file.
        file: String,
        /// The problem.
        problem: String,
        /// The remedy.
        fix: &'static str,
    },
    /// A view's values are not unique enough to be disclosed.
    #[error(
        "{file}: view {view:?} repeats: {share:.1} % of the records share their token with another record, \
         the schema permits {limit:.1} %. Such a view reveals who lives or works together: remove it from the \
         schema, or agree on a higher limits.maxRepeatedShare"
    )]
    RepeatedView {
        /// The input.
        file: String,
        /// Name of the view.
        view: String,
        /// Share of repeated records, in per cent.
        share: f64,
        /// Permitted share, in per cent.
        limit: f64,
    },
    /// Two records have the same id.
    #[error(
        "{file}, row {second}, column {column:?}: the id already occurs in row {first}; give each record its own id"
    )]
    RepeatedId {
        /// The input.
        file: String,
        /// The id column.
        column: String,
        /// First row with the id, from 1.
        first: u64,
        /// Second row with the id, from 1.
        second: u64,
    },
    /// Two links have the same handle.
    #[error(
        "{file}, row {second}, column {column:?}: the handle already occurs in row {first}; give each link its own handle"
    )]
    RepeatedHandle {
        /// The table with the handles.
        file: String,
        /// Their column.
        column: String,
        /// First row with the handle, from 1.
        first: u64,
        /// Second row with the handle, from 1.
        second: u64,
    },
    /// A compared column would be in the tokens as plaintext.
    #[error(
        "{file}, column {column:?}: tokens contain handles and labels as plaintext, and this column contains values of \
         people; name a column of opaque handles, or of batches or offices"
    )]
    InPlain {
        /// The table.
        file: String,
        /// The column.
        column: String,
    },
    /// No record has a link.
    #[error(
        "{file}: none of its records has a link; check --id-column and --link-column, which must contain the same ids"
    )]
    NoLinks {
        /// The table of people.
        file: String,
    },
    /// A label is too specific.
    #[error(
        "{file}, column {column:?}: more than one link in a hundred has a label that fewer than five links have; a label is a batch or an office, and must not single people out"
    )]
    Label {
        /// The table with the labels.
        file: String,
        /// The column.
        column: String,
    },
    /// No column was recognized.
    #[error(
        "{file}: no column looks like a name, a date of birth or another field that links people; \
         write a schema by hand, from protocols/schema/examples"
    )]
    NothingToPropose {
        /// The input.
        file: String,
    },
    /// The first line does not name columns.
    #[error(
        "{file}: the name of column {column} looks like {what}: the first line seems to be a person, not the names of \
         columns; write a line above it that names them"
    )]
    NoHeader {
        /// The input.
        file: String,
        /// Number of the column, from 1.
        column: usize,
        /// What its name looks like.
        what: &'static str,
    },
    /// A confirmation is refused, or cannot be read or written.
    #[error("{file}: {reason}")]
    Confirm {
        /// The file in which the problem was found.
        file: String,
        /// The problem.
        reason: mizuhiki_confirm::ConfirmError,
    },
    /// The authority's copy of the tickets.
    #[error(
        "{file}: these tickets are for the authority; use the file that the linkage unit made for this custodian"
    )]
    NotForCustodian {
        /// The tickets.
        file: String,
    },
    /// A table that is not an id map.
    #[error(
        "{file}: this is not an id map; use the file that `mizuhiki encode --id-map` wrote, or name the column of ids"
    )]
    NoIdMap {
        /// The file.
        file: String,
    },
    /// A table without any of the tickets' records.
    #[error("{file}: the table has none of the records that the tickets ask for; {fix}")]
    NoRecordsOfTickets {
        /// The table.
        file: String,
        /// The next step.
        fix: &'static str,
    },
    /// A table whose records are all different from the tokens.
    #[error(
        "{file}: none of the tickets can be confirmed: the records have tokens that differ from those in {tokens}; was the \
         token file encoded from this table? If the table has changed, encode it again, and let the linkage unit link again"
    )]
    OtherTable {
        /// The table.
        file: String,
        /// The token file.
        tokens: String,
    },
    /// A table on standard input that is needed twice.
    #[error(
        "standard input: most symbols of a ticket's record are not in the token file, and only a second reading of the \
         table shows why; give the table as a file"
    )]
    TableReadTwice,
    /// Another process is using the custodian's own ledger.
    #[error("{file}: another encryption is using this ledger; wait until it is done")]
    LedgerBusy {
        /// The ledger.
        file: String,
    },
    /// Not the custodian's own token file.
    #[error("{file}: this token file has another {what}; use the one that you sent to the linkage unit")]
    OtherTokens {
        /// The token file.
        file: String,
        /// What differs.
        what: &'static str,
    },
    /// A schema that does not define how pairs are confirmed.
    #[error(
        "the schema does not define how pairs are confirmed; agree on a member \"confirm\" (protocols/01-linkage-schema.md §2.5)"
    )]
    NothingToConfirm,
    /// The operating system provides no random numbers.
    #[error("the operating system provides no random numbers")]
    NoRandomness,
    /// A thread ended without a result.
    #[error("internal error: an encoding thread ended early; please report it")]
    Thread,
}

impl CustodianError {
    /// Whether a rule of the protocol forbids the work, in contrast to a fault in the input or the system.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        if let Self::Confirm { reason, .. } = self {
            return reason.is_refusal();
        }
        matches!(
            self,
            Self::RepeatedView { .. }
                | Self::OtherTable { .. }
                | Self::Label { .. }
                | Self::InPlain { .. }
                | Self::Encode { reason: EncodeError::NationalNumber { .. }, .. }
        )
    }
}

/// Separator between the file's name and the reason; errors of a row follow a comma, as in other readers.
const fn separator(error: &EncodeError) -> &'static str {
    match error {
        EncodeError::Value { .. } | EncodeError::NationalNumber { .. } => ", ",
        _ => ": ",
    }
}
