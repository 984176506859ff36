//! Sealed symbols read from a file, repeatedly if needed.

/// Reads the symbols of a file's records. A symbol of w bits occupies the upper bits of its number, so that
/// symbols of all widths have one order; those of a record ascend.
pub trait SymbolReader: Sync {
    /// Why a file cannot be read.
    type Error: Send;

    /// Symbols of a record.
    fn per_record(&self) -> usize;

    /// Calls `take` with the symbols of successive runs of records, in file order, and with the records
    /// themselves, until all are read.
    ///
    /// # Errors
    /// If the file cannot be read, or has changed.
    fn read(&self, take: &mut dyn FnMut(&[u32], &[u64])) -> Result<(), Self::Error>;
}
