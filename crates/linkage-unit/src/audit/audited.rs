//! A graded audit, with the handles that its findings name.

use std::collections::HashMap;

use mizuhiki_columnar::PairTokenReader;
use mizuhiki_exchange::{RecordIds, Side};
use mizuhiki_match::audit::{AuditFindings, ComparedLinks, Finding, Model};
use mizuhiki_schema::AuditSchema;

use crate::audit::error::AuditError;
use crate::audit::job::{AuditJob, AuditStage, OnAuditProgress};
use crate::audit::merge::{Merge, Sides};

/// A graded audit.
pub(crate) struct Audit<'a> {
    pub(crate) job: &'a AuditJob,
    pub(crate) schema: &'a AuditSchema,
    pub(crate) model: Model,
    pub(crate) links: ComparedLinks<'a>,
    pub(crate) found: AuditFindings,
    /// Rows whose handles are reported, ascending, and their handles. These are in one text, because many
    /// small ones between the large buffers of the files would fragment the memory.
    named: Vec<u32>,
    handles: RecordIds,
    pub(crate) proposals: Option<HashMap<String, String>>,
}

impl<'a> Audit<'a> {
    /// An audit of graded links; reads the handles of the rows that will be reported.
    pub(crate) fn new(
        job: &'a AuditJob,
        (schema, model): (&'a AuditSchema, Model),
        links: ComparedLinks<'a>,
        found: AuditFindings,
        proposals: Option<HashMap<String, String>>,
        on_progress: OnAuditProgress<'_>,
    ) -> Result<Self, AuditError> {
        let mut audit = Self::without_handles(job, (schema, model), links, found, proposals);
        audit.find_handles(on_progress)?;
        Ok(audit)
    }

    /// The same before any handle is read: no row has a name.
    pub(crate) fn without_handles(
        job: &'a AuditJob,
        (schema, model): (&'a AuditSchema, Model),
        links: ComparedLinks<'a>,
        found: AuditFindings,
        proposals: Option<HashMap<String, String>>,
    ) -> Self {
        let (named, handles) = (Vec::new(), RecordIds::default());
        Self { job, schema, model, links, found, named, handles, proposals }
    }

    /// Reads the handles of the rows that will be reported.
    fn find_handles(&mut self, on_progress: OnAuditProgress<'_>) -> Result<(), AuditError> {
        let mut wanted: Vec<u32> = self.found.findings.iter().map(|finding| finding.row).collect();
        for shift in &self.found.shifts {
            wanted.extend([shift.first, shift.last].map(|row| self.found.left_rows[row as usize]));
        }
        for rows in
            self.links.shared(Side::Left).groups().into_iter().chain(self.links.shared(Side::Right).groups())
        {
            wanted.extend(rows.first().into_iter().chain(rows.last()));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let (left, right) =
            (PairTokenReader::open_handles(&self.job.left)?, PairTokenReader::open_handles(&self.job.right)?);
        let total = self.links.len() as u64;
        let (mut row, mut next) = (0_u32, 0);
        let handles = &mut self.handles;
        Merge::new(left, right)?.run::<AuditError>(|sides, left, right| {
            let side = if sides == Sides::Right { right } else { left };
            let Some((batch, at)) = side.current() else { return Ok(()) };
            if batch.is_decoy(at) {
                return Ok(());
            }
            if wanted.get(next) == Some(&row) {
                // The reader has checked the handle.
                let _ = handles.push(batch.handle(at));
                next += 1;
            }
            row += 1;
            if row.is_multiple_of(1 << 14) {
                on_progress(AuditStage::Write, u64::from(row), total);
            }
            Ok(())
        })?;
        self.named = wanted;
        Ok(())
    }

    pub(crate) fn handle(&self, row: u32) -> &str {
        self.named.binary_search(&row).map_or("", |at| self.handles.get(at))
    }

    pub(crate) fn label(&self, row: u32) -> &str {
        let number = self.links.label_of(row);
        number.map_or("", |number| &self.links.labels()[number as usize])
    }

    pub(crate) fn proposal(&self, finding: &Finding) -> &str {
        let proposals = self.proposals.as_ref().filter(|_| finding.class.is_wrong());
        proposals.and_then(|of| of.get(self.handle(finding.row))).map_or("", String::as_str)
    }

    pub(crate) fn left_handle(&self, row: u32) -> &str {
        self.handle(self.found.left_rows[row as usize])
    }

    /// Probability that a link is wrong.
    pub(crate) fn probability(&self, row: u32) -> f64 {
        self.found.probability(self.links.state(row))
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::AuditClass;

    use super::*;
    use crate::fixtures::{Handles, audit_job, with_audit};

    #[test]
    fn a_proposal_is_made_for_a_wrong_link_alone() {
        // Handles are not read here: every row has the empty one.
        let proposals = HashMap::from([(String::new(), "r1".to_owned())]);
        let of = Handles { links: 1, ..Handles::default() };
        with_audit(&audit_job(), of, Some(proposals), |audit| {
            let proposed = |class| {
                audit.proposal(&Finding { class, row: 0, probability: 0.9, pattern: Some(0), shift: None })
            };
            for class in AuditClass::ALL {
                assert_eq!(proposed(class), if class.is_wrong() { "r1" } else { "" }, "{class:?}");
            }
        });
    }
}
