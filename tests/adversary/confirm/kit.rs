//! Three parties of a confirmation in a folder, each step with its real role.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use mizuhiki_authority::{AuthorityError, KeygenJob, OpenJob, OpenSummary, generate_keys, open_answers};
use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_confirm::{
    Backend, ConfirmError, DocumentReader, DocumentWriter, Header, Party, PartyKey, Policy, Reason, SignerId,
};
use mizuhiki_custodian::{
    CheckJob, CheckSummary, ConfirmJob, ConfirmTerms, CustodianError, EncodeJob, IdPolicy, LinkageKey,
    RecordSource, check_answers, encode_file, encrypt_tickets,
};
use mizuhiki_encode::ConfirmEncoder;
use mizuhiki_evaluate::{Population, PopulationSpec};
use mizuhiki_exchange::{CustodianId, Run};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{
    ApplyJob, ApplySummary, AskJob, AskSummary, EvaluateJob, EvaluateSummary, LinkageUnitError, apply, ask,
    evaluate,
};
use mizuhiki_schema::LinkageSchema;
use zeroize::Zeroizing;

/// The time of all steps, in seconds since 1970, and the expiry of tickets.
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const EXPIRES: u64 = NOW + 1_000;

const SCHEMA: &str = include_str!("../../../protocols/schema/examples/people-five-fields.json");

/// The sides' custodians.
pub(crate) const NAMES: [&str; 2] = ["hospital", "registry"];

/// A confirmation's parties and files.
pub(crate) struct Kit<B> {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) backend: B,
    pub(crate) schema: LinkageSchema,
    pub(crate) key: LinkageKey,
    /// Ids of true pairs, and of the records by side.
    pub(crate) truth: Vec<(String, String)>,
    /// Tickets per record that the custodians allow over all keys.
    pub(crate) per_record: u64,
}

impl<B: Backend> Kit<B> {
    /// The state with two custodians' files encoded and the authority's keys made.
    pub(crate) fn new(backend: B) -> Self {
        Self::with_schema(backend, SCHEMA)
    }

    /// The same with tokens of another schema.
    pub(crate) fn with_schema(backend: B, schema: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let schema = LinkageSchema::parse(schema).unwrap();
        let key = LinkageKey::from_bytes(&[9; 32]).unwrap();
        let population = Population::make(&PopulationSpec { people: 160, seed: 11 });
        let [hospital, _, registry] = &population.holders[..] else { panic!("three holders") };
        let id_of = |person: u32| registry.people.iter().find(|record| record.person == person);
        let truth = hospital
            .people
            .iter()
            .filter_map(|record| Some((record.id.clone(), id_of(record.person)?.id.clone())))
            .collect();
        let kit = Self { folder, backend, schema, key, truth, per_record: 4 };
        for (side, holder) in [hospital, registry].into_iter().enumerate() {
            holder.write(&Target::Path(kit.path(&format!("{}.csv", NAMES[side])))).unwrap();
            kit.encode(side);
        }
        kit.keygen("keys", 1, Policy::default());
        kit
    }

