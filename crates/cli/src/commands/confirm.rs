//! `mizuhiki confirm`.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use mizuhiki_authority::{KeygenJob, OpenJob, generate_keys, open_answers};
use mizuhiki_columnar::Source;
use mizuhiki_confirm::Policy;
use mizuhiki_custodian::{
    CheckJob, ConfirmJob, ConfirmSummary, ConfirmTerms, DeclineReason, KeyKind, KeySource, LinkageKey,
    RecordSource, check_answers, encrypt_tickets, read_key,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{ApplyJob, AskJob, EvaluateJob, apply, ask, evaluate};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use zeroize::Zeroizing;

use crate::args::confirm::{
    Confirm, ConfirmApply, ConfirmAsk, ConfirmCheck, ConfirmEncrypt, ConfirmEvaluate, ConfirmKeygen,
    ConfirmOpen, CustodianTerms,
};
use crate::commands::common::{keep_inputs, threads};
use crate::commands::encode::custodian_name;
use crate::commands::schema::read_usable_schema;
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

const SECONDS_A_DAY: u64 = 86_400;

pub(super) fn run(confirm: Confirm, say: &Say) -> anyhow::Result<()> {
    match confirm {
        Confirm::Keygen(keygen) => run_keygen(keygen, say),
        Confirm::Ask(ask) => run_ask(ask, say),
        Confirm::Encrypt(encrypt) => run_encrypt(*encrypt, say),
        Confirm::Evaluate(evaluate) => run_evaluate(evaluate, say),
        Confirm::Check(check) => run_check(check, say),
        Confirm::Open(open) => run_open(open, say),
        Confirm::Apply(apply) => run_apply(apply, say),
    }
}

/// Seconds since 1970.
pub(super) fn now() -> anyhow::Result<u64> {
    Ok(SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is set before 1970; set it")?
        .as_secs())
}

/// Random bytes of the system.
pub(super) fn seed() -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|_| anyhow::anyhow!("the operating system provides no random numbers"))?;
    Ok(seed)
}

/// The files of a folder; a step that reads some of them must not overwrite any.
fn files_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().display().to_string()).collect()
}

fn keep(output: &Path, inputs: &[String]) -> anyhow::Result<()> {
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    keep_inputs(&output.display().to_string(), &inputs)
}

fn run_keygen(keygen: ConfirmKeygen, say: &Say) -> anyhow::Result<()> {
    let policy = Policy {
        openings: keygen.openings,
        per_custodian: keygen.per_custodian,
        per_record: keygen.per_record,
    };
    let job = KeygenJob { output: keygen.output, policy, backend: &Tfhe, seed: seed()?, now: now()? };
    let made = generate_keys(&job)?;
    let text = format!(
        "key {}, signed by {}\n{}: for the custodians and the linkage unit\n{}: for the linkage unit and the checking custodian ({} MB)\n{}: stays here, \
         with its log of openings; never give it to the linkage unit",
        made.key_id,
        made.fingerprint,
        made.public,
        made.evaluation,
        made.evaluation_bytes / 1_000_000,
        made.secret
    );
    say.result(&made, &text, false);
    Ok(())
}

fn run_ask(arguments: ConfirmAsk, say: &Say) -> anyhow::Result<()> {
    let job = AskJob {
        links: Source::from_argument(&arguments.links),
        left: Source::from_argument(&arguments.left),
        right: Source::from_argument(&arguments.right),
        public: arguments.public,
        output: arguments.output,
        expires: now()? + arguments.expire * SECONDS_A_DAY,
        backend: &Tfhe,
        seed: seed()?,
    };
    let asked = ask(&job)?;
    let [left, right, authority, run] = &asked.files;
    let text = format!(
        "{} tickets under key {} (signed by {}); {} borderline pairs omitted, because the budget of a record or of the key \
         is used up: ask for them with another key once these are applied\n\
         {left}: for the left custodian\n{right}: for the right custodian\n{authority}: for the authority\n{run}: stays here\n\
         signed by {}",
        grouped(asked.tickets),
        asked.key_id,
        asked.authority,
        grouped(asked.left_out),
        asked.linkage_unit
    );
    say.result(&asked, &text, false);
    Ok(())
}

