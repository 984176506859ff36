//! Requests to a custodian: tickets, checked before anything is answered.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use mizuhiki_columnar::{OpenTokens, Source};
use mizuhiki_confirm::{
    Backend, Batch, Circuit, ConfirmError, Hash, MAX_OPENINGS, Party, PartyKey, Policy, PublicKey, Reason,
    Rule, Side, SignerId, Tickets,
};
use mizuhiki_encode::{ConfirmEncoder, LinkageKey};
use mizuhiki_exchange::{CustodianId, Run, TokenMeta};
use mizuhiki_schema::LinkageSchema;

use crate::error::CustodianError;

/// A custodian's input to its steps of a confirmation.
pub struct ConfirmTerms<'a, B> {
    /// The linkage schema.
    pub schema: &'a LinkageSchema,
    /// The linkage key.
    pub key: &'a LinkageKey,
    /// The tickets.
    pub tickets: PathBuf,
    /// The authority's public key.
    pub public: PathBuf,
    /// The custodian's own token file, as it was sent: tickets are bound to it, and its suppressed and random
    /// symbols cannot be recomputed.
    pub tokens: PathBuf,
    /// The custodian's name, as in the token file.
    pub custodian: CustodianId,
    /// Maximum number of tickets per record, over all keys for which this custodian encrypted.
    pub per_record: u64,
    /// The back end.
    pub backend: &'a B,
    /// The time, in seconds since 1970.
    pub now: u64,
    /// Threads, at least 1.
    pub threads: usize,
}

/// Attributes an error to a file.
pub(crate) fn in_file(path: &Path) -> impl Fn(ConfirmError) -> CustodianError + use<> {
    let file = path.display().to_string();
    move |reason| CustodianError::Confirm { file: file.clone(), reason }
}

/// Checked tickets, and what is needed to answer them.
pub(crate) struct Asked {
    pub(crate) public: PublicKey,
    pub(crate) tickets: Tickets,
    pub(crate) side: Side,
    pub(crate) encoder: ConfirmEncoder,
    pub(crate) circuit: Circuit,
}

impl Asked {
    pub(crate) fn read<B: Backend>(job: &ConfirmTerms<'_, B>) -> Result<Self, CustodianError> {
        let (in_tickets, in_public) = (in_file(&job.tickets), in_file(&job.public));
        let open = |path: &Path| File::open(path).map(BufReader::new).map_err(ConfirmError::from);
        let public =
            open(&job.public).and_then(|file| PublicKey::read(file, job.backend)).map_err(in_public)?;
        check_policy(&public.header.policy, job.per_record).map_err(in_file(&job.public))?;
        let tickets = open(&job.tickets).and_then(Tickets::read).map_err(&in_tickets)?;
        let Some(side) = tickets.header.side else {
            return Err(CustodianError::NotForCustodian { file: job.tickets.display().to_string() });
        };
        let batch = &tickets.header.batch;
        if batch.custodian(side) != job.custodian.as_str() {
            // Under another name, a record would get a new budget.
            let (expected, found) = (job.custodian.to_string(), batch.custodian(side).to_owned());
            let reason = Reason::Custodian { expected, found };
            return Err(in_tickets(ConfirmError::Refused { party: Party::LinkageUnit, reason }));
        }
        let Some(rule) = Rule::of_schema(job.schema) else { return Err(CustodianError::NothingToConfirm) };
        batch
            .check_agreement(public.key_id, Hash::from(*job.schema.digest().as_bytes()), &rule)
            .and_then(|()| batch.check_expiry(job.now))
            .and_then(|()| batch.check(&tickets.tickets, &public.header.policy))
            .map_err(&in_tickets)?;
        let run = run_of(job)?;
        let in_schema = |reason| CustodianError::Encode { file: "linkage schema".to_owned(), reason };
        let encoder = ConfirmEncoder::new(job.schema, job.key, &run, &job.custodian).map_err(in_schema)?;
        let Some(encoder) = encoder else { return Err(CustodianError::NothingToConfirm) };
        let circuit = Circuit::new(rule).map_err(&in_tickets)?;
        Ok(Self { public, tickets, side, encoder, circuit })
    }

    pub(crate) const fn batch(&self) -> &Batch {
        &self.tickets.header.batch
    }

    /// The custodian's signing key.
    pub(crate) fn own_key(&self) -> PartyKey {
        PartyKey::from_seed(&self.encoder.signing_seed())
    }

    /// The signing key of a side's custodian: custodians share the linkage key.
    pub(crate) fn signer_of(&self, side: Side) -> SignerId {
        PartyKey::from_seed(&self.encoder.signing_seed_of(self.batch().custodian(side))).id()
    }
}

/// Refuses keys whose policy allows more than the custodian does.
fn check_policy(policy: &Policy, per_record: u64) -> Result<(), ConfirmError> {
    let limits =
        [("openings", policy.openings, MAX_OPENINGS), ("tickets per record", policy.per_record, per_record)];
    for (what, allows, most) in limits {
        if allows > most {
            let reason = Reason::Policy { what, allows, most };
            return Err(ConfirmError::Refused { party: Party::Authority, reason });
        }
    }
    Ok(())
}

/// The run for which the custodian's own token file was made.
fn run_of<B>(job: &ConfirmTerms<'_, B>) -> Result<Run, CustodianError> {
    let file = OpenTokens::open(&Source::Path(job.tokens.clone()))?;
    let other = |what| CustodianError::OtherTokens { file: job.tokens.display().to_string(), what };
    let meta = file.meta().ok_or_else(|| other("schema"))?;
    check_own(job, meta).map_err(other)?;
    Ok(meta.run.clone())
}

/// Checks that a token file is the custodian's own; returns what differs if not.
fn check_own<B>(job: &ConfirmTerms<'_, B>, meta: &TokenMeta) -> Result<(), &'static str> {
    if meta.schema.digest() != job.schema.digest() {
        Err("schema")
    } else if meta.key_id != job.key.fingerprint(&meta.run) {
        Err("linkage key")
    } else if meta.custodian != job.custodian {
        Err("custodian")
    } else {
        Ok(())
    }
}
