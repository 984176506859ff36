//! Sealed symbols as they are read from a file, again and again if need be.

/// Reads the symbols of a file's records. A symbol of w bits stands in the upper bits of its number, so that symbols of
/// every width are in one order; those of a record ascend.
pub trait SymbolReader: Sync {
    /// Why a file cannot be read.
    type Error: Send;

    /// Symbols of a record.
    fn per_record(&self) -> usize;

    /// Calls `take` with the symbols of some records in the order of the file, one record after the other, and the
    /// records that they are of, until all have been.
    ///
    /// # Errors
    /// If the file cannot be read, or is no longer what it was.
    fn read(&self, take: &mut dyn FnMut(&[u32], &[u64])) -> Result<(), Self::Error>;
}
