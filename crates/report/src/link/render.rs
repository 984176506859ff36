//! The report of a linkage as a page.

use crate::error::ReportError;
use crate::link::page;
use crate::link::report::LinkReport;
use crate::template::fill;

const TEMPLATE: &str =
    concat!(include_str!("../../templates/head.html"), include_str!("../../templates/report.html"));

/// The report as one HTML document.
///
/// # Errors
/// [`ReportError::Bins`] if both histograms are given and differ in length.
pub fn render(report: &LinkReport) -> Result<String, ReportError> {
    fill(TEMPLATE, page::Page::new(report)?)
}
