//! `mizuhiki evaluate run`.
pub(super) fn run(
    _: &std::path::Path,
    _: Option<&std::path::Path>,
    _: &crate::say::Say,
) -> anyhow::Result<()> {
    Ok(())
}
