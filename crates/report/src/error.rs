//! What stops a report.

/// No report could be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The two histograms cannot be drawn on one axis.
    #[error("the histograms have {candidates} and {links} bins; both need the same bins, or none")]
    Bins {
        /// Bins of the candidates' histogram.
        candidates: usize,
        /// Bins of the links' histogram.
        links: usize,
    },
    /// The page could not be filled in.
    #[error("the report could not be rendered")]
    Template(#[from] minijinja::Error),
}
