//! Exhaustive Dice comparison of two CLK lists, for side-by-side runs with anonlink.
//!
//! `dice LEFT.json RIGHT.json THRESHOLD REPEATS` prints `{"comparisons":…,"seconds":…,"hits":…}`: comparisons of
//! all repeats, seconds without reading, hits of one repeat. One thread.

use std::time::Instant;

use mizuhiki_columnar::{Source, read_tokens};
use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Scope, candidates, with_threads};
use mizuhiki_schema::Similarity;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [left, right, threshold, repeats] = arguments.as_slice() else {
        return Err("usage: dice LEFT.json RIGHT.json THRESHOLD REPEATS".into());
    };
    let threshold = Similarity::new(threshold.parse()?).ok_or("the threshold is not within 0..=1")?;
    let repeats: u32 = repeats.parse()?;
    let left = read_tokens(&Source::from_argument(left))?.set;
    let right = read_tokens(&Source::from_argument(right))?.set;
    let comparable = Comparable::between(&left, &right)?;
    let (mut hits, begun) = (0, Instant::now());
    for _ in 0..repeats {
        hits = with_threads(1, || candidates(&comparable, threshold, Scope::Exhaustive))?.len();
    }
    let comparisons = u64::from(repeats) * left.len() as u64 * right.len() as u64;
    println!(
        "{}",
        serde_json::json!({ "comparisons": comparisons, "seconds": begun.elapsed().as_secs_f64(), "hits": hits })
    );
    Ok(())
}
