//! The job: two files of pair tokens to findings, lists and a report.

use std::collections::HashMap;

use mizuhiki_columnar::{PairTokenReader, Source, read_links};
use mizuhiki_match::audit::{AuditFindings, PairComparison};

use crate::audit::audited::Audit;
use crate::audit::error::AuditError;
use crate::audit::job::{AuditJob, AuditStage, AuditSummary, OnAuditProgress};
use crate::audit::read::read;
use crate::audit::report;
use crate::candidates::memory;

/// Bytes of memory per handle.
const BYTES_PER_LINK: u64 = 24;

/// Audits links. Outputs appear complete, or not at all.
///
/// # Examples
/// ```no_run
/// use mizuhiki_columnar::Source;
/// use mizuhiki_files::Target;
/// use mizuhiki_linkage_unit::{AuditJob, ReviewLength, audit_files};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let job = AuditJob {
///     left: Source::from_argument("insurer.pairs.arrow"),
///     right: Source::from_argument("registry.pairs.arrow"),
///     output: Target::from_argument("findings.csv"),
///     batch_output: None,
///     label: None,
///     report: Some(Target::from_argument("report.html")),
///     review: Some((ReviewLength::Auto, Target::from_argument("review.csv"))),
///     proposals: None,
///     all: false,
///     memory: None,
/// };
/// let summary = audit_files(&job, &|_stage, _done, _total| ())?;
/// println!("about {:.0} of {} links are wrong", summary.expected_wrong, summary.links);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`AuditError`] if the files cannot be read, compared or written.
pub fn audit_files(job: &AuditJob, on_progress: OnAuditProgress<'_>) -> Result<AuditSummary, AuditError> {
    let (left, right) = (PairTokenReader::open(&job.left)?, PairTokenReader::open(&job.right)?);
    left.meta().comparable_with(right.meta()).map_err(|reason| AuditError::Incomparable {
        left: job.left.name(),
        right: job.right.name(),
        reason,
    })?;
    let needed = left.stated_rows().max(right.stated_rows()).saturating_mul(BYTES_PER_LINK);
    let allowed = memory::budget(job.memory);
    if needed > allowed {
        return Err(AuditError::Memory { needed, allowed });
    }
    let (left_meta, right_meta) = (left.meta().clone(), right.meta().clone());
    let schema = &left_meta.schema;
    let proposals = job.proposals.as_ref().map(proposals).transpose()?;
    let comparison = PairComparison::new(schema);
    let mut links = read(&comparison, left, right, job.label.as_deref(), on_progress)?;
    on_progress(AuditStage::Fit, 0, 0);
    let model = links.fit(schema);
    let found = AuditFindings::new(schema, &model, &mut links, job.all);
    let audit = Audit::new(job, (schema, model), links, found, proposals, on_progress)?;
    let summary = audit.summary();
    // Outputs become visible only after all are written.
    let mut files = vec![audit.write_findings()?];
    let review = audit.review_length(summary.review_auto);
    if let (Some((_, target)), Some(length)) = (&job.review, review) {
        files.push(audit.write_review(target, length)?);
    }
    if let Some(target) = &job.batch_output {
        files.push(audit.write_batches(target)?);
    }
    let sides = (&left_meta, &right_meta);
    let report =
        job.report.as_ref().map(|target| report::write(&audit, &summary, sides, review.unwrap_or(0), target));
    let report = report.transpose()?;
    for file in files {
        file.finish()?;
    }
    if let Some(report) = report {
        report.commit()?;
    }
    Ok(summary)
}

/// Best proposal for each handle.
fn proposals(source: &Source) -> Result<HashMap<String, String>, AuditError> {
    let mut best: HashMap<String, (f64, String)> = HashMap::new();
    for link in read_links(source)? {
        let similarity = link.similarity.get();
        let known = best.entry(link.left.as_str().to_owned()).or_insert_with(|| (-1.0, String::new()));
        if similarity > known.0 {
            *known = (similarity, link.right.as_str().to_owned());
        }
    }
    Ok(best.into_iter().map(|(handle, (_, right))| (handle, right)).collect())
}
