//! The checker's step: a custodian also computes the linkage unit's answers (`protocols/06-confirm.md` §5).

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use mizuhiki_confirm::{
    Backend, CheckedHeader, Ciphertexts, CiphertextsHeader, ConfirmError, DocumentReader, DocumentWriter,
    Evaluator as _, Mask, MasksHeader, Party, Reason, Seal, Side, SignerId, binding, in_order,
    read_evaluation_key, read_nonce,
};
use mizuhiki_files::{Access, Target, WriteFile};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::confirm::asked::{Asked, ConfirmTerms, in_file};
use crate::error::CustodianError;
use crate::people::progress::OnRecords;
use crate::people::random::random;

/// Settings for checking answers.
pub struct CheckJob<'a, B> {
    /// The custodian's input.
    pub terms: ConfirmTerms<'a, B>,
    /// The left custodian's ciphertexts.
    pub left: PathBuf,
    /// The right custodian's ciphertexts.
    pub right: PathBuf,
    /// The linkage unit's masks.
    pub masks: PathBuf,
    /// The authority's evaluation key.
    pub evaluation: PathBuf,
    /// Output for the checked answers.
    pub output: Target,
}

/// Results of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckSummary {
    /// The custodian who checked.
    pub custodian: String,
    /// Answers.
    pub tickets: u64,
    /// Fingerprints of the custodians' signing keys, left and right.
    pub custodians: [String; 2],
}

/// Evaluates every ticket a second time, for the authority to compare. The output appears complete, or not at
/// all.
///
/// # Errors
/// [`CustodianError`]; refusals name who is at fault.
pub fn check_answers<B: Backend>(
    job: &CheckJob<'_, B>,
    on_progress: OnRecords<'_>,
) -> Result<CheckSummary, CustodianError> {
    let terms = &job.terms;
    let asked = Asked::read(terms)?;
    let (batch, own) = (asked.batch(), asked.own_key());
    let (left, right, signers) = check_ciphertexts(job, &asked)?;
    let header = CheckedHeader {
        backend: terms.backend.name().to_owned(),
        batch: batch.digest(),
        custodian: batch.custodian(asked.side).to_owned(),
        key_id: batch.key_id,
        left: left.seal.clone(),
        right: right.seal.clone(),
        side: asked.side,
        signer: own.id(),
        tickets: batch.tickets,
    };
    let flips = read_masks(&job.masks, &asked, &header)?;
    let evaluator = open(&job.evaluation)
        .and_then(|file| {
            let bytes = read_evaluation_key(file, &asked.public, terms.backend)?;
            terms.backend.evaluator(&asked.circuit, &asked.public.bytes, &bytes).map_err(ConfirmError::key)
        })
        .map_err(in_file(&job.evaluation))?;
    let seed = Zeroizing::new(random()?.get_seed());
    let scratch = || {
        let open = |path: &Path| File::open(path).map_err(|error| in_file(path)(error.into()));
        let bytes = (vec![0; left.each()], vec![0; right.each()]);
        Ok((open(&job.left)?, open(&job.right)?, bytes, evaluator.scratch()))
    };
    let work = |(of_left, of_right, bytes, scratch): &mut (File, File, (Vec<u8>, Vec<u8>), _), item: u64| {
        left.read(of_left, item, &mut bytes.0).map_err(in_file(&job.left))?;
        right.read(of_right, item, &mut bytes.1).map_err(in_file(&job.right))?;
        let mut random = ChaCha20Rng::from_seed(*seed);
        random.set_stream(item);
        let mut mask = Mask { flip: flips[item as usize], seed: Zeroizing::new([0; 32]) };
        random.fill_bytes(mask.seed.as_mut_slice());
        evaluator.evaluate(&bytes.0, &bytes.1, &mask, scratch).map_err(|reason| {
            let party = Party::Custodian(batch.left.clone());
            in_file(&job.left)(ConfirmError::content(party, item + 1, reason))
        })
    };
    let in_output = |reason| CustodianError::Confirm { file: job.output.name(), reason };
    let mut out = DocumentWriter::new(WriteFile::create(&job.output, Access::Shared)?, &header, &own)
        .map_err(in_output)?;
    in_order(0..batch.tickets, terms.threads, scratch, work, |item, answer: Vec<u8>| {
        let nonce = &asked.tickets.tickets[item as usize].nonce;
        out.write(&nonce.0).and_then(|()| out.write(&answer)).map_err(in_output)?;
        on_progress(item + 1, Some((item + 1) as f64 / batch.tickets as f64));
        Ok(())
    })?;
    let (file, _) = out.finish().map_err(in_output)?;
    file.commit()?;
    Ok(CheckSummary {
        custodian: header.custodian,
        tickets: batch.tickets,
        custodians: signers.map(|signer| signer.fingerprint()),
    })
}

/// Both files of ciphertexts, and the keys that signed them: those of the batch's custodians.
fn check_ciphertexts<B: Backend>(
    job: &CheckJob<'_, B>,
    asked: &Asked,
) -> Result<(Ciphertexts, Ciphertexts, [SignerId; 2]), CustodianError> {
    let backend = job.terms.backend;
    let check = |path: &Path, side, each| {
        let of = (asked.batch(), asked.tickets.tickets.as_slice());
        open(path)
            .and_then(|file| Ciphertexts::check(file, of, side, (backend.name(), each)))
            .map_err(in_file(path))
    };
    let left = check(&job.left, Side::Left, backend.left_bytes(&asked.circuit))?;
    let right = check(&job.right, Side::Right, backend.right_bytes(&asked.circuit))?;
    let signer = |seal: &Seal, path: &Path| {
        seal.verify::<CiphertextsHeader>().map(|header| header.signer).map_err(in_file(path))
    };
    let signers = [signer(&left.seal, &job.left)?, signer(&right.seal, &job.right)?];
    // With forged ciphertexts, somebody could choose what is tested on the other custodian's.
    for (side, signer, file) in [(Side::Left, signers[0], &job.left), (Side::Right, signers[1], &job.right)] {
        let known = asked.signer_of(side);
        if signer != known {
            let reason = Reason::Signer { expected: known.fingerprint(), found: signer.fingerprint() };
            return Err(in_file(file)(ConfirmError::Refused { party: Party::LinkageUnit, reason }));
        }
    }
    Ok((left, right, signers))
}

fn open(path: &Path) -> Result<BufReader<File>, ConfirmError> {
    Ok(BufReader::new(File::open(path)?))
}

/// For each ticket, whether its answer is negated.
fn read_masks(path: &Path, asked: &Asked, header: &CheckedHeader) -> Result<Vec<bool>, CustodianError> {
    let refuse = |reason| ConfirmError::Refused { party: Party::LinkageUnit, reason };
    let read = |file| {
        let mut input = DocumentReader::<_, MasksHeader>::new(file)?;
        let made_of = binding(header.batch, header.key_id, &header.left, &header.right);
        input.header().check(asked.batch(), made_of)?;
        let mut flips = Vec::new();
        for (ticket, entry) in asked.tickets.tickets.iter().zip(1..) {
            let nonce = read_nonce(&mut input)?;
            let mut flip = [0];
            input.read(&mut flip)?;
            if nonce != ticket.nonce {
                return Err(refuse(Reason::OffBatch { entry }));
            }
            if flip[0] > 1 {
                return Err(refuse(Reason::NoBit { entry }));
            }
            flips.push(flip[0] == 1);
        }
        input.finish()?;
        Ok(flips)
    };
    open(path).and_then(read).map_err(in_file(path))
}
