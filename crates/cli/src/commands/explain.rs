//! `--explain`: what a linkage would compare.

use mizuhiki_columnar::Source;
use mizuhiki_linkage_unit::{Explanation, explain};

use crate::args::link::Search;
use crate::commands::search::{options, sizes};
use crate::progress::{grouped, short};
use crate::say::Say;

pub(super) fn run(files: &[String], search: &Search, duplicates: bool, say: &Say) -> anyhow::Result<()> {
    let sources: Vec<Source> = files.iter().map(|file| Source::from_argument(file)).collect();
    let explanation = explain(&sources, &options(search), duplicates)?;
    explanation.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&explanation, &describe(&explanation), false);
    Ok(())
}

fn describe(explanation: &Explanation) -> String {
    let mut text = String::new();
    for comparison in &explanation.comparisons {
        text.push_str(&format!(
            "{} × {}: {}, {}\n",
            comparison.left,
            comparison.right,
            sizes(
                (comparison.left_records, comparison.right_records),
                (comparison.left_rows, comparison.right_rows)
            ),
            comparison.plan,
        ));
        if let Some(least) = comparison.least_common {
            text.push_str(&format!("candidates have at least {least} common symbols\n"));
            continue;
        }
        text.push_str(&format!(
            "{:<28} {:>10} {:>18} {:>14} {:>14} {:>18}\n",
            "pass", "blocks", "pairs", "left rows", "right rows", "largest block"
        ));
        for pass in &comparison.passes {
            text.push_str(&format!(
                "{:<28} {:>10} {:>18} {:>14} {:>14} {:>18}\n",
                pass.pass,
                grouped(pass.blocks),
                grouped(pass.pairs),
                grouped(pass.left_rows),
                grouped(pass.right_rows),
                grouped(pass.largest_block)
            ));
        }
        text.push_str(&format!("{:.4} % of all pairs\n", comparison.pairs_per_million as f64 / 1e4));
    }
    let time = short(std::time::Duration::from_secs_f64(explanation.seconds.min(1e12)));
    let (tokens, memory) = (grouped(explanation.token_bytes >> 20), grouped(explanation.memory_bytes >> 20));
    text.push_str(&if explanation.symbols > 0 {
        format!(
            "{} symbols to join, about {time}; the files are read {} times to stay within {memory} MiB\n",
            grouped(explanation.symbols),
            explanation.readings
        )
    } else {
        format!(
            "{} comparisons of views, about {time} of computation\n\
             about {tokens} MiB for tokens, of a limit of {memory} MiB; candidate pairs beyond that are kept on disk\n",
            grouped(explanation.comparisons_of_views)
        )
    });
    text
}
