//! Ciphertexts to sealed answers (`protocols/06-confirm.md` §5). Interrupted work is resumed where it
//! stopped.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use mizuhiki_confirm::{
    Asked, Backend, Ciphertexts, CiphertextsHeader, Circuit, ConfirmError, DocumentKind, DocumentReader,
    DocumentWriter, Evaluator, Hash, Header as _, Party, PublicKey, RUN_SECRET_BYTES, Rule, RunHeader,
    RunSecret, Seal, SealedHeader, Session, Side, check_count, in_order, read_evaluation_key, read_id,
    read_ticket,
};
use mizuhiki_files::{Access, Target, WriteFile};
use mizuhiki_schema::LinkageSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::confirm::ask::{PUBLIC, RUN, SCHEMA, SEALED};
use crate::confirm::error::{LinkageUnitError, read_file};

/// Settings for an evaluation.
pub struct EvaluateJob<'a, B> {
    /// The folder of tickets.
    pub tickets: PathBuf,
    /// The authority's evaluation key.
    pub evaluation: PathBuf,
    /// The left custodian's ciphertexts.
    pub left: PathBuf,
    /// The right custodian's ciphertexts.
    pub right: PathBuf,
    /// Output for the sealed answers.
    pub output: PathBuf,
    /// Output for the masks that the checker needs.
    pub masks: PathBuf,
    /// The back end.
    pub backend: &'a B,
    /// Threads, at least 1.
    pub threads: usize,
}

/// Results of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluateSummary {
    /// Answers.
    pub tickets: u64,
    /// Of these, answers from an interrupted run.
    pub resumed: u64,
    /// Fingerprints of the custodians' signing keys, left and right, for comparison with those that the
    /// custodians report.
    pub custodians: [String; 2],
    /// Numbers of the tickets that the left and the right custodian declined, from 1: their pairs stay as
    /// they were.
    pub declined: [Vec<u64>; 2],
}

/// The linkage unit's record of a run.
pub(crate) struct Run {
    pub(crate) session: Session<Asked>,
    /// Left and right record ids, one pair per ticket.
    pub(crate) ids: Vec<(String, String)>,
}

impl Run {
    pub(crate) fn read(folder: &Path) -> Result<Self, LinkageUnitError> {
        read_file(&folder.join(RUN), |file| {
            let mut input = DocumentReader::<_, RunHeader>::new(file)?;
            let count = check_count(input.header().batch.tickets)?;
            let mut secret = Zeroizing::new([0; RUN_SECRET_BYTES]);
            input.read(secret.as_mut_slice())?;
            let (mut tickets, mut ids) = (Vec::new(), Vec::new());
            for _ in 0..count {
                tickets.push(read_ticket(&mut input)?);
                ids.push((read_id(&mut input)?, read_id(&mut input)?));
            }
            let (header, _) = input.finish()?;
            Ok(Self { session: Session::new(header.batch, tickets, RunSecret::new(secret)), ids })
        })
    }
}