    /// A side's custodian encodes its table.
    pub(crate) fn encode(&self, side: usize) {
        let name = NAMES[side];
        let job = EncodeJob {
            input: Source::Path(self.path(&format!("{name}.csv"))),
            options: ReadOptions::default(),
            schema: &self.schema,
            key: &self.key,
            output: Target::Path(self.path(&format!("{name}.parquet"))),
            custodian: CustodianId::new(name).unwrap(),
            run: Run::default(),
            id_column: None,
            ids: IdPolicy::Keep,
            threads: 2,
        };
        encode_file(job, &|_, _| {}).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn keygen(&self, folder: &str, seed: u8, policy: Policy) {
        generate_keys(&KeygenJob {
            output: self.path(folder),
            policy,
            backend: &self.backend,
            // A stream that differs from the linkage unit's with the same number.
            seed: Zeroizing::new([seed ^ 0x80; 32]),
            now: NOW,
        })
        .unwrap();
    }

    /// The first `matches` true pairs and the given number of non-matching pairs, as borderline links.
    pub(crate) fn links(&self, name: &str, matches: usize, strangers: usize) {
        let mut text = String::from("left_id,right_id,similarity,class,probability,flag\n");
        let mut push = |left: &str, right: &str, similarity: f64| {
            text.push_str(&format!("{left},{right},{similarity:.6},borderline,0.5,\n"));
        };
        for (at, (left, right)) in self.truth.iter().take(matches).enumerate() {
            push(left, right, 0.9 - at as f64 * 1e-4);
        }
        let others = self.truth.iter().skip(matches + 1);
        for (at, ((left, _), (_, right))) in
            self.truth.iter().skip(matches).zip(others).take(strangers).enumerate()
        {
            push(left, right, 0.7 - at as f64 * 1e-4);
        }
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn ask(&self, links: &str, tickets: &str, seed: u8) -> Result<AskSummary, LinkageUnitError> {
        ask(&AskJob {
            links: Source::Path(self.path(links)),
            left: Source::Path(self.path("hospital.parquet")),
            right: Source::Path(self.path("registry.parquet")),
            public: self.path("keys/public.key"),
            output: self.path(tickets),
            expires: EXPIRES,
            backend: &self.backend,
            seed: Zeroizing::new([seed; 32]),
        })
    }

    fn terms(&self, side: usize, tickets: &Path, (public, now): (&str, u64)) -> ConfirmTerms<'_, B> {
        ConfirmTerms {
            schema: &self.schema,
            key: &self.key,
            tickets: tickets.to_owned(),
            public: self.path(public),
            tokens: self.path(&format!("{}.parquet", NAMES[side])),
            custodian: CustodianId::new(NAMES[side]).unwrap(),
            per_record: self.per_record,
            backend: &self.backend,
            now,
            threads: 2,
        }
    }

    /// One custodian encrypts; `public` is the key that it trusts, `now` its time.
    pub(crate) fn encrypt_at(
        &self,
        side: usize,
        tickets: &Path,
        (public, now): (&str, u64),
        output: &str,
    ) -> Result<(), CustodianError> {
        let job = ConfirmJob {
            terms: self.terms(side, tickets, (public, now)),
            input: Source::Path(self.path(&format!("{}.csv", NAMES[side]))),
            options: ReadOptions::default(),
            records: RecordSource::Column(None),
            ledger: self.path(&format!("{}.ledger", NAMES[side])),
            output: Target::Path(self.path(output)),
        };
        encrypt_tickets(&job, &|_, _| {}).map(|_| ())
    }

    /// Both custodians encrypt.
    pub(crate) fn encrypt(&self, tickets: &str) -> Result<(), CustodianError> {
        for (side, name) in ["left", "right"].into_iter().enumerate() {
            let file = self.path(&format!("{tickets}/{name}.tickets"));
            self.encrypt_at(side, &file, ("keys/public.key", NOW), &format!("{tickets}.{name}"))?;
        }
        Ok(())
    }

    pub(crate) fn evaluate_files(
        &self,
        tickets: &str,
        (left, right): (&str, &str),
        threads: usize,
    ) -> Result<EvaluateSummary, LinkageUnitError> {
        let job = EvaluateJob {
            tickets: self.path(tickets),
            evaluation: self.path("keys/evaluation.key"),
            left: self.path(left),
            right: self.path(right),
            output: self.path(&format!("{tickets}.sealed")),
            masks: self.path(&format!("{tickets}.masks")),
            backend: &self.backend,
            threads,
        };
        evaluate(&job, &|_, _| {})
    }

    /// A side's custodian also computes the answers, into `tickets`.checked.
    pub(crate) fn check(&self, side: usize, tickets: &str) -> Result<CheckSummary, CustodianError> {
        let name = ["left", "right"][side];
        let file = self.path(&format!("{tickets}/{name}.tickets"));
        let job = CheckJob {
            terms: self.terms(side, &file, ("keys/public.key", NOW)),
            left: self.path(&format!("{tickets}.left")),
            right: self.path(&format!("{tickets}.right")),
            masks: self.path(&format!("{tickets}.masks")),
            evaluation: self.path("keys/evaluation.key"),
            output: Target::Path(self.path(&format!("{tickets}.checked"))),
        };
        check_answers(&job, &|_, _| {})
    }

    /// The linkage unit computes the answers, and the left custodian checks them.
    pub(crate) fn evaluate(&self, tickets: &str) -> Result<EvaluateSummary, LinkageUnitError> {
        let (left, right) = (format!("{tickets}.left"), format!("{tickets}.right"));
        let made = self.evaluate_files(tickets, (&left, &right), 2)?;
        self.check(0, tickets).unwrap();
        Ok(made)
    }

    pub(crate) fn open_at(
        &self,
        tickets: &str,
        sealed: &str,
        now: u64,
    ) -> Result<OpenSummary, AuthorityError> {
        open_answers(&OpenJob {
            tickets: self.path(&format!("{tickets}/authority.tickets")),
            secret: self.path("keys/secret.key"),
            sealed: self.path(sealed),
            checked: self.path(&format!("{tickets}.checked")),
            output: self.path(&format!("{tickets}.opened")),
            pins: [0, 1]
                .map(|side| (NAMES[side].to_owned(), self.custodian_key(side).id().fingerprint()))
                .to_vec(),
            backend: &self.backend,
            now,
        })
    }

    pub(crate) fn open(&self, tickets: &str) -> Result<OpenSummary, AuthorityError> {
        self.open_at(tickets, &format!("{tickets}.sealed"), NOW)
    }

    pub(crate) fn apply(&self, tickets: &str, links: &str) -> Result<ApplySummary, LinkageUnitError> {
        apply(&ApplyJob {
            tickets: self.path(tickets),
            opened: self.path(&format!("{tickets}.opened")),
            links: Source::Path(self.path(links)),
            output: Target::Path(self.path(&format!("{tickets}.csv"))),
            backend: &self.backend,
        })
    }

    /// Everything up to the opened answers.
    pub(crate) fn run(&self, links: &str, tickets: &str, seed: u8) {
        self.ask(links, tickets, seed).unwrap();
        self.encrypt(tickets).unwrap();
        self.evaluate(tickets).unwrap();
        self.open(tickets).unwrap();
    }

    /// The signing key of a side's custodian.
    pub(crate) fn custodian_key(&self, side: usize) -> PartyKey {
        let custodian = CustodianId::new(NAMES[side]).unwrap();
        let encoder =
            ConfirmEncoder::new(&self.schema, &self.key, &Run::default(), &custodian).unwrap().unwrap();
        PartyKey::from_seed(&encoder.signing_seed())
    }

    /// The signing key of a run, as used by a malicious linkage unit.
    pub(crate) fn run_key(&self, tickets: &str) -> PartyKey {
        let bytes = fs::read(self.path(&format!("{tickets}/linkage-unit.run"))).unwrap();
        let length = u32::from_be_bytes(bytes[5..9].try_into().unwrap()) as usize;
        PartyKey::from_seed(bytes[9 + length..9 + length + 32].try_into().unwrap())
    }
}

/// Rewrites a document as its malicious signer, with another header and body.
pub(crate) fn forge<H: Header>(
    path: &Path,
    key: &PartyKey,
    change_header: impl FnOnce(&mut H),
    change_body: impl FnOnce(&mut Vec<u8>),
) {
    let mut input = DocumentReader::<_, H>::new(File::open(path).unwrap()).unwrap();
    let mut body = input.read_body(1 << 32).unwrap();
    let (mut header, _) = input.finish().unwrap();
    change_header(&mut header);
    change_body(&mut body);
    let mut out = DocumentWriter::new(File::create(path).unwrap(), &header, key).unwrap();
    out.write(&body).unwrap();
    out.finish().unwrap();
}

/// The party at fault and the reason of a refusal.
pub(crate) fn refusal(error: &dyn std::any::Any) -> (Party, Reason) {
    let reason = error
        .downcast_ref::<LinkageUnitError>()
        .and_then(|error| match error {
            LinkageUnitError::Confirm { reason, .. } => Some(reason),
            _ => None,
        })
        .or_else(|| {
            error.downcast_ref::<CustodianError>().and_then(|error| match error {
                CustodianError::Confirm { reason, .. } => Some(reason),
                _ => None,
            })
        })
        .or_else(|| {
            error.downcast_ref::<AuthorityError>().and_then(|error| match error {
                AuthorityError::Confirm { reason, .. } => Some(reason),
                _ => None,
            })
        });
    match reason {
        Some(ConfirmError::Refused { party, reason }) => (party.clone(), reason.clone()),
        other => panic!("not refused: {other:?}"),
    }
}

/// The same, of a result that must be a refusal.
pub(crate) fn refused<T, E: std::any::Any>(result: Result<T, E>) -> (Party, Reason) {
    match result {
        Ok(_) => panic!("nothing was refused"),
        Err(error) => refusal(&error),
    }
}

/// An unknown signer.
pub(crate) fn stranger() -> (PartyKey, SignerId) {
    let key = PartyKey::from_seed(&[200; 32]);
    let id = key.id();
    (key, id)
}
