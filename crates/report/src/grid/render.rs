//! A grid as a page, and as Markdown.

use crate::error::ReportError;
use crate::grid::markdown;
use crate::grid::page::Page;
use crate::grid::report::GridReport;
use crate::template::fill;

const TEMPLATE: &str =
    concat!(include_str!("../../templates/head.html"), include_str!("../../templates/grid.html"));

/// The grid as one HTML document.
///
/// # Errors
/// [`ReportError::Template`] if the template cannot be rendered, a defect.
pub fn render_grid(report: &GridReport) -> Result<String, ReportError> {
    fill(TEMPLATE, Page::new(report))
}

/// The same content as Markdown with tables, without the plot.
#[must_use]
pub fn render_grid_markdown(report: &GridReport) -> String {
    markdown::document(&Page::new(report))
}