/// Evaluates every ticket. The output appears complete, or not at all; until then, finished answers are kept
/// in a file beside it.
///
/// # Errors
/// [`LinkageUnitError`]; refusals name who is at fault.
pub fn evaluate<B: Backend>(
    job: &EvaluateJob<'_, B>,
    on_progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<EvaluateSummary, LinkageUnitError> {
    let Run { session, .. } = Run::read(&job.tickets)?;
    let (public, circuit) = agreed(&job.tickets, &session, job.backend)?;
    let sizes = (job.backend.left_bytes(&circuit), job.backend.right_bytes(&circuit));
    let check = |path: &Path, side, each| {
        let of = (session.batch(), session.tickets());
        read_file(path, |file| Ciphertexts::check(file, of, side, (job.backend.name(), each)))
    };
    let left = check(&job.left, Side::Left, sizes.0)?;
    let right = check(&job.right, Side::Right, sizes.1)?;
    let in_output = |reason| LinkageUnitError::Confirm { file: job.output.display().to_string(), reason };
    let header = session
        .sealed_header(job.backend.name(), left.seal.clone(), right.seal.clone())
        .map_err(in_output)?;
    let evaluator = read_file(&job.evaluation, |file| {
        let bytes = read_evaluation_key(file, &public, job.backend)?;
        job.backend.evaluator(&circuit, &public.bytes, &bytes).map_err(ConfirmError::key)
    })?;
    let each = job.backend.answer_bytes();
    let count = session.batch().tickets;
    let binding = header.binding();
    let mut partial = Partial::open(&job.output, binding, each, count)?;
    let resumed = partial.done;
    let work = |memory: &mut Memory<_>, item: u64| {
        let entry = item + 1;
        left.read(&mut memory.left, item, &mut memory.left_bytes).map_err(in_file(&job.left))?;
        right.read(&mut memory.right, item, &mut memory.right_bytes).map_err(in_file(&job.right))?;
        let mask = session.mask(&session.tickets()[item as usize], binding);
        evaluator.evaluate(&memory.left_bytes, &memory.right_bytes, &mask, &mut memory.scratch).map_err(
            |reason| {
                // The sizes fit. If a back end still refuses, the fault lies with the left custodian, or with
                // nobody.
                let party = Party::Custodian(session.batch().left.clone());
                LinkageUnitError::Confirm {
                    file: job.left.display().to_string(),
                    reason: ConfirmError::content(party, entry, reason),
                }
            },
        )
    };
    let memory = || {
        let open = |path: &Path| File::open(path).map_err(|error| in_file(path)(error.into()));
        Ok(Memory {
            left: open(&job.left)?,
            right: open(&job.right)?,
            left_bytes: vec![0; left.each()],
            right_bytes: vec![0; right.each()],
            scratch: evaluator.scratch(),
        })
    };
    in_order(resumed..count, job.threads, memory, work, |item, answer: Vec<u8>| {
        partial.push(item, &answer)?;
        on_progress(item + 1 - resumed, count - resumed);
        Ok(())
    })?;
    write_masks(job, &session, binding)?;
    partial.finish(&session, (&header, [&left.declined, &right.declined]), &job.tickets.join(SEALED))?;
    let fingerprint = |seal: &Seal| {
        seal.verify::<CiphertextsHeader>().map(|header| header.signer().fingerprint()).map_err(in_output)
    };
    Ok(EvaluateSummary {
        tickets: count,
        resumed,
        custodians: [fingerprint(&left.seal)?, fingerprint(&right.seal)?],
        declined: [left.declined, right.declined],
    })
}

fn in_file(path: &Path) -> impl Fn(ConfirmError) -> LinkageUnitError + use<> {
    let file = path.display().to_string();
    move |reason| LinkageUnitError::Confirm { file: file.clone(), reason }
}

/// Writes the masks (which answers are negated) for the checker.
fn write_masks<B>(
    job: &EvaluateJob<'_, B>,
    session: &Session<Asked>,
    binding: Hash,
) -> Result<(), LinkageUnitError> {
    let in_masks = in_file(&job.masks);
    let key = session.key();
    let file = WriteFile::create(&Target::Path(job.masks.clone()), Access::Owner)?;
    let mut out = DocumentWriter::new(file, &session.masks_header(binding), &key).map_err(&in_masks)?;
    for ticket in session.tickets() {
        let flip = u8::from(session.mask(ticket, binding).flip);
        out.write(&ticket.nonce.0).and_then(|()| out.write(&[flip])).map_err(&in_masks)?;
    }
    let (file, _) = out.finish().map_err(&in_masks)?;
    Ok(file.commit()?)
}

/// The authority's key and the rule of the tickets.
fn agreed<B: Backend>(
    tickets: &Path,
    session: &Session<Asked>,
    backend: &B,
) -> Result<(PublicKey, Circuit), LinkageUnitError> {
    let public = read_file(&tickets.join(PUBLIC), |file| PublicKey::read(file, backend))?;
    let path = tickets.join(SCHEMA);
    let failed = |reason| LinkageUnitError::Confirm { file: path.display().to_string(), reason };
    let text = fs::read_to_string(&path).map_err(|error| failed(error.into()))?;
    let schema = LinkageSchema::parse(&text).map_err(|_| LinkageUnitError::NoRule)?;
    let rule = Rule::of_schema(&schema).ok_or(LinkageUnitError::NoRule)?;
    let digest = Hash::from(*schema.digest().as_bytes());
    session.batch().check_agreement(public.key_id, digest, &rule).map_err(failed)?;
    Ok((public, Circuit::new(rule).map_err(failed)?))
}

/// Memory of one thread.
struct Memory<S> {
    left: File,
    right: File,
    left_bytes: Vec<u8>,
    right_bytes: Vec<u8>,
    scratch: S,
}

/// Answers that were sealed here.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SealedHere {
    /// The signed digest.
    pub(crate) sealed: Hash,
    /// The digest of the inputs.
    pub(crate) binding: Hash,
    /// Numbers of the tickets that a custodian declined, from 1, ascending.
    pub(crate) declined: Vec<u64>,
}

