//! The report of an audit as a page.

use crate::audit::page;
use crate::audit::report::AuditReport;
use crate::error::ReportError;
use crate::template::fill;

const TEMPLATE: &str =
    concat!(include_str!("../../templates/head.html"), include_str!("../../templates/audit.html"));

/// The report as one HTML document.
///
/// # Errors
/// [`ReportError::Template`] if the page cannot be filled in.
pub fn render_audit(report: &AuditReport) -> Result<String, ReportError> {
    fill(TEMPLATE, page::Page::new(report))
}
