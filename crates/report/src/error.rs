//! Why a report fails.

/// Why a report cannot be made.
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
    /// The template could not be rendered.
    #[error("the report could not be rendered")]
    Template(#[from] minijinja::Error),
}
