//! Untrusted bytes before and in the Arrow and Parquet decoders.

pub(crate) mod damage;
pub(crate) mod hostile;
