//! Entries of documents that several roles read: tickets with record ids, and the keys.

use std::io::{Read, Write};

use crate::backend::Backend;
use crate::document::{DocumentReader, DocumentWriter, Seal};
use crate::error::{ConfirmError, Party, Reason};
use crate::headers::{EvaluationHeader, PublicHeader, TicketsHeader, key_id};
use crate::policy::MAX_OPENINGS;
use crate::sign::{AuthorityKeyId, Hex};
use crate::ticket::{TICKET_BYTES, Ticket};

/// Bytes of a record id in an entry: its length, then its bytes, padded with zeros.
const ID_BYTES: usize = 129;

/// Appends a record id of 1 to 128 bytes.
///
/// # Errors
/// [`ConfirmError::Io`].
///
/// # Panics
/// If the id is longer: ids are checked on input.
pub fn write_id<W: Write>(out: &mut DocumentWriter<'_, W>, id: &str) -> Result<(), ConfirmError> {
    assert!(id.len() < ID_BYTES, "an id of at most 128 bytes");
    let mut bytes = [0; ID_BYTES];
    bytes[0] = id.len() as u8;
    bytes[1..].iter_mut().zip(id.bytes()).for_each(|(byte, of_id)| *byte = of_id);
    out.write(&bytes)
}

/// Reads a record id.
///
/// # Errors
/// [`ConfirmError::Refused`] if it is invalid.
pub fn read_id<R: Read, H: crate::document::Header>(
    input: &mut DocumentReader<R, H>,
) -> Result<String, ConfirmError> {
    let mut bytes = [0; ID_BYTES];
    input.read(&mut bytes)?;
    let length = usize::from(bytes[0]);
    let id = bytes.get(1..=length).and_then(|id| std::str::from_utf8(id).ok());
    id.filter(|id| !id.is_empty()).map(str::to_owned).ok_or_else(|| {
        ConfirmError::refused(Party::LinkageUnit, Reason::Header("an invalid record id".to_owned()))
    })
}

/// Bytes of a common symbol in an entry, padded with zeros; all zero where tokens have no symbols.
const SYMBOL_BYTES: usize = 8;

/// Appends a common symbol of a ticket's pair.
///
/// # Errors
/// [`ConfirmError::Io`].
pub fn write_symbol<W: Write>(
    out: &mut DocumentWriter<'_, W>,
    symbol: [u8; SYMBOL_BYTES],
) -> Result<(), ConfirmError> {
    out.write(&symbol)
}

/// Reads a ticket.
///
/// # Errors
/// [`ConfirmError::Refused`] if the document ends.
pub fn read_ticket<R: Read, H: crate::document::Header>(
    input: &mut DocumentReader<R, H>,
) -> Result<Ticket, ConfirmError> {
    let mut bytes = [0; TICKET_BYTES];
    input.read(&mut bytes)?;
    Ok(Ticket::from_bytes(&bytes))
}

/// Tickets as received by a custodian or the authority, with verified signature.
pub struct Tickets {
    /// The header.
    pub header: TicketsHeader,
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// Ids of the custodian's records, one per ticket; empty in the authority's copy.
    pub ids: Vec<String>,
    /// A common symbol of both records, one per ticket, in the upper bits; zero where tokens have no symbols.
    pub symbols: Vec<[u8; 8]>,
}

impl Tickets {
    /// Reads a file of tickets.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`].
    pub fn read(input: impl Read) -> Result<Self, ConfirmError> {
        let mut input = DocumentReader::<_, TicketsHeader>::new(input)?;
        let count = check_count(input.header().batch.tickets)?;
        let with_ids = input.header().side.is_some();
        let (mut tickets, mut ids, mut symbols) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            tickets.push(read_ticket(&mut input)?);
            if with_ids {
                ids.push(read_id(&mut input)?);
                let mut symbol = [0; SYMBOL_BYTES];
                input.read(&mut symbol)?;
                symbols.push(symbol);
            }
        }
        let (header, _) = input.finish()?;
        if header.signer != header.batch.linkage_unit {
            let expected = header.batch.linkage_unit.fingerprint();
            let reason = Reason::Signer { expected, found: header.signer.fingerprint() };
            return Err(ConfirmError::refused(Party::LinkageUnit, reason));
        }
        Ok(Self { header, tickets, ids, symbols })
    }
}

/// Checks the number of tickets.
///
/// # Errors
/// [`ConfirmError::Refused`] past [`MAX_OPENINGS`].
pub fn check_count(tickets: u64) -> Result<u64, ConfirmError> {
    if tickets <= MAX_OPENINGS {
        return Ok(tickets);
    }
    let problem = format!("{tickets} tickets, a key opens at most {MAX_OPENINGS}");
    Err(ConfirmError::refused(Party::LinkageUnit, Reason::Header(problem)))
}

/// The authority's public key, with verified signature.
pub struct PublicKey {
    /// The header.
    pub header: PublicHeader,
    /// Its id.
    pub key_id: AuthorityKeyId,
    /// The back end's public key.
    pub bytes: Vec<u8>,
}

/// Maximum bytes of a public key.
const MAX_PUBLIC: u64 = 1 << 24;

impl PublicKey {
    /// Reads a public key of `backend`.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`].
    pub fn read(input: impl Read, backend: &impl Backend) -> Result<Self, ConfirmError> {
        let mut input = DocumentReader::<_, PublicHeader>::new(input)?;
        check_backend(&input.header().backend, backend)?;
        // Only the back end knows the size of its key.
        let bytes = input.read_body(MAX_PUBLIC)?;
        let (header, seal): (PublicHeader, Seal) = input.finish()?;
        Ok(Self { key_id: key_id(&seal), header, bytes })
    }
}

/// Reads the evaluation key that belongs to `public`.
///
/// # Errors
/// [`ConfirmError::Refused`].
pub fn read_evaluation_key(
    input: impl Read,
    public: &PublicKey,
    backend: &impl Backend,
) -> Result<Vec<u8>, ConfirmError> {
    let mut input = DocumentReader::<_, EvaluationHeader>::new(input)?;
    let header = input.header();
    check_backend(&header.backend, backend)?;
    if header.key_id != public.key_id {
        let (expected, found) = (public.key_id.to_string(), header.key_id.to_string());
        return Err(ConfirmError::refused(Party::Authority, Reason::Key { expected, found }));
    }
    let mut bytes = vec![0; backend.evaluation_bytes()];
    input.read(&mut bytes)?;
    let (_, seal) = input.finish()?;
    if seal.body != public.header.evaluation {
        return Err(ConfirmError::refused(Party::Authority, Reason::Agreement("key than the public one")));
    }
    Ok(bytes)
}

/// Checks a name of back end and parameters.
///
/// # Errors
/// [`ConfirmError::Refused`].
pub fn check_backend(found: &str, backend: &impl Backend) -> Result<(), ConfirmError> {
    if found == backend.name() {
        return Ok(());
    }
    let reason = Reason::BackEnd { expected: backend.name().to_owned(), found: found.to_owned() };
    Err(ConfirmError::refused(Party::Authority, reason))
}

/// Reads a nonce.
///
/// # Errors
/// [`ConfirmError::Refused`] if the document ends.
pub fn read_nonce<R: Read, H: crate::document::Header>(
    input: &mut DocumentReader<R, H>,
) -> Result<Hex<16>, ConfirmError> {
    let mut nonce = [0; 16];
    input.read(&mut nonce)?;
    Ok(Hex(nonce))
}
