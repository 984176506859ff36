//! A file of ciphertexts, checked once, then read entry by entry.

use mizuhiki_schema::Side;
use std::io::{Read, Seek, SeekFrom};

use crate::document::{DocumentReader, Seal};
use crate::entry::read_nonce;
use crate::error::{ConfirmError, Party, Reason};
use crate::headers::CiphertextsHeader;
use crate::ticket::{Batch, Ticket};

/// A file of ciphertexts whose signature, batch and order have been checked.
pub struct Ciphertexts {
    /// The custodian's approval.
    pub seal: Seal,
    /// Numbers of the tickets that the custodian declined, from 1, ascending.
    pub declined: Vec<u64>,
    /// Where the first entry begins.
    start: u64,
    each: usize,
}

impl Ciphertexts {
    /// Checks a file of `side` with ciphertexts of `each` bytes.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the custodian.
    pub fn check(
        input: impl Read,
        (batch, tickets): (&Batch, &[Ticket]),
        side: Side,
        (backend, each): (&str, usize),
    ) -> Result<Self, ConfirmError> {
        let mut input = DocumentReader::<_, CiphertextsHeader>::new(input)?;
        let header = input.header().clone();
        let mut wrong = None;
        let read = tickets.iter().zip(1..).try_for_each(|(ticket, entry)| {
            let nonce = read_nonce(&mut input)?;
            input.skip(each as u64)?;
            if nonce != ticket.nonce {
                let party = Party::Custodian(header.custodian.clone());
                wrong.get_or_insert_with(|| ConfirmError::refused(party, Reason::OffBatch { entry }));
            }
            Ok::<_, ConfirmError>(())
        });
        // A wrong batch, side or key is reported first, because other errors follow from it.
        header.check(batch, side, backend)?;
        read?;
        let (_, seal) = input.finish()?;
        let start = 9 + seal.header.len() as u64;
        wrong.map_or(Ok(Self { seal, declined: header.declined, start, each }), Err)
    }

    /// Bytes of a ciphertext.
    #[must_use]
    pub const fn each(&self) -> usize {
        self.each
    }

    /// Reads the ciphertext of an item (from 0) from the checked file.
    ///
    /// # Errors
    /// [`ConfirmError::Io`].
    pub fn read(
        &self,
        file: &mut (impl Read + Seek),
        item: u64,
        bytes: &mut [u8],
    ) -> Result<(), ConfirmError> {
        let at = self.start + item * (16 + self.each as u64) + 16;
        file.seek(SeekFrom::Start(at))?;
        Ok(file.read_exact(bytes)?)
    }
}
