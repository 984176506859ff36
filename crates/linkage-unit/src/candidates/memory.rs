//! How much memory a linkage may take.

use mizuhiki_columnar::OpenTokens;

use crate::candidates::error::SearchError;

/// Share of the machine's memory that is taken if nothing else is asked for.
const SHARE: u64 = 4;

/// Memory assumed where the machine does not tell.
const UNKNOWN_MACHINE: u64 = 8 << 30;

/// Least memory for candidates.
const LEAST: u64 = 16 << 20;

/// Bytes that a linkage may take, for a wish in bytes.
pub(crate) fn budget(wish: Option<u64>) -> u64 {
    wish.unwrap_or_else(|| machine().unwrap_or(UNKNOWN_MACHINE) / SHARE)
}

/// Bytes of memory that this machine has.
fn machine() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Bytes that a record of a file of symbols takes, about: its id and its place.
pub(crate) const RECORD_BYTES: u64 = 64;

/// Checks, before tokens are read, that those which are kept in memory fit.
pub(crate) fn check_fits(files: &[OpenTokens], budget: u64) -> Result<u64, SearchError> {
    let tokens: u64 = files.iter().map(OpenTokens::bytes_in_memory).sum();
    if tokens + LEAST > budget {
        return Err(SearchError::Memory { needed: tokens + LEAST, allowed: budget });
    }
    Ok(tokens)
}

/// Candidates that may be kept beside tokens of `tokens` bytes: half of what is left, since they are sorted
/// and solved too.
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
