//! Attacks as a page, and as Markdown.

use crate::error::ReportError;
use crate::privacy::markdown;
use crate::privacy::page::Page;
use crate::privacy::report::PrivacyReport;
use crate::template::fill;

const TEMPLATE: &str =
    concat!(include_str!("../../templates/head.html"), include_str!("../../templates/privacy.html"));

/// The attacks as one HTML document.
///
/// # Errors
/// [`ReportError::Template`] if the template cannot be rendered, a defect.
pub fn render_privacy(report: &PrivacyReport) -> Result<String, ReportError> {
    fill(TEMPLATE, Page::new(report))
}

/// The same content as Markdown with tables, without the plot.
#[must_use]
pub fn render_privacy_markdown(report: &PrivacyReport) -> String {
    markdown::document(&Page::new(report))
}
