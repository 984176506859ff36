//! The confirmation of `mizuhiki demo`: three parties in one folder, each with its own files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use mizuhiki_authority::{KeygenJob, OpenJob, generate_keys, open_answers};
use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_confirm::Policy;
use mizuhiki_custodian::{
    CheckJob, ConfirmJob, ConfirmTerms, KeyKind, KeySource, LinkageKey, RecordSource, check_answers,
    encrypt_tickets, read_key,
};
use mizuhiki_evaluate::LinkTableAccuracy;
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{ApplyJob, ApplySummary, AskJob, EvaluateJob, apply, ask, evaluate};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use serde::Serialize;

use crate::commands::common::threads;
use crate::commands::confirm::{now, seed};
use crate::commands::judge::judge;
use crate::progress::Progress;

/// Validity of the demonstration's tickets.
const SECONDS: u64 = 3_600;

/// Names of the authority's files that others get.
const PUBLIC: &str = "public.key";
const EVALUATION: &str = "evaluation.key";

/// Maximum number of tickets per record that a custodian allows, over all keys.
const PER_RECORD: u64 = 4;

/// The demonstrated confirmation.
pub(super) struct Confirming {
    data: PathBuf,
    folder: PathBuf,
}

/// Its result.
#[derive(Serialize)]
pub(super) struct Confirmation {
    pub(super) applied: ApplySummary,
    /// Processor time per pair, all threads together.
    pub(super) milliseconds_each: f64,
    pub(super) accuracy: LinkTableAccuracy,
}

/// A custodian of the demonstration.
pub(super) struct DemoHolder<'a> {
    pub(super) name: &'a str,
    /// Its token file.
    pub(super) tokens: PathBuf,
}

/// Links whose borderline pairs are to be confirmed.
pub(super) struct Demonstrated<'a> {
    pub(super) links: PathBuf,
    pub(super) left: DemoHolder<'a>,
    pub(super) right: DemoHolder<'a>,
    pub(super) schema: &'a LinkageSchema,
}

/// Files of one confirmation, in the order in which they are made.
struct Files {
    keys: PathBuf,
    tickets: PathBuf,
    left: PathBuf,
    right: PathBuf,
    sealed: PathBuf,
    masks: PathBuf,
    checked: PathBuf,
    opened: PathBuf,
}

impl Files {
    fn new(folder: &Path, name: &str) -> Self {
        let file = |what: &str| folder.join(format!("{name}{what}"));
        Self {
            keys: folder.join(format!("keys-{name}")),
            tickets: folder.join(format!("tickets-{name}")),
            left: file("-left.ciphertexts"),
            right: file("-right.ciphertexts"),
            sealed: file(".sealed"),
            masks: file(".masks"),
            checked: file(".checked"),
            opened: file(".opened"),
        }
    }
}

