//! Borderline pairs to tickets (`protocols/06-confirm.md` §5).

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use mizuhiki_columnar::{Source, TokenFile, read_links, read_tokens};
use mizuhiki_confirm::{
    Backend, Batch, Circuit, Commitment, ConfirmError, DocumentWriter, Hash, Header, Hex, Policy, PublicKey,
    Rule, RunHeader, RunSecret, Side, Ticket, TicketsHeader, file_salt, tree, write_id, write_symbol,
};
use mizuhiki_exchange::{Classification, Comparable, Link, SymbolReader as _, TokenSet, compare_links};
use mizuhiki_files::{Access, WriteFile, WriteFolder};
use mizuhiki_match::best_rows;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::candidates::tokens::compare;
use crate::confirm::error::{LinkageUnitError, read_file};

/// Settings for making tickets.
pub struct AskJob<'a, B> {
    /// The links; borderline ones get tickets.
    pub links: Source,
    /// The left token file.
    pub left: Source,
    /// The right token file.
    pub right: Source,
    /// The authority's public key.
    pub public: PathBuf,
    /// The folder for the tickets; it must not exist.
    pub output: PathBuf,
    /// When the tickets expire, in seconds since 1970.
    pub expires: u64,
    /// The back end.
    pub backend: &'a B,
    /// 32 secret random bytes.
    pub seed: Zeroizing<[u8; 32]>,
}

/// The tickets that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskSummary {
    /// Tickets.
    pub tickets: u64,
    /// Borderline pairs that were omitted, because the budget of a record or of the key is used up.
    pub left_out: u64,
    /// Id of the run.
    pub run: String,
    /// Id of the authority's key.
    pub key_id: String,
    /// Fingerprint of the authority's signing key.
    pub authority: String,
    /// Fingerprint of the linkage unit's signing key.
    pub linkage_unit: String,
    /// The files: for the left and the right custodian, for the authority, and the linkage unit's own.
    pub files: [String; 4],
}

/// Names of the files in a folder of tickets.
pub(crate) const LEFT_TICKETS: &str = "left.tickets";
pub(crate) const RIGHT_TICKETS: &str = "right.tickets";
pub(crate) const AUTHORITY_TICKETS: &str = "authority.tickets";
pub(crate) const RUN: &str = "linkage-unit.run";
pub(crate) const SCHEMA: &str = "schema.json";
pub(crate) const PUBLIC: &str = "public.key";
/// One line for every file of sealed answers: its signed digest, and what it was made from.
pub(crate) const SEALED: &str = "sealed.digests";

