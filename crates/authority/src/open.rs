//! Opens masked answers that the policy allows (`protocols/06-confirm.md` §7).

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use mizuhiki_confirm::{
    Admission, Admitted, Backend, Batch, CheckedHeader, CiphertextsHeader, ConfirmError, Decryptor,
    DocumentReader, Hash, Header, Hex, Ledger, OpenedHeader, Party, PartyKey, Reason, Seal, SealedHeader,
    SecretHeader, Tickets, check_backend, check_count, read_nonce,
};
use mizuhiki_files::{Access, Target, WriteFile};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::AuthorityError;
use crate::files::{LOG, failed, io, read_file, write_document};

/// The task of opening answers.
pub struct OpenJob<'a, B> {
    /// The authority's copy of the tickets.
    pub tickets: PathBuf,
    /// The secret key; the log of its openings lies beside it.
    pub secret: PathBuf,
    /// The linkage unit's sealed answers.
    pub sealed: PathBuf,
    /// The checker's answers.
    pub checked: PathBuf,
    /// Where the opened answers go.
    pub output: PathBuf,
    /// Fingerprints of both custodians' signing keys, which the authority got from them: name, fingerprint.
    pub pins: Vec<(String, String)>,
    /// The back end.
    pub backend: &'a B,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// The answers that were opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenSummary {
    /// Answers.
    pub tickets: u64,
    /// Whether an interrupted run was resumed.
    pub resumed: bool,
    /// Number of answers opened with the key so far, including these, and the maximum.
    pub openings: [u64; 2],
    /// Fingerprint of the linkage unit's signing key.
    pub linkage_unit: String,
    /// Name of the custodian who also computed the answers, as checker.
    pub checker: String,
    /// Names of the custodians and fingerprints of their signing keys.
    pub custodians: [(String, String); 2],
    /// Digest of the log's last line.
    pub log: String,
}

/// The authority's secrets.
struct Secret<D> {
    header: SecretHeader,
    key: PartyKey,
    decryptor: D,
}

/// Opens the answers of a batch, once, if those of the linkage unit and the checker agree bit for bit.
///
/// Requests and answers are checked first. Then the log records that they are opened. Both sets of answers are
/// opened and compared; if they agree, the output is written, and the log records that, too. If not, the log
/// records that they differ, and the key opens nothing more.
///
/// # Examples
/// ```
/// use mizuhiki_authority::{AuthorityError, OpenJob, open_answers};
/// use mizuhiki_confirm::Backend;
///
/// /// With the fingerprints that the custodians told the authority.
/// fn open(backend: &impl Backend, pins: Vec<(String, String)>, now: u64) -> Result<u64, AuthorityError> {
///     let job = OpenJob {
///         tickets: "authority.tickets".into(),
///         secret: "keys/secret.key".into(),
///         sealed: "sealed".into(),
///         checked: "checked".into(),
///         output: "opened".into(),
///         pins,
///         backend,
///         now,
///     };
///     Ok(open_answers(&job)?.tickets)
/// }
/// ```
///
/// # Errors
/// [`AuthorityError`]; refusals say who is at fault.
pub fn open_answers<B: Backend>(job: &OpenJob<'_, B>) -> Result<OpenSummary, AuthorityError> {
    let secret = read_secret(&job.secret, job.backend)?;
    let mut log = Log::open(&job.secret.with_file_name(LOG), &secret.header)?;
    let Tickets { header, tickets, .. } = read_file(&job.tickets, Tickets::read)?;
    if header.side.is_some() {
        return Err(AuthorityError::NotForAuthority { file: job.tickets.display().to_string() });
    }
    let sealed = Answers::<SealedHeader>::read(&job.sealed, job.backend)?;
    let checked = Answers::<CheckedHeader>::read(&job.checked, job.backend)?;
    check_pins_named(job, &header.batch)?;
    let Admission { admitted, lines, resumed } = log
        .ledger
        .admit(
            (&header.batch, &tickets),
            (&sealed.header, sealed.digest),
            (&checked.header, checked.digest),
            job.backend.name(),
            job.now,
        )
        .map_err(failed(&job.sealed))?;
    let custodians = check_pins(job, &sealed.header)?;
    // Nonces are checked before anything is spent; answers are opened after that.
    let checker = Party::Custodian(checked.header.custodian.clone());
    sealed.check_entries(&admitted, &Party::LinkageUnit).map_err(failed(&job.sealed))?;
    checked.check_entries(&admitted, &checker).map_err(failed(&job.checked))?;
    log.append(&lines)?;
    let bits = sealed.open(&secret.decryptor, &Party::LinkageUnit).map_err(failed(&job.sealed))?;
    let again = checked.open(&secret.decryptor, &checker).map_err(failed(&job.checked))?;
    if bits != again {
        let line = log.ledger.differed(&admitted, job.now);
        log.append(&line)?;
        let party = Party::LinkageUnitOr(checked.header.custodian);
        return Err(failed(&job.sealed)(ConfirmError::Refused { party, reason: Reason::Differed }));
    }
    let opened = OpenedHeader {
        batch: header.batch.digest(),
        key_id: secret.header.key_id,
        log: log.ledger.head(),
        sealed: sealed.digest,
        signer: secret.key.id(),
        tickets: header.batch.tickets,
    };
    let output = WriteFile::create(&Target::Path(job.output.clone()), Access::Shared)?;
    write_document(output, &opened, &secret.key, |out| {
        for ((nonce, _), bit) in sealed.entries.iter().zip(&bits) {
            out.write(&nonce.0).and_then(|()| out.write(&[u8::from(*bit)]))?;
        }
        Ok(())
    })?;
    let line = log.ledger.opened(&admitted, job.now);
    log.append(&line)?;
    Ok(OpenSummary {
        tickets: header.batch.tickets,
        resumed,
        openings: [log.ledger.openings(), secret.header.policy.most_openings()],
        linkage_unit: sealed.header.signer.fingerprint(),
        checker: checked.header.custodian,
        custodians,
        log: log.ledger.head().to_string(),
    })
}

