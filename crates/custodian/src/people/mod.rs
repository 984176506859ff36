//! Tables of people: columns, ids, chunks and temporary files.

pub(crate) mod chunks;
pub(crate) mod columns;
pub(crate) mod ids;
pub(crate) mod normalize;
pub(crate) mod progress;
pub(crate) mod random;
pub(crate) mod spill;
