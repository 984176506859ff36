//! The confirmation of `mizuhiki demo`: three parties in one folder, each with its own files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use mizuhiki_authority::{KeygenJob, OpenJob, generate_keys, open_answers};
use mizuhiki_columnar::{ReadOptions, Source, Target};
use mizuhiki_confirm::Policy;
use mizuhiki_custodian::{
    CheckJob, ConfirmJob, ConfirmTerms, KeyKind, KeySource, RecordSource, check_answers, encrypt_tickets,
    read_key,
};
use mizuhiki_evaluate::LinkTableAccuracy;
use mizuhiki_exchange::CustodianId;
use mizuhiki_linkage_unit::{ApplyJob, ApplySummary, AskJob, EvaluateJob, LinkJob, apply, ask, evaluate};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use serde::Serialize;

use crate::commands::confirm::{now, seed};
use crate::commands::evaluate::judge;
use crate::commands::threads;
use crate::progress::Progress;

/// Validity of the demonstration's tickets.
const SECONDS: u64 = 3_600;

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

    /// Confirms the borderline pairs that `linked` found between two holders.
    pub(super) fn confirm(
        &self,
        linked: &LinkJob,
        (left, right): (&str, &str),
        schema: &LinkageSchema,
        truth: &Path,
    ) -> anyhow::Result<Confirmation> {
        let (Target::Path(links), Source::Path(left_tokens), Source::Path(right_tokens)) =
            (&linked.output, &linked.left, &linked.right)
        else {
            anyhow::bail!("the demonstration writes files")
        };
        let tickets = self.folder.join(format!("tickets-{left}"));
        let links = Source::Path(links.clone());
        let keys = self.folder.join(format!("keys-{left}"));
        generate_keys(&KeygenJob {
            output: keys.clone(),
            policy: Policy::default(),
            backend: &Tfhe,
            seed: seed()?,
            now: now()?,
        })?;
        let public = keys.join("public.key");
        ask(&AskJob {
            links: links.clone(),
            left: linked.left.clone(),
            right: linked.right.clone(),
            public: public.clone(),
            output: tickets.clone(),
            expires: now()? + SECONDS,
            backend: &Tfhe,
            seed: seed()?,
        })?;
        let (key, _) = read_key(&KeySource::Path(self.data.join("linkage.key")), KeyKind::Linkage)?;
        let terms = |holder: &str, side: &str, tokens: &Path| -> anyhow::Result<ConfirmTerms<'_, Tfhe>> {
            Ok(ConfirmTerms {
                schema,
                key: &key,
                tickets: tickets.join(format!("{side}.tickets")),
                public: public.clone(),
                tokens: tokens.to_owned(),
                custodian: CustodianId::new(holder)?,
                per_record: PER_RECORD,
                backend: &Tfhe,
                now: now()?,
                threads: threads(None),
            })
        };
        let mut pins = Vec::new();
        let mut encrypt = |holder: &str, side: &str, tokens: &Path| -> anyhow::Result<PathBuf> {
            let output = self.folder.join(format!("{left}-{side}.ciphertexts"));
            let job = ConfirmJob {
                terms: terms(holder, side, tokens)?,
                input: Source::Path(self.data.join(format!("{holder}.csv"))),
                options: ReadOptions::default(),
                records: RecordSource::Column(Some("record_id".to_owned())),
                ledger: self.folder.join(format!("{holder}.ledger")),
                output: Target::Path(output.clone()),
            };
            let made = encrypt_tickets(&job, &|_, _| ())?;
            // The fingerprint that the custodian gives to the authority.
            pins.push((made.custodian, made.fingerprint));
            Ok(output)
        };
        let (left_file, right_file) =
            (encrypt(left, "left", left_tokens)?, encrypt(right, "right", right_tokens)?);
        let sealed = self.folder.join(format!("{left}.sealed"));
        let masks = self.folder.join(format!("{left}.masks"));
        let progress = Progress::new("pairs");
        let threads = threads(None);
        let begun = Instant::now();
        let job = EvaluateJob {
            tickets: tickets.clone(),
            evaluation: keys.join("evaluation.key"),
            left: left_file.clone(),
            right: right_file.clone(),
            output: sealed.clone(),
            masks: masks.clone(),
            backend: &Tfhe,
            threads,
        };
        evaluate(&job, &|done, all| progress.update_of("confirm", done, Some(done as f64 / all as f64)))?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3 * threads as f64;
        let checked = self.folder.join(format!("{left}.checked"));
        let job = CheckJob {
            terms: terms(left, "left", left_tokens)?,
            left: left_file,
            right: right_file,
            masks,
            evaluation: keys.join("evaluation.key"),
            output: Target::Path(checked.clone()),
        };
        check_answers(&job, &|done, share| progress.update_of("check", done, share))?;
        let opened = self.folder.join(format!("{left}.opened"));
        open_answers(&OpenJob {
            tickets: tickets.join("authority.tickets"),
            secret: keys.join("secret.key"),
            sealed,
            checked,
            output: opened.clone(),
            pins,
            backend: &Tfhe,
            now: now()?,
        })?;
        let output = self.data.join(format!("links-confirmed-{left}-{right}.csv"));
        let applied = apply(&ApplyJob {
            tickets,
            opened,
            links,
            output: Target::Path(output.clone()),
            backend: &Tfhe,
        })?;
        let milliseconds_each = milliseconds / applied.asked as f64;
        let accuracy = judge(&Source::Path(output), &Source::Path(truth.to_owned()), false)?;
        Ok(Confirmation { applied, milliseconds_each, accuracy })
    }
}