impl SealedHere {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (sealed, binding) = (Hash::parse(words.next()?)?, Hash::parse(words.next()?)?);
        let numbers =
            words.next().map(|numbers| numbers.split(',').map(|number| number.parse().ok()).collect());
        let declined = numbers.unwrap_or_else(|| Some(Vec::new()))?;
        Some(Self { sealed, binding, declined })
    }

    fn line(&self) -> String {
        let numbers: Vec<String> = self.declined.iter().map(u64::to_string).collect();
        let space = if numbers.is_empty() { "" } else { " " };
        format!("{} {}{space}{}\n", self.sealed, self.binding, numbers.join(","))
    }
}

/// Reads what was sealed here.
pub(crate) fn read_sealed(path: &Path) -> Vec<SealedHere> {
    fs::read_to_string(path).unwrap_or_default().lines().filter_map(SealedHere::parse).collect()
}

/// Bytes of a checksum beside each answer.
const CHECK_BYTES: usize = 8;

/// Answers so far, in a file beside the output: a digest of the questions, then answers with checksums. A
/// resumed run uses only complete answers with valid checksums, because after a crash a file may be longer
/// than what was written.
struct Partial {
    path: PathBuf,
    output: PathBuf,
    file: File,
    binding: Hash,
    each: usize,
    done: u64,
}

