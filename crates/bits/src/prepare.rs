//! Preparing queries on the back end that they are for.

use crate::arch;
use crate::queries::Queries;

impl Queries<'_> {
    /// Replaces the queries by the rows `rows` of the left-hand side.
    ///
    /// # Panics
    /// If one is not a row of the left-hand side.
    pub fn prepare(&mut self, rows: &[u32]) {
        self.take(rows);
        arch::prepare(self.backend(), self);
    }
}
