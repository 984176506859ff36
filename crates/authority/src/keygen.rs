//! Makes the keys of a run (`protocols/06-confirm.md` §4).

use std::io::Write as _;
use std::path::PathBuf;

use mizuhiki_confirm::{
    Backend, EvaluationHeader, Ledger, PartyKey, Policy, PublicHeader, SecretHeader, key_id,
};
use mizuhiki_files::{Access, WriteFolder};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::AuthorityError;
use crate::files::{EVALUATION, LOG, PUBLIC, SECRET, io, write_document};

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
/// # Examples
/// ```
/// use mizuhiki_authority::{AuthorityError, KeygenJob, generate_keys};
/// use mizuhiki_confirm::{Backend, Policy};
/// use zeroize::Zeroizing;
///
/// /// With the homomorphic back end, `mizuhiki_tfhe::Tfhe`, and 32 random bytes of the system.
/// fn keys(backend: &impl Backend, seed: Zeroizing<[u8; 32]>, now: u64) -> Result<String, AuthorityError> {
///     let job = KeygenJob { output: "keys".into(), policy: Policy::default(), backend, seed, now };
///     Ok(generate_keys(&job)?.fingerprint)
/// }
/// ```
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
    let backend = job.backend.name().to_owned();
    let folder = WriteFolder::create(&job.output)?;
    let header = PublicHeader {
        backend: backend.clone(),
        evaluation: <[u8; 32]>::from(Sha256::digest(&keys.evaluation)).into(),
        policy: job.policy,
        signer: key.id(),
    };
    let seal =
        write_document(folder.file(PUBLIC, Access::Shared)?, &header, &key, |out| out.write(&keys.public))?;
    let key_id = key_id(&seal);
    let header = EvaluationHeader { backend: backend.clone(), key_id, signer: key.id() };
    write_document(folder.file(EVALUATION, Access::Shared)?, &header, &key, |out| {
        out.write(&keys.evaluation)
    })?;
    let header = SecretHeader { backend: backend.clone(), key_id, policy: job.policy, signer: key.id() };
    write_document(folder.file(SECRET, Access::Owner)?, &header, &key, |out| {
        out.write(signing.as_slice()).and_then(|()| out.write(&keys.secret))
    })?;
    let mut log = folder.file(LOG, Access::Shared)?;
    log.write_all(Ledger::first_line(key_id, job.policy, job.now).as_bytes()).map_err(io(&job.output))?;
    log.commit()?;
    folder.commit()?;
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