/// The schema, key and other inputs of a custodian's step.
struct Custodian {
    schema: LinkageSchema,
    key: LinkageKey,
    custodian: CustodianId,
    arguments: CustodianTerms,
}

impl Custodian {
    fn read(arguments: CustodianTerms, custodian: CustodianId, say: &Say) -> anyhow::Result<Self> {
        let schema = read_usable_schema(&arguments.schema)?;
        let (key, warning) = read_key(&KeySource::from_argument(&arguments.key), KeyKind::Linkage)?;
        warning.iter().for_each(|warning| say.warn(warning));
        Ok(Self { schema, key, custodian, arguments })
    }

    fn terms(&self) -> anyhow::Result<ConfirmTerms<'_, Tfhe>> {
        let arguments = &self.arguments;
        Ok(ConfirmTerms {
            schema: &self.schema,
            key: &self.key,
            tickets: arguments.tickets.clone(),
            public: arguments.public.clone(),
            tokens: arguments.tokens.clone(),
            custodian: self.custodian.clone(),
            per_record: arguments.per_record,
            backend: &Tfhe,
            now: now()?,
            threads: threads(arguments.threads),
        })
    }

    /// Input files, which no output may overwrite.
    fn inputs(arguments: &CustodianTerms) -> Vec<String> {
        let shown = |path: &Path| path.display().to_string();
        vec![
            shown(&arguments.tickets),
            shown(&arguments.public),
            shown(&arguments.schema),
            shown(&arguments.tokens),
            arguments.key.clone(),
        ]
    }
}

fn run_encrypt(arguments: ConfirmEncrypt, say: &Say) -> anyhow::Result<()> {
    let key = arguments.terms.key.clone();
    if arguments.input == "-" && key == "-" {
        let problem = "the input and the key cannot both come from standard input";
        return Err(UsageError(problem.to_owned()).into());
    }
    let ledger = match (arguments.ledger, key.as_str()) {
        (Some(ledger), _) => ledger,
        (None, "-") => {
            let problem =
                "the key comes from standard input: name your own ledger of confirmations with --ledger FILE";
            return Err(UsageError(problem.to_owned()).into());
        }
        (None, key) => PathBuf::from(format!("{key}.ledger")),
    };
    let mut inputs = Custodian::inputs(&arguments.terms);
    inputs.push(arguments.input.clone());
    inputs.extend(arguments.id_map.clone());
    keep(&ledger, &inputs)?;
    inputs.push(ledger.display().to_string());
    keep(&arguments.output, &inputs)?;
    let custodian = custodian_name(&arguments.input, arguments.custodian.as_deref())?;
    let custodian = Custodian::read(arguments.terms, custodian, say)?;
    let progress = Progress::new("records");
    let job = ConfirmJob {
        terms: custodian.terms()?,
        input: Source::from_argument(&arguments.input),
        options: arguments.reading.options(),
        records: match arguments.id_map {
            Some(map) => RecordSource::Map(Source::from_argument(&map)),
            None => RecordSource::Column(arguments.id_column),
        },
        ledger: ledger.clone(),
        output: Target::Path(arguments.output.clone()),
    };
    let made = encrypt_tickets(&job, &|done, share| progress.update(done, share))?;
    drop(progress);
    if made.ledger_begun {
        say.warn(&format!(
            "{}: this ledger is new; if you have encrypted under this linkage key before, give that ledger with --ledger",
            ledger.display()
        ));
    }
    warn_of_declined(&made, say);
    let text = format!(
        "encrypted {} tickets of {} records ({} side, custodian {:?}) to {}, {} bytes each\n\
         under key {} signed by {}: compare it with the authority's fingerprint before you send this\n\
         the key opens at most {} answers, {} per record; your ledger {} holds {} tickets over all keys, at most {} per record\n\
         tickets signed by {}; ciphertexts signed by {}: give the latter to the authority (confirm open --pin)",
        grouped(made.tickets),
        grouped(made.records),
        made.side,
        made.custodian,
        arguments.output.display(),
        grouped(made.bytes_each),
        made.key_id,
        made.authority,
        made.policy.most_openings(),
        made.policy.per_record,
        ledger.display(),
        grouped(made.approved),
        job.terms.per_record,
        made.linkage_unit,
        made.fingerprint
    );
    say.result(&made, &text, false);
    Ok(())
}

