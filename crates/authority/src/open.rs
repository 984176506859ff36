//! Opens masked answers that the policy allows (`protocols/06-confirm.md` §7).

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use mizuhiki_confirm::{
    Admission, Backend, CiphertextsHeader, ConfirmError, Decryptor as _, DocumentReader, Kind, Ledger,
    OpenedHeader, Party, PartyKey, Seal, SealedHeader, SecretHeader, Tickets, check_backend, check_count,
    read_nonce,
};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::files::{failed, io, read_file, write_document};
use crate::{AuthorityError, LOG};

/// Opening work.
pub struct OpenJob<'a, B> {
    /// The authority's copy of the tickets.
    pub tickets: PathBuf,
    /// The secret key; the log of its openings lies beside it.
    pub secret: PathBuf,
    /// The sealed answers.
    pub sealed: PathBuf,
    /// Where the opened answers go.
    pub output: PathBuf,
    /// Fingerprints of custodians' signing keys that the authority knows: name, fingerprint.
    pub pins: Vec<(String, String)>,
    /// The back end.
    pub backend: &'a B,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenSummary {
    /// Answers.
    pub tickets: u64,
    /// Whether an interrupted run was gone on with.
    pub resumed: bool,
    /// Answers that the key opened so far, these included, and how many it may.
    pub openings: [u64; 2],
    /// Fingerprint of the linkage unit's signing key.
    pub linkage_unit: String,
    /// Names of the custodians and fingerprints of their signing keys.
    pub custodians: [(String, String); 2],
    /// Custodians whose keys were not given with `--pin` and are believed from now on.
    pub first_seen: Vec<String>,
    /// Digest of the log's last line.
    pub log: String,
}

/// The authority's secrets.
struct Secret<D> {
    header: SecretHeader,
    key: PartyKey,
    decryptor: D,
}

/// Opens the answers of a batch, once: every check comes first, then the log, then the output.
///
/// # Errors
/// [`AuthorityError`]; refusals name who is at fault.
pub fn open_answers<B: Backend>(job: &OpenJob<'_, B>) -> Result<OpenSummary, AuthorityError> {
    let secret = read_secret(&job.secret, job.backend)?;
    let mut log = Log::open(&job.secret.with_file_name(LOG), &secret.header)?;
    let Tickets { header, tickets, .. } = read_file(&job.tickets, Tickets::read)?;
    let each = job.backend.answer_bytes();
    let (sealed, digest, nonces) = read_file(&job.sealed, |file| {
        let mut input = DocumentReader::<_, SealedHeader>::new(file)?;
        let mut nonces = Vec::new();
        for _ in 0..check_count(input.header().tickets)? {
            nonces.push(read_nonce(&mut input)?);
            input.skip(each as u64)?;
        }
        let (header, seal) = input.finish()?;
        Ok((header, seal.digest(Kind::Sealed), nonces))
    })?;
    let Admission { admitted, lines, first_seen, resumed } = log
        .ledger
        .admit(&header.batch, &tickets, (&sealed, digest), job.backend.name(), job.now)
        .map_err(failed(&job.sealed))?;
    let custodians = check_pins(job, &sealed)?;
    // Nonces are looked at before anything is spent, answers are opened after it.
    (1..)
        .zip(nonces)
        .try_for_each(|(entry, nonce)| admitted.check_entry(entry, nonce))
        .map_err(failed(&job.sealed))?;
    log.append(&lines)?;
    let opened = OpenedHeader {
        batch: header.batch.digest(),
        key_id: secret.header.key_id,
        log: log.ledger.head(),
        sealed: digest,
        signer: secret.key.id(),
        tickets: header.batch.tickets,
    };
    write_document(&job.output, 0o666, &opened, &secret.key, |out| {
        read_file(&job.sealed, |file| {
            let mut input = DocumentReader::<_, SealedHeader>::new(file)?;
            let mut answer = vec![0; each];
            for entry in 1..=header.batch.tickets {
                let nonce = read_nonce(&mut input)?;
                input.read(&mut answer)?;
                let bit = secret
                    .decryptor
                    .open(&answer)
                    .map_err(|reason| ConfirmError::content(Party::LinkageUnit, entry, reason))?;
                out.write(&nonce.0)?;
                out.write(&[u8::from(bit)])?;
            }
            // Still the file that was looked at.
            let (_, seal) = input.finish()?;
            admitted.check_sealed(seal.digest(Kind::Sealed))
        })
    })?;
    let line = log.ledger.opened(&admitted, job.now);
    log.append(&line)?;
    let pinned = |name: &String| job.pins.iter().any(|(pin, _)| pin == name);
    Ok(OpenSummary {
        tickets: header.batch.tickets,
        resumed,
        openings: [log.ledger.openings(), secret.header.policy.openings],
        linkage_unit: sealed.signer.fingerprint(),
        first_seen: first_seen.into_iter().filter(|name| !pinned(name)).collect(),
        custodians,
        log: log.ledger.head().to_string(),
    })
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

/// Fingerprints of both custodians, checked against those that the authority was given.
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

/// The log on disk, locked while this process is at it.
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
        // What was not written whole was not acted on.
        file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(io(path))?;
        Ok(Self { path: path.to_owned(), file, ledger })
    }

    /// Appends lines, and comes back when they are on disk.
    fn append(&mut self, lines: &str) -> Result<(), AuthorityError> {
        self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all()).map_err(io(&self.path))
    }
}