/// A file of answers in memory: a key opens few.
struct Answers<H> {
    header: H,
    /// The signed part of the file.
    digest: Hash,
    entries: Vec<(Hex<16>, Vec<u8>)>,
}

/// A file that holds one answer per ticket.
trait OfTickets {
    /// Number of entries.
    fn tickets(&self) -> u64;
}

impl OfTickets for SealedHeader {
    fn tickets(&self) -> u64 {
        self.tickets
    }
}

impl OfTickets for CheckedHeader {
    fn tickets(&self) -> u64 {
        self.tickets
    }
}

impl<H: Header + OfTickets> Answers<H> {
    fn read(path: &Path, backend: &impl Backend) -> Result<Self, AuthorityError> {
        read_file(path, |file| {
            let mut input = DocumentReader::<_, H>::new(file)?;
            let mut entries = Vec::new();
            for _ in 0..check_count(input.header().tickets())? {
                let nonce = read_nonce(&mut input)?;
                let mut answer = vec![0; backend.answer_bytes()];
                input.read(&mut answer)?;
                entries.push((nonce, answer));
            }
            let (header, seal) = input.finish()?;
            Ok(Self { header, digest: seal.digest(H::KIND), entries })
        })
    }

    fn check_entries(&self, admitted: &Admitted, party: &Party) -> Result<(), ConfirmError> {
        let mut entries = (1..).zip(&self.entries);
        entries.try_for_each(|(entry, (nonce, _))| admitted.check_entry(party, entry, *nonce))
    }

    fn open(&self, decryptor: &impl Decryptor, party: &Party) -> Result<Vec<bool>, ConfirmError> {
        let open = |(entry, (_, answer)): (u64, &(Hex<16>, Vec<u8>))| {
            decryptor.open(answer).map_err(|reason| ConfirmError::content(party.clone(), entry, reason))
        };
        (1..).zip(&self.entries).map(open).collect()
    }
}

fn read_secret<B: Backend>(path: &Path, backend: &B) -> Result<Secret<B::Decryptor>, AuthorityError> {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(AuthorityError::Readable { file: path.display().to_string(), mode });
        }
    }
    read_file(path, |file| {
        let mut input = DocumentReader::<_, SecretHeader>::new(file)?;
        check_backend(&input.header().backend, backend)?;
        let mut signing = Zeroizing::new([0; 32]);
        input.read(signing.as_mut_slice())?;
        let bytes = Zeroizing::new(input.read_body(1 << 20)?);
        let (header, _) = input.finish()?;
        let decryptor = backend.decryptor(&bytes).map_err(ConfirmError::key)?;
        Ok(Secret { header, key: PartyKey::from_seed(&signing), decryptor })
    })
}

/// The linkage unit writes the names, and anybody can sign: both fingerprints must be known from elsewhere.
fn check_pins_named<B>(job: &OpenJob<'_, B>, batch: &Batch) -> Result<(), AuthorityError> {
    let names = [&batch.left, &batch.right];
    if let Some((name, _)) = job.pins.iter().find(|(name, _)| !names.contains(&name)) {
        let (left, right) = (batch.left.clone(), batch.right.clone());
        return Err(AuthorityError::OtherPin { name: name.clone(), left, right });
    }
    match names.into_iter().find(|name| job.pins.iter().all(|(pin, _)| pin != *name)) {
        Some(name) => Err(AuthorityError::NoPin { name: name.clone() }),
        None => Ok(()),
    }
}

/// Fingerprints of both custodians, checked against those given to the authority.
fn check_pins<B>(
    job: &OpenJob<'_, B>,
    sealed: &SealedHeader,
) -> Result<[(String, String); 2], AuthorityError> {
    let of = |seal: &Seal| -> Result<(String, String), AuthorityError> {
        let header = seal.verify::<CiphertextsHeader>().map_err(failed(&job.sealed))?;
        let (name, found) = (header.custodian, header.signer.fingerprint());
        match job.pins.iter().find(|(pin, expected)| *pin == name && *expected != found) {
            Some((_, expected)) => Err(AuthorityError::Pin { name, expected: expected.clone(), found }),
            None => Ok((name, found)),
        }
    };
    Ok([of(&sealed.left)?, of(&sealed.right)?])
}

/// The log on disk, locked while this process uses it.
struct Log {
    path: PathBuf,
    file: File,
    ledger: Ledger,
}

impl Log {
    fn open(path: &Path, secret: &SecretHeader) -> Result<Self, AuthorityError> {
        let mut file = File::options().read(true).write(true).open(path).map_err(io(path))?;
        file.try_lock().map_err(|_| AuthorityError::Locked { file: path.display().to_string() })?;
        let bytes = fs::read(path).map_err(io(path))?;
        let (ledger, whole) = Ledger::read(&bytes, secret.key_id, secret.policy).map_err(failed(path))?;
        // An incomplete line was never acted on.
        file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(io(path))?;
        Ok(Self { path: path.to_owned(), file, ledger })
    }

    /// Appends lines; returns when they are on disk.
    fn append(&mut self, lines: &str) -> Result<(), AuthorityError> {
        self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all()).map_err(io(&self.path))
    }
}
