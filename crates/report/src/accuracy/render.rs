//! The accuracy of links as a page.

use crate::accuracy::page;
use crate::accuracy::report::AccuracyReport;
use crate::error::ReportError;
use crate::template::fill;

const TEMPLATE: &str =
    concat!(include_str!("../../templates/head.html"), include_str!("../../templates/accuracy.html"));

/// The evaluation as one HTML document.
///
/// # Errors
/// [`ReportError::Template`] if the template cannot be rendered, a defect.
pub fn render_accuracy(report: &AccuracyReport) -> Result<String, ReportError> {
    fill(TEMPLATE, page::Page::new(report))
}
