//! Makes the keys of a run (`protocols/06-confirm.md` §4).

use std::fs;
use std::path::PathBuf;

use mizuhiki_confirm::{
    Backend, EvaluationHeader, Ledger, PartyKey, Policy, PublicHeader, SecretHeader, key_id,
};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::files::{failed, folder_of, io, write_document};
use crate::{AuthorityError, EVALUATION, LOG, PUBLIC, SECRET};

/// The task of making keys.
pub struct KeygenJob<'a, B> {
    /// The folder for the keys; it must not exist.
    pub output: PathBuf,
    /// Budgets of the key.
    pub policy: Policy,
    /// The back end.
    pub backend: &'a B,
    /// 32 secret random bytes.
    pub seed: Zeroizing<[u8; 32]>,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// The keys that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeygenSummary {
    /// Id of the key pair.
    pub key_id: String,
    /// Fingerprint of the authority's signing key.
    pub fingerprint: String,
    /// Back end and parameter set.
    pub backend: String,
    /// The public key: for the custodians and the linkage unit.
    pub public: String,
    /// The evaluation key: for the linkage unit.
    pub evaluation: String,
    /// The secret key: it stays here.
    pub secret: String,
    /// Bytes of the evaluation key.
    pub evaluation_bytes: u64,
}

/// Makes keys. The folder appears whole, or not at all.
///
/// # Errors
/// [`AuthorityError`].
pub fn generate_keys<B: Backend>(job: &KeygenJob<'_, B>) -> Result<KeygenSummary, AuthorityError> {
    if job.output.exists() {
        return Err(AuthorityError::Exists { folder: job.output.display().to_string() });
    }
    let mut random = ChaCha20Rng::from_seed(*job.seed);
    let mut signing = Zeroizing::new([0; 32]);
    random.fill_bytes(signing.as_mut_slice());
    let key = PartyKey::from_seed(&signing);
    let keys = job.backend.generate(&mut random);
    // Created only after the work, so that an interrupt leaves no secret in a forgotten folder.
    let folder = tempfile::Builder::new()
        .prefix(".mizuhiki-")
        .tempdir_in(folder_of(&job.output))
        .map_err(io(&job.output))?;
    let backend = job.backend.name().to_owned();
    let header = PublicHeader {
        backend: backend.clone(),
        evaluation: <[u8; 32]>::from(Sha256::digest(&keys.evaluation)).into(),
        policy: job.policy,
        signer: key.id(),
    };
    let path = |name: &str| folder.path().join(name);
    let public = path(PUBLIC);
    let seal = write_document(&public, 0o666, &header, &key, |out| {
        out.write(&keys.public).map_err(failed(&public))
    })?;
    let key_id = key_id(&seal);
    let evaluation = path(EVALUATION);
    let header = EvaluationHeader { backend: backend.clone(), key_id, signer: key.id() };
    write_document(&evaluation, 0o666, &header, &key, |out| {
        out.write(&keys.evaluation).map_err(failed(&evaluation))
    })?;
    let secret = path(SECRET);
    let header = SecretHeader { backend: backend.clone(), key_id, policy: job.policy, signer: key.id() };
    write_document(&secret, 0o600, &header, &key, |out| {
        out.write(signing.as_slice()).and_then(|()| out.write(&keys.secret)).map_err(failed(&secret))
    })?;
    fs::write(path(LOG), Ledger::first_line(key_id, job.policy, job.now)).map_err(io(&job.output))?;
    let kept = folder.keep();
    fs::rename(&kept, &job.output).map_err(|error| {
        // A partial result would look like a complete one.
        let _ = fs::remove_dir_all(&kept);
        io(&job.output)(error)
    })?;
    let shown = |name| job.output.join(name).display().to_string();
    Ok(KeygenSummary {
        key_id: key_id.to_string(),
        fingerprint: key.id().fingerprint(),
        backend,
        public: shown(PUBLIC),
        evaluation: shown(EVALUATION),
        secret: shown(SECRET),
        evaluation_bytes: keys.evaluation.len() as u64,
    })
}
