//! A chunk of plaintext rows.

use std::fmt;

use zeroize::Zeroize;

/// A chunk of rows of text, wiped when dropped and never printed.
#[derive(Default)]
pub struct TextChunk {
    columns: usize,
    text: String,
    ends: Vec<usize>,
    first_row: u64,
}

impl TextChunk {
    pub(crate) fn new(columns: usize, first_row: u64) -> Self {
        Self { columns, text: String::new(), ends: Vec::new(), first_row }
    }

    pub(crate) fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        match self.ends.len().checked_div(self.columns) {
            Some(rows) => rows,
            None => 0,
        }
    }

    /// Row number of the first row in its file, from 1.
    #[must_use]
    pub const fn first_row(&self) -> u64 {
        self.first_row
    }

    /// Bytes of text.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The value in `row` and `column`, both from 0; missing values are empty.
    ///
    /// # Panics
    /// If there is no such row or column.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> &str {
        assert!(column < self.columns, "the chunk has {} columns", self.columns);
        let at = row * self.columns + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}

impl Drop for TextChunk {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for TextChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TextChunk {{ {} rows }}", self.rows())
    }
}
