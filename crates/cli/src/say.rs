//! Output: results to standard output, all else to standard error, as text or JSON.

use std::io::Write as _;
use std::process::ExitCode;

use mizuhiki_authority::AuthorityError;
use mizuhiki_custodian::CustodianError;
use mizuhiki_linkage_unit::LinkageUnitError;
use serde::Serialize;
use serde_json::json;

/// A usage error found after parsing.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Something that was done, but is not within its limits or bounds.
#[derive(Debug)]
pub(crate) struct BeyondLimits(pub(crate) String);

impl std::fmt::Display for BeyondLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BeyondLimits {}

/// The format of output.
pub(crate) struct Say {
    json: bool,
}

impl Say {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a result: `text`, or `value` as JSON. Data on standard output comes first: then the result goes
    /// to standard error.
    pub(crate) fn result(&self, value: &impl Serialize, text: &str, data_on_stdout: bool) {
        let line = if self.json {
            serde_json::to_string(value).unwrap_or_default()
        } else {
            text.trim_end().to_owned()
        };
        // A closed pipe is the reader's choice.
        let _ = if data_on_stdout {
            writeln!(std::io::stderr(), "{line}")
        } else {
            writeln!(std::io::stdout(), "{line}")
        };
    }

    pub(crate) fn warn(&self, message: &str) {
        let line =
            if self.json { json!({ "warning": message }).to_string() } else { format!("warning: {message}") };
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// Prints an error and gives its exit code: 1 failed, 2 usage, 3 refused by policy, or bounds not kept.
    pub(crate) fn fail(&self, error: &anyhow::Error) -> ExitCode {
        let refused = error.is::<BeyondLimits>()
            || error.downcast_ref::<CustodianError>().is_some_and(CustodianError::is_refusal)
            || error.downcast_ref::<LinkageUnitError>().is_some_and(LinkageUnitError::is_refusal)
            || error.downcast_ref::<AuthorityError>().is_some_and(AuthorityError::is_refusal);
        let code = if refused {
            3
        } else if error.is::<UsageError>() {
            2
        } else {
            1
        };
        let message = format!("{error:#}");
        let line = if self.json {
            json!({ "error": { "message": message, "exit_code": code } }).to_string()
        } else {
            format!("error: {message}")
        };
        let _ = writeln!(std::io::stderr(), "{line}");
        ExitCode::from(code)
    }
}