impl Partial {
    fn open(output: &Path, binding: Hash, each: usize, count: u64) -> Result<Self, LinkageUnitError> {
        let path = output.with_extension(match output.extension() {
            Some(extension) => format!("{}.partial", extension.display()),
            None => "partial".to_owned(),
        });
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let failed = |error: std::io::Error| LinkageUnitError::Confirm {
            file: path.display().to_string(),
            reason: error.into(),
        };
        let file = options.open(&path).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(LinkageUnitError::Busy { file: path.display().to_string() });
        }
        let mut partial =
            Self { path: path.clone(), output: output.to_owned(), file, binding, each, done: 0 };
        partial.resume(count)?;
        Ok(partial)
    }

    /// Finds the finished answers, and starts a new file if there are none.
    fn resume(&mut self, count: u64) -> Result<(), LinkageUnitError> {
        let mut found = [0; 32];
        match self.file.read_exact(&mut found) {
            Ok(()) if found != self.binding.0 => {
                return Err(LinkageUnitError::OtherWork { file: self.path.display().to_string() });
            }
            Ok(()) => {
                let mut reader = BufReader::with_capacity(1 << 18, &self.file);
                let mut entry = vec![0; self.each + CHECK_BYTES];
                while self.done < count && reader.read_exact(&mut entry).is_ok() {
                    let (answer, check) = entry.split_at(self.each);
                    if self.check(self.done, answer) != check {
                        break;
                    }
                    self.done += 1;
                }
            }
            Err(_) => {
                let binding = self.binding.0;
                let begun = self.file.set_len(0).and_then(|()| self.file.rewind());
                begun.and_then(|()| self.file.write_all(&binding)).map_err(|error| self.failed(error))?;
            }
        }
        let end = 32 + self.done * (self.each + CHECK_BYTES) as u64;
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map(drop).map_err(|error| self.failed(error))
    }

    /// The checksum of an answer at its position.
    fn check(&self, item: u64, answer: &[u8]) -> [u8; CHECK_BYTES] {
        let digest = Sha256::new()
            .chain_update(self.binding.0)
            .chain_update(item.to_be_bytes())
            .chain_update(answer)
            .finalize();
        std::array::from_fn(|at| digest[at])
    }

    fn failed(&self, reason: impl Into<ConfirmError>) -> LinkageUnitError {
        LinkageUnitError::Confirm { file: self.path.display().to_string(), reason: reason.into() }
    }

    fn push(&mut self, item: u64, answer: &[u8]) -> Result<(), LinkageUnitError> {
        let check = self.check(item, answer);
        let entry = [answer, &check].concat();
        self.file.write_all(&entry).map_err(|error| self.failed(error))
    }

    /// Writes the sealed answers and, before they become visible, the line that identifies them; then removes
    /// the partial ones.
    fn finish(
        mut self,
        session: &Session<Asked>,
        (header, declined): (&SealedHeader, [&[u64]; 2]),
        digests: &Path,
    ) -> Result<(), LinkageUnitError> {
        let in_output =
            |reason| LinkageUnitError::Confirm { file: self.output.display().to_string(), reason };
        let key = session.key();
        let file = WriteFile::create(&Target::Path(self.output.clone()), Access::Shared)?;
        let mut out = DocumentWriter::new(file, header, &key).map_err(in_output)?;
        self.file.seek(SeekFrom::Start(32)).map_err(|error| self.failed(error))?;
        let mut answers = BufReader::with_capacity(1 << 18, &self.file);
        let mut answer = vec![0; self.each + CHECK_BYTES];
        for ticket in session.tickets() {
            answers.read_exact(&mut answer).map_err(|error| self.failed(error))?;
            out.write(&ticket.nonce.0).and_then(|()| out.write(&answer[..self.each])).map_err(in_output)?;
        }
        let (file, seal) = out.finish().map_err(in_output)?;
        let declined: BTreeSet<u64> = declined.concat().into_iter().collect();
        let known = SealedHere {
            sealed: seal.digest(DocumentKind::Sealed),
            binding: self.binding,
            declined: declined.into_iter().collect(),
        };
        let mut lines = read_sealed(digests);
        lines.retain(|line| *line != known);
        lines.push(known);
        let text: String = lines.iter().map(SealedHere::line).collect();
        let mut list = WriteFile::create(&Target::Path(digests.to_owned()), Access::Owner)?;
        list.write_all(text.as_bytes()).map_err(|error| self.failed(error))?;
        list.commit()?;
        file.commit()?;
        fs::remove_file(&self.path).map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_confirm::Hex;

    use super::*;

    #[test]
    fn a_line_keeps_what_was_declined() {
        for declined in [vec![], vec![3], vec![1, 12, 64]] {
            let sealed = SealedHere { sealed: Hex([1; 32]), binding: Hex([2; 32]), declined };
            let line = sealed.line();
            assert!(SealedHere::parse(line.trim_end()) == Some(sealed), "{line}");
        }
        let digests = format!("{} {}", "01".repeat(32), "02".repeat(32));
        assert!(SealedHere::parse(&digests).is_some_and(|sealed| sealed.declined.is_empty()));
        assert!(SealedHere::parse(&format!("{digests} 3,x")).is_none(), "no number is lost");
    }
}