/// Writes tickets for borderline pairs. The folder appears complete, or not at all.
///
/// # Errors
/// [`LinkageUnitError`].
pub fn ask<B: Backend>(job: &AskJob<'_, B>) -> Result<AskSummary, LinkageUnitError> {
    if job.output.exists() {
        return Err(LinkageUnitError::Exists { folder: job.output.display().to_string() });
    }
    let public = read_file(&job.public, |file| PublicKey::read(file, job.backend))?;
    let (left_file, right_file) = (read_tokens(&job.left)?, read_tokens(&job.right)?);
    let (left, right) = (&left_file.set, &right_file.set);
    let comparable = compare((left, &job.left), (right, &job.right))?;
    let links: Vec<Link> =
        read_links(&job.links)?.into_iter().filter(|link| link.class == Classification::Borderline).collect();
    if links.is_empty() {
        return Err(LinkageUnitError::NothingToAsk { file: job.links.name() });
    }
    let schema = left.meta().map(|meta| &meta.schema);
    let (Some(schema), Some(rule)) = (schema, schema.and_then(Rule::of_schema)) else {
        return Err(LinkageUnitError::NoRule);
    };
    let mut random = ChaCha20Rng::from_seed(*job.seed);
    let circuit = Circuit::new(rule.clone()).map_err(|reason| LinkageUnitError::Rule { reason })?;
    job.backend
        .encryptor(&circuit, &public.bytes)
        .map_err(|reason| LinkageUnitError::Rule { reason: ConfirmError::Rule(reason) })?;
    let candidates = candidates(&links, &comparable, &job.links)?;
    let sides = [
        Sent::new(&job.left, &left_file, &candidates, |pair| pair.0)?,
        Sent::new(&job.right, &right_file, &candidates, |pair| pair.1)?,
    ];
    let rows = match sides[0].tokens {
        Tokens::Filters(_) => best_rows(&comparable, &candidates),
        Tokens::Symbols { .. } => vec![(0, 0); candidates.len()],
    };
    let mut asked = take_tickets(&public, &sides, &candidates, &rows, &mut random);
    asked.sort_unstable_by_key(|asked| asked.ticket.nonce);
    let tickets: Vec<Ticket> = asked.iter().map(|asked| asked.ticket).collect();
    let secret = RunSecret::random(&mut random);
    let mut run = [0; 16];
    random.fill_bytes(&mut run);
    let batch = Batch {
        expires: job.expires,
        key_id: public.key_id,
        left: left.custodian_name().to_owned(),
        linkage_unit: secret.key().id(),
        right: right.custodian_name().to_owned(),
        root: tree(&tickets),
        rule: Hex(rule.digest()),
        run: Hex(run),
        schema: Hash::from(*schema.digest().as_bytes()),
        tickets: tickets.len() as u64,
    };
    // Check now what the authority would refuse later.
    batch
        .check(&tickets, &public.header.policy)
        .map_err(|reason| LinkageUnitError::Confirm { file: job.links.name(), reason })?;
    let files = write(job, &batch, &secret, &asked, schema.canonical())?;
    Ok(AskSummary {
        tickets: batch.tickets,
        left_out: links.len() as u64 - batch.tickets,
        run: batch.run.to_string(),
        key_id: batch.key_id.to_string(),
        authority: public.header.signer.fingerprint(),
        linkage_unit: batch.linkage_unit.fingerprint(),
        files,
    })
}

/// A token file as it was sent, and the tokens of the records that are asked about.
struct Sent<'a> {
    set: &'a TokenSet,
    tokens: Tokens<'a>,
    salt: Hash,
}

impl<'a> Sent<'a> {
    fn new(
        source: &Source,
        file: &'a TokenFile,
        pairs: &[(u32, u32)],
        of: fn(&(u32, u32)) -> u32,
    ) -> Result<Self, LinkageUnitError> {
        let Source::Path(path) = source else {
            return Err(LinkageUnitError::NoFile { file: source.name() });
        };
        let tokens = Tokens::of(file, pairs.iter().map(of))?;
        Ok(Self { set: &file.set, tokens, salt: read_file(path, file_salt)? })
    }

    fn commit(&self, public: &PublicKey, record: u32, row: usize) -> Commitment {
        self.tokens.commit(public, (self.set.custodian_name(), self.salt), record, row)
    }

    fn id(&self, record: u32) -> String {
        self.set.ids().get(record as usize).to_owned()
    }
}

