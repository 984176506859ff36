//! Columns and keys of token files (`protocols/08-file-formats.md` §2).

use mizuhiki_exchange::TokenMeta;

/// Metadata key in Parquet and Arrow files, and mark of the first line in text files.
pub(crate) const META_KEY: &str = "mizuhiki-tokens";

/// Metadata key of the record count.
pub(crate) const COUNT_KEY: &str = "mizuhiki-count";

/// Name of the column of record ids.
pub(crate) const ID_COLUMN: &str = "record_id";

/// Prefix of the names of block-id columns.
pub(crate) const BLOCK_PREFIX: &str = "block:";

pub(crate) const NO_TOKENS: &str = "this is not a token file: it has no linkage schema";
pub(crate) const ENCODE_FIRST: &str = "use a file that `mizuhiki encode` made";

/// Names of the columns, in order: ids, views, passes.
pub(crate) fn token_columns(meta: &TokenMeta) -> Vec<String> {
    let views = meta.schema.token_columns().into_iter().map(str::to_owned);
    let passes = meta.schema.pass_names().into_iter().map(|pass| format!("{BLOCK_PREFIX}{pass}"));
    std::iter::once(ID_COLUMN.to_owned()).chain(views).chain(passes).collect()
}