impl Confirming {
    /// Prepares an empty subfolder of the data folder.
    pub(super) fn begin(data: &Path) -> anyhow::Result<Self> {
        let folder = data.join("confirm");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{}: cannot remove", folder.display()))?;
        }
        fs::create_dir(&folder).with_context(|| format!("{}: cannot create", folder.display()))?;
        Ok(Self { data: data.to_owned(), folder })
    }

    /// Confirms the borderline pairs of links between two holders.
    pub(super) fn confirm(&self, linked: &Demonstrated<'_>, truth: &Path) -> anyhow::Result<Confirmation> {
        let files = Files::new(&self.folder, linked.left.name);
        let source = |path: &Path| Source::Path(path.to_owned());
        generate_keys(&KeygenJob {
            output: files.keys.clone(),
            policy: Policy::default(),
            backend: &Tfhe,
            seed: seed()?,
            now: now()?,
        })?;
        ask(&AskJob {
            links: source(&linked.links),
            left: source(&linked.left.tokens),
            right: source(&linked.right.tokens),
            public: files.keys.join(PUBLIC),
            output: files.tickets.clone(),
            expires: now()? + SECONDS,
            backend: &Tfhe,
            seed: seed()?,
        })?;
        let (key, _) = read_key(&KeySource::Path(self.data.join("linkage.key")), KeyKind::Linkage)?;
        let pins = vec![
            self.encrypt(&files, linked.schema, &key, (&linked.left, "left"), &files.left)?,
            self.encrypt(&files, linked.schema, &key, (&linked.right, "right"), &files.right)?,
        ];
        let terms = terms(&files, linked.schema, &key, (&linked.left, "left"))?;
        let milliseconds = answer(&files, terms)?;
        open_answers(&OpenJob {
            tickets: files.tickets.join("authority.tickets"),
            secret: files.keys.join("secret.key"),
            sealed: files.sealed.clone(),
            checked: files.checked.clone(),
            output: files.opened.clone(),
            pins,
            backend: &Tfhe,
            now: now()?,
        })?;
        let (left, right) = (linked.left.name, linked.right.name);
        let output = self.data.join(format!("links-confirmed-{left}-{right}.csv"));
        let applied = apply(&ApplyJob {
            tickets: files.tickets,
            opened: files.opened,
            links: source(&linked.links),
            output: Target::Path(output.clone()),
            backend: &Tfhe,
        })?;
        let milliseconds_each = milliseconds / applied.asked as f64;
        let accuracy = judge(&Source::Path(output), &source(truth), false)?;
        Ok(Confirmation { applied, milliseconds_each, accuracy })
    }

    /// What a custodian does; its name and fingerprint, which it tells the authority.
    fn encrypt(
        &self,
        files: &Files,
        schema: &LinkageSchema,
        key: &LinkageKey,
        (holder, side): (&DemoHolder<'_>, &str),
        output: &Path,
    ) -> anyhow::Result<(String, String)> {
        let job = ConfirmJob {
            terms: terms(files, schema, key, (holder, side))?,
            input: Source::Path(self.data.join(format!("{}.csv", holder.name))),
            options: ReadOptions::default(),
            records: RecordSource::Column(Some("record_id".to_owned())),
            ledger: self.folder.join(format!("{}.ledger", holder.name)),
            output: Target::Path(output.to_owned()),
        };
        let made = encrypt_tickets(&job, &|_, _| ())?;
        Ok((made.custodian, made.fingerprint))
    }
}

fn terms<'a>(
    files: &Files,
    schema: &'a LinkageSchema,
    key: &'a LinkageKey,
    (holder, side): (&DemoHolder<'_>, &str),
) -> anyhow::Result<ConfirmTerms<'a, Tfhe>> {
    Ok(ConfirmTerms {
        schema,
        key,
        tickets: files.tickets.join(format!("{side}.tickets")),
        public: files.keys.join(PUBLIC),
        tokens: holder.tokens.clone(),
        custodian: CustodianId::new(holder.name)?,
        per_record: PER_RECORD,
        backend: &Tfhe,
        now: now()?,
        threads: threads(None),
    })
}

/// Both parties compute the answers; processor time of the first, in milliseconds.
fn answer(files: &Files, terms: ConfirmTerms<'_, Tfhe>) -> anyhow::Result<f64> {
    let progress = Progress::new("pairs");
    let threads = threads(None);
    let begun = Instant::now();
    let job = EvaluateJob {
        tickets: files.tickets.clone(),
        evaluation: files.keys.join(EVALUATION),
        left: files.left.clone(),
        right: files.right.clone(),
        output: files.sealed.clone(),
        masks: files.masks.clone(),
        backend: &Tfhe,
        threads,
    };
    evaluate(&job, &|done, all| progress.update_of("confirm", done, Some(done as f64 / all as f64)))?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3 * threads as f64;
    let job = CheckJob {
        terms,
        left: files.left.clone(),
        right: files.right.clone(),
        masks: files.masks.clone(),
        evaluation: files.keys.join(EVALUATION),
        output: Target::Path(files.checked.clone()),
    };
    check_answers(&job, &|done, share| progress.update_of("check", done, share))?;
    Ok(milliseconds)
}
