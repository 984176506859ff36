//! Merges two files of pair tokens by handle.

use std::cmp::Ordering;

use mizuhiki_columnar::{ColumnarError, PairTokenBatch, PairTokenReader};
use mizuhiki_exchange::compare_ids;

/// Which side has a row for a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sides {
    Both,
    Left,
    Right,
}

/// Reads two files in step, handle by handle: links first, then decoys.
pub(crate) struct Merge {
    left: Cursor,
    right: Cursor,
}

/// A file and its current row.
pub(crate) struct Cursor {
    reader: PairTokenReader,
    batch: Option<PairTokenBatch>,
    row: usize,
}

impl Cursor {
    fn new(mut reader: PairTokenReader) -> Result<Self, ColumnarError> {
        let batch = reader.next_batch()?;
        Ok(Self { reader, batch, row: 0 })
    }

    fn step(&mut self) -> Result<(), ColumnarError> {
        self.row += 1;
        if self.batch.as_ref().is_some_and(|batch| self.row >= batch.len()) {
            self.batch = self.reader.next_batch()?;
            self.row = 0;
        }
        Ok(())
    }

    /// The current row; `None` after the last.
    pub(crate) const fn current(&self) -> Option<(&PairTokenBatch, usize)> {
        match &self.batch {
            Some(batch) => Some((batch, self.row)),
            None => None,
        }
    }

    fn key(&self) -> Option<(bool, &str)> {
        self.current().map(|(batch, row)| (batch.is_decoy(row), batch.handle(row)))
    }
}

impl Merge {
    pub(crate) fn new(left: PairTokenReader, right: PairTokenReader) -> Result<Self, ColumnarError> {
        Ok(Self { left: Cursor::new(left)?, right: Cursor::new(right)? })
    }

    /// Calls `visit` for each handle, with the sides that have it and the current rows of both files.
    pub(crate) fn run<E: From<ColumnarError>>(
        mut self,
        mut visit: impl FnMut(Sides, &Cursor, &Cursor) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            let order = match (self.left.key(), self.right.key()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.0.cmp(&right.0).then_with(|| compare_ids(left.1, right.1)),
            };
            let sides = match order {
                Ordering::Less => Sides::Left,
                Ordering::Equal => Sides::Both,
                Ordering::Greater => Sides::Right,
            };
            visit(sides, &self.left, &self.right)?;
            if sides != Sides::Right {
                self.left.step()?;
            }
            if sides != Sides::Left {
                self.right.step()?;
            }
        }
    }
}
