//! A custodian's own ledger: what it approved, across all keys of all authorities (`protocols/06-confirm.md` §7).

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::error::{ConfirmError, Party, Reason};
use crate::sign::{AuthorityKeyId, Hash, SignerId};
use crate::ticket::Batch;

/// An event in a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Event {
    /// A batch was approved; `records` has one mark per ticket.
    Encrypted {
        authority: SignerId,
        batch: Hash,
        key_id: AuthorityKeyId,
        linkage_unit: SignerId,
        records: Vec<Hash>,
    },
}

/// The state of the ledger.
pub struct CustodianLedger {
    chain: Chain,
    batches: HashSet<Hash>,
    tickets: HashMap<Hash, u64>,
}

impl CustodianLedger {
    /// Reads a ledger, which may be empty; also returns its number of valid bytes.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if a line does not follow from its predecessor.
    pub fn read(log: &[u8]) -> Result<(Self, usize), ConfirmError> {
        let (chain, events, whole) = Chain::read::<Event>(log)?;
        let mut ledger = Self { chain, batches: HashSet::new(), tickets: HashMap::new() };
        events.iter().for_each(|event| ledger.apply(event));
        Ok((ledger, whole))
    }

    fn apply(&mut self, event: &Event) {
        let Event::Encrypted { batch, records, .. } = event;
        self.batches.insert(*batch);
        for record in records {
            *self.tickets.entry(*record).or_default() += 1;
        }
    }

    /// Tickets approved so far, over all keys.
    #[must_use]
    pub fn approved(&self) -> u64 {
        self.tickets.values().sum()
    }

    /// Enters a batch. `records` are the marks of its tickets' records in order, each allowed `per_record`
    /// tickets over all batches. Returns the line to append and sync before anything is released; empty if
    /// the batch was entered before.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the linkage unit; the ledger is unchanged then.
    pub fn enter(
        &mut self,
        (batch, authority): (&Batch, SignerId),
        records: Vec<Hash>,
        per_record: u64,
        now: u64,
    ) -> Result<String, ConfirmError> {
        let digest = batch.digest();
        if self.batches.contains(&digest) {
            return Ok(String::new());
        }
        let mut asked: HashMap<Hash, u64> = HashMap::new();
        for record in &records {
            let before = self.tickets.get(record).copied().unwrap_or_default();
            let asked = asked.entry(*record).or_insert(before);
            *asked += 1;
            if *asked > per_record {
                let reason = Reason::OwnBudget { asked: *asked, allowed: per_record };
                return Err(ConfirmError::refused(Party::LinkageUnit, reason));
            }
        }
        let event = Event::Encrypted {
            authority,
            batch: digest,
            key_id: batch.key_id,
            linkage_unit: batch.linkage_unit,
            records,
        };
        self.apply(&event);
        Ok(self.chain.push(event, now))
    }
}
