//! `mizuhiki encode --check-privacy`: attacks the file before it appears.

use std::path::Path;

use mizuhiki_custodian::{EncodeJob, EncodeSummary, OnRecords, encode_draft};
use mizuhiki_evaluate::{
    AttackError, AttackFinding, PeopleFile, PeopleIds, PrivacyJob, PrivacyResult, Verdict, evaluate_privacy,
};
use serde::Serialize;

use crate::args::encode::{Encode, Purpose};
use crate::args::privacy::TierName;
use crate::progress::{Progress, grouped};
use crate::say::{BeyondLimits, UsageError};

/// Seed of the attacks' choices. Keys, order and padding of the file do not depend on it.
const SEED: u64 = 1;

/// Most attacks that a refusal describes.
const MOST_TOLD: usize = 5;

/// What was encoded, and what attacks on it found.
#[derive(Serialize)]
pub(super) struct Checked<'s> {
    #[serde(flatten)]
    pub(super) summary: &'s EncodeSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) privacy: Option<&'s PrivacyResult>,
}

/// Refuses `--check-privacy` where there is nothing to attack, or nothing that can be kept back.
pub(super) fn refuse(encode: &Encode) -> Result<(), UsageError> {
    let device = Path::new(&encode.output).metadata().is_ok_and(|data| !data.is_file() && !data.is_dir());
    let problem = if encode.check_privacy.is_none() {
        return Ok(());
    } else if encode.purpose == Purpose::Audit {
        "--check-privacy attacks files for linkage: omit it; `mizuhiki evaluate privacy` attacks pair tokens of an audit"
    } else if encode.purpose == Purpose::Dedupe {
        "--check-privacy attacks files for linkage: a file for deduplication shows on purpose which of its records \
         are alike; omit it"
    } else if encode.input == "-" {
        "--check-privacy reads the people twice: give them as a file, not as standard input"
    } else if encode.output == "-" || device {
        "--check-privacy keeps a file back until it was attacked: write to a file, not to standard output or a device"
    } else {
        return Ok(());
    };
    Err(UsageError(problem.to_owned()))
}

/// Encodes people, and attacks the file with the plaintext at hand. It appears only if no result is beyond the
/// limits of the schema.
pub(super) fn encode(
    job: EncodeJob<'_>,
    tier: TierName,
    on_progress: OnRecords<'_>,
) -> anyhow::Result<(EncodeSummary, PrivacyResult)> {
    let (table, options, schema) = (job.input.clone(), job.options.clone(), job.schema);
    let (people, output) = (table.name(), job.output.name());
    let draft = encode_draft(job, on_progress)?;
    let Some(tokens) = draft.tokens() else {
        return Err(
            UsageError(format!("{output}: --check-privacy needs a file that can be kept back")).into()
        );
    };
    let attacked = PrivacyJob {
        schema,
        seed: SEED,
        tier: tier.tier(),
        laboratory_key: false,
        only: Vec::new(),
        limits: schema.attack_limits(),
        left: PeopleFile { table, options, ids: PeopleIds::InOrder(draft.ids().to_vec()), tokens },
        right: None,
        truth: None,
    };
    let progress = Progress::new("attacks");
    let result = evaluate_privacy(&attacked, &|attack, share| progress.update_of(attack, 0, Some(share)));
    drop(progress);
    let result = result.map_err(|error| explain(error, &people))?;
    let beyond: Vec<&AttackFinding> = result.exceeding().collect();
    if !beyond.is_empty() {
        return Err(BeyondLimits(refusal(&output, &beyond)).into());
    }
    Ok((draft.commit()?, result))
}

fn explain(error: AttackError, people: &str) -> anyhow::Error {
    match error {
        AttackError::TooFew { count, least, .. } => UsageError(format!(
            "{people}: {count} people are too few for --check-privacy: an attack on fewer than {least} shows nothing; \
             omit it, or encode more people together"
        ))
        .into(),
        error => error.into(),
    }
}

/// Which attacks succeed, each with its clearest result, and what to do.
fn refusal(output: &str, beyond: &[&AttackFinding]) -> String {
    let mut told: Vec<(&str, String)> = Vec::new();
    for finding in beyond {
        let Some(result) =
            finding.result.as_ref().filter(|_| !told.iter().any(|(name, _)| *name == finding.attack))
        else {
            continue;
        };
        let limit = finding.limit.unwrap_or_default();
        told.push((
            finding.attack,
            format!(
                "{} ({}: {:.4} of {}, limit {limit:.4})",
                finding.attack,
                result.setting,
                result.found.value,
                grouped(result.trials)
            ),
        ));
    }
    let more = told.len().saturating_sub(MOST_TOLD);
    let mut listed: Vec<String> = told.into_iter().take(MOST_TOLD).map(|(_, text)| text).collect();
    if more > 0 {
        listed.push(format!("and {more} more attacks"));
    }
    format!(
        "{output}: not written, because attacks on it succeed beyond the limits of the schema (limits.attacks): {}. \
         Agree on profile hardened or on other views, and encode again; `mizuhiki evaluate privacy` shows all \
         results for your people",
        listed.join("; ")
    )
}

/// The attacks as a line of the summary.
pub(super) fn describe(result: &PrivacyResult) -> String {
    let count = |verdict| result.findings.iter().filter(|finding| finding.verdict == verdict).count() as u64;
    let unproven = match count(Verdict::Unproven) {
        0 => String::new(),
        unproven => format!(
            "; {} more show nothing, because their attack fails on its control, too",
            grouped(unproven)
        ),
    };
    format!(
        "attacks: {} results within the limits of the schema{unproven}\n",
        grouped(count(Verdict::Within))
    )
}