/// Tickets for pairs in their order, as far as the policy's budgets go.
fn take_tickets(
    public: &PublicKey,
    [left, right]: &[Sent<'_>; 2],
    pairs: &[(u32, u32)],
    rows: &[(usize, usize)],
    random: &mut ChaCha20Rng,
) -> Vec<Asked> {
    let mut budget = Budget::new(public.header.policy);
    let mut asked = Vec::new();
    for (&(a, b), rows) in pairs.iter().zip(rows) {
        let (of_left, of_right) = (left.commit(public, a, rows.0), right.commit(public, b, rows.1));
        if !budget.take(of_left.record, of_right.record) {
            continue;
        }
        let mut nonce = [0; 16];
        random.fill_bytes(&mut nonce);
        let ticket = Ticket { nonce: Hex(nonce), left: of_left, right: of_right };
        let symbol = left.tokens.common(a, &right.tokens, b, random);
        asked.push(Asked { ticket, left: left.id(a), right: right.id(b), symbol });
    }
    asked
}

/// The records of the links, most similar first.
fn candidates(
    links: &[Link],
    comparable: &Comparable<'_>,
    file: &Source,
) -> Result<Vec<(u32, u32)>, LinkageUnitError> {
    let mut order: Vec<&Link> = links.iter().collect();
    order.sort_by(|a, b| compare_links(a, b));
    let find = |set: &TokenSet, id: &str, side: Side| {
        set.record(id).ok_or_else(|| LinkageUnitError::UnknownId {
            file: file.name(),
            side: side.name(),
            id: id.to_owned(),
        })
    };
    let records = |link: &Link| {
        let left = find(comparable.left(), link.left.as_str(), Side::Left)?;
        Ok((left, find(comparable.right(), link.right.as_str(), Side::Right)?))
    };
    order.into_iter().map(records).collect()
}

/// Remaining budgets. Records with equal tokens count as one in the protocol, and share a budget.
struct Budget {
    policy: Policy,
    tickets: u64,
    records: HashMap<Hash, u64>,
    pairs: HashSet<(Hash, Hash)>,
}

impl Budget {
    fn new(policy: Policy) -> Self {
        Self { policy, tickets: 0, records: HashMap::new(), pairs: HashSet::new() }
    }

    /// Takes a ticket for a pair from the budgets, if there is one left.
    fn take(&mut self, left: Hash, right: Hash) -> bool {
        let used = |record| self.records.get(&record).copied().unwrap_or_default();
        let full = self.tickets >= self.policy.most_openings().min(self.policy.per_custodian);
        let spent = used(left).max(used(right)) >= self.policy.per_record;
        if full || spent || !self.pairs.insert((left, right)) {
            return false;
        }
        self.tickets += 1;
        *self.records.entry(left).or_default() += 1;
        *self.records.entry(right).or_default() += 1;
        true
    }
}

/// Tokens of the records that get tickets.
enum Tokens<'a> {
    Filters(&'a TokenSet),
    Symbols {
        /// The symbols of each record, ascending.
        of: HashMap<u32, Vec<u64>>,
        /// Bytes of a symbol in files.
        bytes: usize,
    },
}

impl<'a> Tokens<'a> {
    fn of(file: &'a TokenFile, records: impl Iterator<Item = u32>) -> Result<Self, LinkageUnitError> {
        let Some(symbols) = &file.symbols else { return Ok(Self::Filters(&file.set)) };
        let mut of: HashMap<u32, Vec<u64>> = records.map(|record| (record, Vec::new())).collect();
        let per_record = symbols.per_record();
        symbols.read(&mut |records, symbols| {
            for (record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
                if let Some(list) = of.get_mut(record) {
                    list.extend_from_slice(symbols);
                }
            }
        })?;
        Ok(Self::Symbols { of, bytes: symbols.symbol_bytes() })
    }

    /// The commitment to a record's tokens and one of its rows.
    fn commit(&self, public: &PublicKey, custodian: (&str, Hash), record: u32, row: usize) -> Commitment {
        let rows: Vec<Hash> = match self {
            Self::Filters(set) => {
                let digest =
                    |row: u32| Commitment::row_digest(set.tokens_of(row).iter().map(Option::as_deref));
                set.rows_of(record).map(digest).collect()
            }
            Self::Symbols { of, bytes } => {
                let list = of.get(&record).map_or(&[][..], Vec::as_slice);
                let token: Vec<u8> =
                    list.iter().flat_map(|symbol| symbol.to_be_bytes().into_iter().take(*bytes)).collect();
                vec![Commitment::row_digest(std::iter::once(Some(token.as_slice())))]
            }
        };
        Commitment::new(public.key_id, custodian, &rows, row)
    }

    /// A random common symbol of two records: the smallest would reveal that smaller ones are not common.
    /// Zero if tokens have no symbols.
    fn common(&self, record: u32, other: &Self, other_record: u32, random: &mut ChaCha20Rng) -> [u8; 8] {
        let (Self::Symbols { of: left, .. }, Self::Symbols { of: right, .. }) = (self, other) else {
            return [0; 8];
        };
        let (Some(left), Some(right)) = (left.get(&record), right.get(&other_record)) else { return [0; 8] };
        let common: Vec<u64> =
            left.iter().copied().filter(|symbol| right.binary_search(symbol).is_ok()).collect();
        match common.len() as u64 {
            0 => [0; 8],
            count => common[(random.next_u64() % count) as usize].to_be_bytes(),
        }
    }
}

/// A ticket with the ids of its records, and a symbol that both have.
struct Asked {
    ticket: Ticket,
    left: String,
    right: String,
    symbol: [u8; 8],
}

/// Writes the folder under a temporary name, then renames it.
fn write<B>(
    job: &AskJob<'_, B>,
    batch: &Batch,
    secret: &RunSecret,
    asked: &[Asked],
    schema: &str,
) -> Result<[String; 4], LinkageUnitError> {
    let io = |reason: std::io::Error| LinkageUnitError::Confirm {
        file: job.output.display().to_string(),
        reason: reason.into(),
    };
    let folder = WriteFolder::create(&job.output)?;
    let signer = secret.key().id();
    let tickets = |side| TicketsHeader { batch: batch.clone(), side, signer };
    for (name, side, ids) in [
        (LEFT_TICKETS, Some(Side::Left), Ids::Left),
        (RIGHT_TICKETS, Some(Side::Right), Ids::Right),
        (AUTHORITY_TICKETS, None, Ids::None),
    ] {
        write_file(folder.file(name, Access::Shared)?, &tickets(side), secret, &[], asked, ids)?;
    }
    let run = RunHeader { batch: batch.clone(), signer };
    write_file(folder.file(RUN, Access::Owner)?, &run, secret, secret.expose(), asked, Ids::Both)?;
    let mut copy = folder.file(PUBLIC, Access::Shared)?;
    std::io::copy(&mut File::open(&job.public).map_err(io)?, &mut copy).map_err(io)?;
    copy.commit()?;
    let mut kept = folder.file(SCHEMA, Access::Shared)?;
    kept.write_all(schema.as_bytes()).map_err(io)?;
    kept.commit()?;
    folder.commit()?;
    let name = |name| job.output.join(name).display().to_string();
    Ok([LEFT_TICKETS, RIGHT_TICKETS, AUTHORITY_TICKETS, RUN].map(name))
}

/// The ids beside the tickets of a file; a custodian also gets a common symbol with its own.
#[derive(Clone, Copy)]
enum Ids {
    Left,
    Right,
    Both,
    None,
}

fn write_file<H: Header>(
    file: WriteFile,
    header: &H,
    secret: &RunSecret,
    start: &[u8],
    asked: &[Asked],
    ids: Ids,
) -> Result<(), LinkageUnitError> {
    let name = file.name().to_owned();
    let in_file = |reason: ConfirmError| LinkageUnitError::Confirm { file: name.clone(), reason };
    let key = secret.key();
    let mut out = DocumentWriter::new(file, header, &key).map_err(in_file)?;
    out.write(start).map_err(in_file)?;
    for each in asked {
        out.write(&each.ticket.to_bytes()).map_err(in_file)?;
        let own = |out: &mut DocumentWriter<'_, _>, id| {
            write_id(out, id).and_then(|()| write_symbol(out, each.symbol))
        };
        match ids {
            Ids::Left => own(&mut out, &each.left),
            Ids::Right => own(&mut out, &each.right),
            Ids::Both => write_id(&mut out, &each.left).and_then(|()| write_id(&mut out, &each.right)),
            Ids::None => Ok(()),
        }
        .map_err(in_file)?;
    }
    let (file, _) = out.finish().map_err(in_file)?;
    Ok(file.commit()?)
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::RecordId;
    use mizuhiki_schema::Similarity;

    use super::*;
    use crate::fixtures::{FIXED, filters, schema_of_filters, source};

    const fn record(number: u8) -> Hash {
        Hex([number; 32])
    }

    const PLENTY: Policy = Policy { openings: 100, per_custodian: 100, per_record: 100 };

    #[test]
    fn a_record_has_so_many_tickets_on_either_side() {
        let mut budget = Budget::new(Policy { per_record: 2, ..PLENTY });
        let mut take = |left, right| budget.take(record(left), record(right));
        assert!(take(1, 11) && take(1, 12));
        assert!(!take(1, 13), "the left record has its two");
        assert!(take(2, 11));
        assert!(!take(3, 11), "and so has the right one");
        assert!(take(2, 12) && take(3, 13), "what was refused cost nothing");
    }

    #[test]
    fn a_pair_of_records_is_asked_for_once() {
        let mut budget = Budget::new(Policy { openings: 2, ..PLENTY });
        assert!(budget.take(record(1), record(11)));
        assert!(!budget.take(record(1), record(11)));
        assert!(budget.take(record(11), record(1)), "sides are not exchanged");
        assert_eq!(budget.tickets, 2);
    }

    #[test]
    fn neither_a_key_nor_a_custodian_has_more_tickets_than_the_policy_allows() {
        for policy in [Policy { openings: 3, ..PLENTY }, Policy { per_custodian: 3, ..PLENTY }] {
            let mut budget = Budget::new(policy);
            let taken = (0..9).filter(|&pair| budget.take(record(pair), record(100 + pair))).count();
            assert_eq!(taken, 3, "{policy:?}");
        }
    }

    fn link(left: &str, right: &str, similarity: f64) -> Link {
        Link {
            left: RecordId::new(left).unwrap(),
            right: RecordId::new(right).unwrap(),
            similarity: Similarity::new(similarity).unwrap(),
            class: Classification::Borderline,
            probability: None,
            flag: None,
            evidence: None,
        }
    }

    #[test]
    fn the_most_similar_pairs_are_asked_for_first_whatever_their_order() {
        let schema = schema_of_filters(FIXED);
        let left = filters("left", &schema, &[("1", 1), ("2", 2)]);
        let right = filters("right", &schema, &[("a", 1), ("b", 2)]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let links = [link("2", "a", 0.8), link("1", "b", 0.9), link("1", "a", 0.8)];
        let file = source("links.csv");
        for links in [links.clone(), [links[2].clone(), links[0].clone(), links[1].clone()]] {
            assert_eq!(candidates(&links, &comparable, &file).unwrap(), [(0, 1), (0, 0), (1, 0)]);
        }
    }

    #[test]
    fn links_of_other_files_are_told_by_side_and_id() {
        let schema = schema_of_filters(FIXED);
        let left = filters("left", &schema, &[("1", 1)]);
        let right = filters("right", &schema, &[("a", 1)]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let said = |of: Link| candidates(&[of], &comparable, &source("links.csv")).unwrap_err().to_string();
        let message = said(link("1", "z", 0.8));
        assert!(message.starts_with("links.csv: the right token file has no record \"z\""), "{message}");
        let message = said(link("9", "a", 0.8));
        assert!(message.starts_with("links.csv: the left token file has no record \"9\""), "{message}");
    }

    #[test]
    fn a_common_symbol_is_drawn_by_lot_and_is_of_both() {
        let of = |record, symbols: &[u64]| Tokens::Symbols {
            of: HashMap::from([(record, symbols.to_vec())]),
            bytes: 8,
        };
        let (left, right) = (of(0, &[1, 5, 7, 9]), of(3, &[2, 5, 9, 11]));
        let mut random = ChaCha20Rng::from_seed([1; 32]);
        let drawn: HashSet<u64> =
            (0..64).map(|_| u64::from_be_bytes(left.common(0, &right, 3, &mut random))).collect();
        assert_eq!(drawn, HashSet::from([5, 9]), "the smallest one is not always taken");
        assert_eq!(left.common(0, &of(3, &[2, 4]), 3, &mut random), [0; 8], "none is in common");
        let set = filters("left", &schema_of_filters(FIXED), &[("1", 1)]);
        assert_eq!(Tokens::Filters(&set).common(0, &right, 3, &mut random), [0; 8], "filters have none");
    }
}