/// Numbers as they are listed in messages.
fn listed(numbers: impl IntoIterator<Item = u64>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

/// Says which tickets a custodian declined, why, and what helps.
fn warn_of_declined(made: &ConfirmSummary, say: &Say) {
    for (reason, why, fix) in [
        (
            DeclineReason::Absent,
            "the table does not have their records",
            "was it the table that was encoded?",
        ),
        (
            DeclineReason::Changed,
            "their records have changed since they were encoded",
            "give the table as it was",
        ),
    ] {
        let declined = made.declined.iter().filter(|declined| declined.reason == reason);
        let numbers: Vec<u64> = declined.map(|declined| declined.ticket).collect();
        if !numbers.is_empty() {
            say.warn(&format!(
                "{} of {} tickets are declined, because {why} (tickets {}): their pairs stay borderline. To have them decided, \
                 {fix}, or encode again, and let the linkage unit link and ask again",
                numbers.len(),
                made.tickets,
                listed(numbers.iter().copied())
            ));
        }
    }
}

fn run_check(arguments: ConfirmCheck, say: &Say) -> anyhow::Result<()> {
    let shown = |path: &Path| path.display().to_string();
    let mut inputs = Custodian::inputs(&arguments.terms);
    inputs.extend(
        [&arguments.left, &arguments.right, &arguments.masks, &arguments.eval_keys].map(|path| shown(path)),
    );
    keep(&arguments.output, &inputs)?;
    let named = arguments.terms.tokens.display().to_string();
    let custodian = custodian_name(&named, arguments.custodian.as_deref())?;
    let custodian = Custodian::read(arguments.terms, custodian, say)?;
    let progress = Progress::new("pairs");
    let job = CheckJob {
        terms: custodian.terms()?,
        left: arguments.left,
        right: arguments.right,
        masks: arguments.masks,
        evaluation: arguments.eval_keys,
        output: Target::Path(arguments.output.clone()),
    };
    let made = check_answers(&job, &|done, share| progress.update(done, share))?;
    drop(progress);
    let text = format!(
        "computed {} answers as custodian {:?} to {}, for the authority (confirm open --checked)\n\
         ciphertexts signed by {} and {}",
        grouped(made.tickets),
        made.custodian,
        arguments.output.display(),
        made.custodians[0],
        made.custodians[1]
    );
    say.result(&made, &text, false);
    Ok(())
}

fn run_evaluate(arguments: ConfirmEvaluate, say: &Say) -> anyhow::Result<()> {
    let shown = |path: &Path| path.display().to_string();
    let mut inputs =
        [&arguments.left, &arguments.right, &arguments.eval_keys].map(|path| shown(path)).to_vec();
    inputs.extend(files_in(&arguments.tickets));
    let masks =
        arguments.masks.unwrap_or_else(|| PathBuf::from(format!("{}.masks", arguments.output.display())));
    keep(&arguments.output, &inputs)?;
    inputs.push(shown(&arguments.output));
    keep(&masks, &inputs)?;
    let progress = Progress::new("pairs");
    let job = EvaluateJob {
        tickets: arguments.tickets,
        evaluation: arguments.eval_keys,
        left: arguments.left,
        right: arguments.right,
        output: arguments.output.clone(),
        masks: masks.clone(),
        backend: &Tfhe,
        threads: threads(arguments.threads),
    };
    let made = evaluate(&job, &|done, all| progress.update(done, Some(done as f64 / all as f64)))?;
    drop(progress);
    for (side, declined) in
        ["left", "right"].iter().zip(&made.declined).filter(|(_, declined)| !declined.is_empty())
    {
        say.warn(&format!(
            "the {side} custodian declined {} of {} tickets (tickets {}): their records are absent from its table, or have \
             changed since it was encoded. Their pairs stay borderline; ask the custodian to encode again, then link and ask \
             again",
            declined.len(),
            made.tickets,
            listed(declined.iter().copied())
        ));
    }
    let mut text = format!("sealed {} answers to {}", grouped(made.tickets), arguments.output.display());
    if made.resumed > 0 {
        text.push_str(&format!("; {} were there from an interrupted run", grouped(made.resumed)));
    }
    text.push_str(&format!(
        "\n{}: for the checking custodian (confirm check), with both files of ciphertexts; never for the authority\n\
         ciphertexts signed by {} and {}",
        masks.display(),
        made.custodians[0],
        made.custodians[1]
    ));
    say.result(&made, &text, false);
    Ok(())
}

fn run_open(arguments: ConfirmOpen, say: &Say) -> anyhow::Result<()> {
    let shown = |path: &Path| path.display().to_string();
    let mut inputs = [&arguments.sealed, &arguments.checked, &arguments.tickets, &arguments.secret]
        .map(|path| shown(path))
        .to_vec();
    inputs.extend(arguments.secret.parent().map(files_in).unwrap_or_default());
    keep(&arguments.output, &inputs)?;
    let job = OpenJob {
        tickets: arguments.tickets,
        secret: arguments.secret,
        sealed: arguments.sealed,
        checked: arguments.checked,
        output: arguments.output.clone(),
        pins: arguments.pin,
        backend: &Tfhe,
        now: now()?,
    };
    let opened = open_answers(&job)?;
    let [(left, left_key), (right, right_key)] = &opened.custodians;
    let text = format!(
        "opened {} masked answers to {}, also computed by custodian {:?}; {} of {} with this key\n\
         approved by {left:?} ({left_key}) and {right:?} ({right_key}), asked by {}\nlog {}",
        grouped(opened.tickets),
        arguments.output.display(),
        opened.checker,
        grouped(opened.openings[0]),
        grouped(opened.openings[1]),
        opened.linkage_unit,
        opened.log
    );
    say.result(&opened, &text, false);
    Ok(())
}

fn run_apply(arguments: ConfirmApply, say: &Say) -> anyhow::Result<()> {
    let mut inputs = vec![arguments.links.clone(), arguments.opened.display().to_string()];
    inputs.extend(files_in(&arguments.tickets));
    keep(Path::new(&arguments.output), &inputs)?;
    let job = ApplyJob {
        tickets: arguments.tickets,
        opened: arguments.opened,
        links: Source::from_argument(&arguments.links),
        output: Target::from_argument(&arguments.output),
        backend: &Tfhe,
    };
    let applied = apply(&job)?;
    if applied.declined > 0 {
        say.warn(&format!(
            "{} of {} pairs stay borderline, because a custodian declined their tickets (`mizuhiki confirm evaluate` says \
             which); ask the custodian to encode again, then link and ask again",
            applied.declined, applied.asked
        ));
    }
    let text = format!(
        "{} of {} pairs accepted ({} of them superseded by a better one, {} ambiguous between two of similar rank); {} matches, {} \
         borderline in {}",
        grouped(applied.accepted),
        grouped(applied.asked),
        grouped(applied.outdone),
        grouped(applied.household),
        grouped(applied.matches),
        grouped(applied.borderline),
        arguments.output
    );
    say.result(&applied, &text, arguments.output == "-");
    Ok(())
}
