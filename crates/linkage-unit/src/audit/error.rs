//! Why an audit fails.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_exchange::IncomparableError;
use mizuhiki_files::WriteError;

/// Why links cannot be audited.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The files cannot be compared.
    #[error("{left} and {right}: {reason}")]
    Incomparable {
        /// Left file.
        left: String,
        /// Right file.
        right: String,
        /// What differs.
        reason: IncomparableError,
    },
    /// The report cannot be rendered.
    #[error(transparent)]
    Report(#[from] mizuhiki_report::ReportError),
    /// The audit needs more memory than it may use.
    #[error(
        "the audit needs about {} MiB of memory, but {} MiB are allowed; raise --memory (a quarter of the machine's is the \
         default)", needed >> 20, allowed >> 20
    )]
    Memory {
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// A label that neither file has.
    #[error(
        "neither file has labels {wanted:?}, only {known}; add them with `mizuhiki encode --for audit --label`"
    )]
    NoLabel {
        /// The requested label.
        wanted: String,
        /// Labels of the files.
        known: String,
    },
    /// More handles than an audit can hold.
    #[error("the files contain more than 4294967293 handles; audit parts of them")]
    TooManyLinks,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_flag_that_helps() {
        let memory = AuditError::Memory { needed: 3 << 20, allowed: 2 << 20 }.to_string();
        assert!(memory.contains("about 3 MiB") && memory.contains("2 MiB are allowed"), "{memory}");
        assert!(memory.contains("--memory"), "{memory}");
        let label = AuditError::NoLabel { wanted: "ward".to_owned(), known: "office".to_owned() }.to_string();
        assert!(
            label.contains("\"ward\"") && label.contains("office") && label.contains("--label"),
            "{label}"
        );
    }
}
