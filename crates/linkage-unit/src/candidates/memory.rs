//! Memory limits of a linkage.

use mizuhiki_columnar::OpenTokens;

use crate::candidates::error::SearchError;

/// Default memory limit, as a share of the machine's memory.
const SHARE: u64 = 4;

/// Memory assumed if the machine's is unknown.
const UNKNOWN_MACHINE: u64 = 8 << 30;

/// Minimum memory for candidates.
const LEAST: u64 = 16 << 20;

/// Memory limit of a linkage in bytes, given the option's value.
pub(crate) fn budget(wish: Option<u64>) -> u64 {
    wish.unwrap_or_else(|| machine().unwrap_or(UNKNOWN_MACHINE) / SHARE)
}

/// This machine's memory in bytes.
fn machine() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Approximate bytes per record of a symbol file: its id and position.
pub(crate) const RECORD_BYTES: u64 = 64;

/// Checks, before tokens are read, that those kept in memory fit.
pub(crate) fn check_fits(files: &[OpenTokens], budget: u64) -> Result<u64, SearchError> {
    let tokens: u64 = files.iter().map(OpenTokens::bytes_in_memory).sum();
    if tokens + LEAST > budget {
        return Err(SearchError::Memory { needed: tokens + LEAST, allowed: budget });
    }
    Ok(tokens)
}

/// Number of candidates that may be kept in memory besides tokens of `tokens` bytes. They get half of the
/// rest, because they are also sorted and solved.
pub(crate) fn candidates(budget: u64, tokens: u64) -> usize {
    ((budget.saturating_sub(tokens) / 2).max(LEAST) / 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_take_half_of_what_tokens_leave_and_never_too_little() {
        let bytes = |budget, tokens| candidates(budget, tokens) as u64 * 16;
        assert_eq!(bytes(5 << 30, 1 << 30), 2 << 30);
        assert_eq!(bytes(1 << 30, 1 << 30), LEAST);
        assert_eq!(bytes(0, 1 << 40), LEAST, "tokens beyond the budget");
        assert_eq!(budget(Some(5 << 30)), 5 << 30);
    }
}
