//! A linkage unit that forges sealed answers: each one opened reveals one bit of the authority's key. On the
//! bare back end it reads the whole key (control). In the protocol, a batch with a forged answer is released
//! only if that answer opens to the same bit as the checker's, by chance.

use std::collections::HashMap;
use std::fs;

use mizuhiki_confirm::{
    Backend, CheckedHeader, Commitment, Decryptor as _, Hash, MAX_OPENINGS, MasksHeader, Party, Policy,
    Reason, SealedHeader, Tickets, TicketsHeader, file_salt,
};
use mizuhiki_encode::{ConfirmEncoder, ConfirmRecord, ConfirmRow};
use mizuhiki_exchange::{CustodianId, Run};
use mizuhiki_tests::Clear;
use mizuhiki_tfhe::Tfhe;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::kit::{Kit, NAMES, NOW, forge, refused};

/// Bits of the back end's secret key.
const KEY_BITS: usize = 2_048;
const NONCE: usize = 16;
/// An answer of the back end without encryption.
const CLEAR_ANSWER: usize = 9;

/// A ciphertext that no evaluation produces: it opens to the negation of bit `bit` of the key.
fn oracle(bit: usize) -> Vec<u8> {
    let mut answer = vec![0; 4 * KEY_BITS + 4];
    answer[4 * bit] = 0x80;
    answer[4 * KEY_BITS] = 0x40;
    answer
}

/// All steps of batch `t` up to the answers.
fn evaluated<B: Backend>(backend: B, matches: usize, strangers: usize) -> Kit<B> {
    let kit = Kit::new(backend);
    kit.links("links.csv", matches, strangers);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    kit
}

/// The records of a side's table by id, as encoded by its custodian.
fn encoded(kit: &Kit<Clear>, side: usize) -> HashMap<String, ConfirmRecord> {
    let custodian = CustodianId::new(NAMES[side]).unwrap();
    let encoder = ConfirmEncoder::new(&kit.schema, &kit.key, &Run::default(), &custodian).unwrap().unwrap();
    let mut worker = encoder.worker();
    let table = fs::read_to_string(kit.path(&format!("{}.csv", NAMES[side]))).unwrap();
    let names: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let place = |column: &str| names.iter().position(|name| *name == column);
    let id = place("rec_id").unwrap();
    let encode = |line: &str| {
        let values: Vec<&str> = line.split(',').collect();
        let value = |column: usize| place(&encoder.columns()[column]).map_or("", |place| values[place]);
        (values[id].to_owned(), worker.encode(1, &value).unwrap())
    };
    table.lines().skip(1).map(encode).collect()
}

fn differed() -> (Party, Reason) {
    (Party::LinkageUnitOr(NAMES[0].to_owned()), Reason::Differed)
}

/// Control: an attacker who gets answers opened one by one reads the key.
#[test]
fn forged_answers_read_the_whole_key_where_nothing_is_compared() {
    let keys = Tfhe.generate(&mut ChaCha20Rng::from_seed([5; 32]));
    let decryptor = Tfhe.decryptor(&keys.secret).unwrap();
    let right = (0..KEY_BITS).filter(|&bit| {
        let read = !decryptor.open(&oracle(bit)).unwrap();
        read == (keys.secret[bit / 8] >> (7 - bit % 8) & 1 == 1)
    });
    assert_eq!(right.count(), KEY_BITS);
}

#[test]
fn a_batch_of_forged_answers_is_refused_and_the_key_opens_nothing_more() {
    // As many as a key opens. Fewer would sometimes pass by chance: six in one of 64 runs.
    let kit = evaluated(Tfhe, 32, 32);
    let honest = fs::read(kit.path("t.sealed")).unwrap();
    let key = kit.run_key("t");
    forge::<SealedHeader>(
        &kit.path("t.sealed"),
        &key,
        |_| (),
        |body| {
            for (bit, entry) in body.chunks_mut(NONCE + oracle(0).len()).enumerate() {
                entry[NONCE..].copy_from_slice(&oracle(bit));
            }
        },
    );
    assert_eq!(refused(kit.open("t")), differed());
    assert!(!kit.path("t.opened").exists(), "nothing was released");
    assert!(fs::read_to_string(kit.path("keys/openings.log")).unwrap().contains("\"differed\""));
    fs::write(kit.path("t.sealed"), honest).unwrap();
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::KeySpent));
}

/// A run under a fresh key in which the first `forged` answers are random bits, like answers that probe the
/// key. Returns whether the batch passed.
fn passes(kit: &Kit<Clear>, forged: usize, turn: u8, coins: &mut ChaCha20Rng) -> bool {
    for file in ["keys", "t"] {
        let _ = fs::remove_dir_all(kit.path(file));
    }
    kit.keygen("keys", turn, Policy::default());
    forged_batch_passes(kit, forged, turn, coins)
}

/// A batch of `links.csv` in which the first `forged` answers are random bits. Returns whether it passed.
fn forged_batch_passes(kit: &Kit<Clear>, forged: usize, turn: u8, coins: &mut ChaCha20Rng) -> bool {
    kit.ask("links.csv", "t", turn).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    let key = kit.run_key("t");
    forge::<SealedHeader>(
        &kit.path("t.sealed"),
        &key,
        |_| (),
        |body| {
            for entry in body.chunks_mut(NONCE + CLEAR_ANSWER).take(forged) {
                entry[NONCE] = coins.next_u32() as u8 & 1;
            }
        },
    );
    match kit.open("t") {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(crate::kit::refusal(&error), differed());
            false
        }
    }
}

/// A batch with f forged answers passes with probability 2⁻ᶠ (`protocols/06-confirm.md` §1): of 48 keys, 24
/// with one forged answer, 3 with four, and none with 32 or more. The linkage unit learns only whether it
/// passes: one bit of the key if one answer is forged. With one forged answer per batch, two bits per key are
/// expected until the first failure. Masks use the system's randomness; the bounds fail by chance less than
/// once in a million runs.
#[test]
fn few_bits_of_the_key_are_learned_before_the_forger_is_refused() {
    const RUNS: u8 = 48;
    let mut kit = Kit::new(Clear);
    kit.per_record = 1_000;
    kit.links("links.csv", 32, 32);
    let mut coins = ChaCha20Rng::from_seed([17; 32]);
    for (forged, expected) in [(1, 6..=42), (4, 0..=15), (32, 0..=0), (64, 0..=0)] {
        let passed = (0..RUNS).filter(|&turn| passes(&kit, forged, turn, &mut coins)).count();
        println!("{forged} forged answers per batch: {passed} of {RUNS} batches passed");
        assert!(expected.contains(&passed), "{forged} forged: {passed} of {RUNS} batches passed");
    }
}

#[test]
fn a_checker_that_forges_alone_gains_nothing_either() {
    let kit = evaluated(Clear, 6, 6);
    forge::<CheckedHeader>(&kit.path("t.checked"), &kit.custodian_key(0), |_| (), |body| body[NONCE] ^= 1);
    assert_eq!(refused(kit.open("t")), differed());
}

#[test]
fn answers_that_no_custodian_checked_are_refused() {
    let kit = evaluated(Clear, 4, 4);
    let honest = fs::read(kit.path("t.checked")).unwrap();
    // The linkage unit signs the check itself.
    let key = kit.run_key("t");
    forge::<CheckedHeader>(&kit.path("t.checked"), &key, |header| header.signer = key.id(), |_| ());
    let (party, reason) = refused(kit.open("t"));
    assert!(matches!(reason, Reason::Signer { .. }), "{party}: {reason}");
    // The other custodian's name on this one's answers.
    fs::write(kit.path("t.checked"), &honest).unwrap();
    let own = kit.custodian_key(0);
    forge::<CheckedHeader>(
        &kit.path("t.checked"),
        &own,
        |header| (header.side, header.custodian) = (mizuhiki_confirm::Side::Right, NAMES[1].to_owned()),
        |_| (),
    );
    let (party, reason) = refused(kit.open("t"));
    assert!(matches!(reason, Reason::Signer { .. }), "{party}: {reason}");
    // Entries in another order.
    fs::write(kit.path("t.checked"), &honest).unwrap();
    let each = NONCE + CLEAR_ANSWER;
    forge::<CheckedHeader>(&kit.path("t.checked"), &own, |_| (), |body| body[..2 * each].rotate_left(each));
    assert_eq!(
        refused(kit.open("t")),
        (Party::Custodian(NAMES[0].to_owned()), Reason::OffBatch { entry: 1 })
    );
    // Either custodian can check.
    kit.check(1, "t").unwrap();
    assert_eq!(kit.open("t").unwrap().checker, NAMES[1]);
}

#[test]
fn a_checker_takes_masks_and_ciphertexts_of_its_own_batch_alone() {
    let kit = evaluated(Clear, 4, 4);
    let honest = fs::read(kit.path("t.masks")).unwrap();
    let key = kit.run_key("t");
    let refuse = |change: &dyn Fn(&mut MasksHeader), body: &dyn Fn(&mut Vec<u8>)| {
        forge::<MasksHeader>(&kit.path("t.masks"), &key, |header| change(header), |bytes| body(bytes));
        let refusal = refused(kit.check(0, "t"));
        fs::write(kit.path("t.masks"), &honest).unwrap();
        refusal
    };
    let unit = Party::LinkageUnit;
    let other = refuse(&|header| header.binding = mizuhiki_confirm::Hex([1; 32]), &|_| ());
    assert_eq!(other, (unit.clone(), Reason::OtherCiphertexts));
    assert_eq!(refuse(&|header| header.tickets = 7, &|_| ()), (unit.clone(), Reason::Batch));
    assert_eq!(refuse(&|_| (), &|body| body[NONCE] = 2), (unit.clone(), Reason::NoBit { entry: 1 }));
    assert_eq!(refuse(&|_| (), &|body| body[0] ^= 1), (unit, Reason::OffBatch { entry: 1 }));
    // Ciphertexts in its own name that it did not sign.
    let (thief, id) = crate::kit::stranger();
    forge::<mizuhiki_confirm::CiphertextsHeader>(
        &kit.path("t.left"),
        &thief,
        |header| header.signer = id,
        |_| (),
    );
    let (party, reason) = refused(kit.check(0, "t"));
    assert!(party == Party::LinkageUnit && matches!(reason, Reason::Signer { .. }), "{party}: {reason}");
}

#[test]
fn a_custodians_ledger_counts_over_keys_and_its_limits_hold() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 1, 0);
    for turn in 0..6_u8 {
        let _ = fs::remove_dir_all(kit.path("keys"));
        kit.keygen("keys", turn, Policy::default());
        let name = format!("t{turn}");
        kit.ask("links.csv", &name, turn).unwrap();
        if turn < 4 {
            kit.encrypt(&name).unwrap();
            // Again, as if the file was lost: the batch counts once.
            kit.encrypt(&name).unwrap();
        } else {
            let refusal = refused(kit.encrypt(&name));
            assert_eq!(refusal, (Party::LinkageUnit, Reason::OwnBudget { asked: 5, allowed: 4 }));
            assert!(!kit.path(&format!("{name}.left")).exists());
        }
    }
    // A key that allows more openings, or more tickets per record, than a custodian does.
    for (policy, what, allows, most) in [
        (Policy { openings: 65, ..Policy::default() }, "openings", 65, 64),
        (Policy { per_record: 5, ..Policy::default() }, "tickets per record", 5, 4),
    ] {
        fs::remove_dir_all(kit.path("keys")).unwrap();
        kit.keygen("keys", 9, policy);
        let name = format!("p{allows}");
        kit.ask("links.csv", &name, 9).unwrap();
        assert_eq!(refused(kit.encrypt(&name)), (Party::Authority, Reason::Policy { what, allows, most }));
    }
    // A ledger that was changed is refused.
    let ledger = fs::read_to_string(kit.path("hospital.ledger")).unwrap();
    fs::write(
        kit.path("hospital.ledger"),
        ledger.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>(),
    )
    .unwrap();
    fs::remove_dir_all(kit.path("keys")).unwrap();
    kit.keygen("keys", 10, Policy::default());
    kit.ask("links.csv", "changed", 10).unwrap();
    assert_eq!(refused(kit.encrypt("changed")), (Party::Carrier, Reason::Chain { line: 1 }));
}

/// A linkage unit that impersonates custodians and checker: names, tickets, approvals and check are all its
/// own. The authority trusts only fingerprints that it got from the custodians.
#[test]
fn approvals_that_the_linkage_unit_signed_itself_are_refused() {
    use mizuhiki_authority::AuthorityError;
    let kit = Kit::new(Clear);
    kit.links("links.csv", 4, 4);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let honest = ["t.left", "t.right"].map(|name| fs::read(kit.path(name)).unwrap());
    let (thief, id) = crate::kit::stranger();
    let own = |name: &str| {
        let sign = |header: &mut mizuhiki_confirm::CiphertextsHeader| header.signer = id;
        forge::<mizuhiki_confirm::CiphertextsHeader>(&kit.path(name), &thief, sign, |_| ());
    };
    own("t.left");
    own("t.right");
    kit.evaluate_files("t", ("t.left", "t.right"), 1).unwrap();
    fs::write(kit.path("t.checked"), checked_by(&kit, &thief)).unwrap();
    assert!(matches!(kit.open("t"), Err(AuthorityError::Pin { .. })));
    // Under variants of the custodians' names, whose fingerprints are unknown.
    let open = |pins: Vec<(String, String)>| {
        mizuhiki_authority::open_answers(&mizuhiki_authority::OpenJob {
            tickets: kit.path("t/authority.tickets"),
            secret: kit.path("keys/secret.key"),
            sealed: kit.path("t.sealed"),
            checked: kit.path("t.checked"),
            output: kit.path("t.opened"),
            pins,
            backend: &Clear,
            now: NOW,
        })
    };
    assert!(matches!(open(Vec::new()), Err(AuthorityError::NoPin { .. })));
    let pin = |name: &str| (name.to_owned(), id.fingerprint());
    assert!(matches!(open(vec![pin(NAMES[0])]), Err(AuthorityError::NoPin { .. })));
    assert!(matches!(open(vec![pin(NAMES[0]), pin("Registry")]), Err(AuthorityError::OtherPin { .. })));
    assert!(!kit.path("t.opened").exists());
    // One custodian's ciphertexts forged: an honest checker knows the other's key, and refuses.
    fs::write(kit.path("t.right"), &honest[1]).unwrap();
    kit.evaluate_files("t", ("t.left", "t.right"), 1).unwrap();
    let (party, reason) = refused(kit.check(1, "t"));
    assert!(party == Party::LinkageUnit && matches!(reason, Reason::Signer { .. }), "{party}: {reason}");
}

/// Checked answers for `t` with a wrong signer: the linkage unit's own answers under the left custodian's
/// name.
fn checked_by(kit: &Kit<Clear>, key: &mizuhiki_confirm::PartyKey) -> Vec<u8> {
    let file = fs::File::open(kit.path("t.sealed")).unwrap();
    let mut input = mizuhiki_confirm::DocumentReader::<_, SealedHeader>::new(file).unwrap();
    let body = input.read_body(1 << 20).unwrap();
    let (sealed, _) = input.finish().unwrap();
    let header = CheckedHeader {
        backend: sealed.backend,
        batch: sealed.batch,
        custodian: NAMES[0].to_owned(),
        key_id: sealed.key_id,
        left: sealed.left,
        right: sealed.right,
        side: mizuhiki_confirm::Side::Left,
        signer: key.id(),
        tickets: sealed.tickets,
    };
    let mut out = mizuhiki_confirm::DocumentWriter::new(Vec::new(), &header, key).unwrap();
    out.write(&body).unwrap();
    out.finish().unwrap().0
}

/// A custodian with the linkage key cannot test guesses of the other's records against its tickets, because
/// commitments contain the digest of the other's token file.
#[test]
fn commitments_of_the_other_custodian_cannot_be_guessed() {
    let kit = Kit::with_schema(
        Clear,
        include_str!("../../../protocols/schema/examples/people-five-fields-plain.json"),
    );
    kit.links("links.csv", 20, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    let tickets = Tickets::read(fs::File::open(kit.path("t/left.tickets")).unwrap()).unwrap();
    // The best possible dictionary is the other's table itself, with the attacker's file and with the other's
    // file.
    let rows_of = |record: &ConfirmRecord| -> Vec<Hash> {
        let views = |row: &ConfirmRow| Commitment::row_digest(row.tokens.iter().map(Option::as_deref));
        record.rows.iter().map(views).collect()
    };
    let guesses: Vec<Vec<Hash>> = encoded(&kit, 1).values().map(rows_of).collect();
    let key = tickets.header.batch.key_id;
    let found = |file: &str| {
        let salt = file_salt(fs::File::open(kit.path(file)).unwrap()).unwrap();
        let right = tickets.tickets.iter().map(|ticket| ticket.right);
        let known = |commitment: Commitment| {
            guesses.iter().any(|rows| commitment.find(key, (NAMES[1], salt), rows).is_some())
        };
        right.filter(|commitment| known(*commitment)).count()
    };
    assert_eq!(found("hospital.parquet"), 0);
    assert_eq!(found("registry.parquet"), tickets.tickets.len(), "control: with the file");
}

/// A linkage unit that chooses symbols in its tickets, to learn from refusals which symbols of a token are
/// real.
#[test]
fn a_custodian_answers_alike_whether_a_tickets_symbol_is_real_or_not() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 8, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    let file = kit.path("t/left.tickets");
    let tickets = || Tickets::read(fs::File::open(&file).unwrap()).unwrap();
    let encrypt = || kit.encrypt_at(0, &file, ("keys/public.key", NOW), "t.left");
    let records = encoded(&kit, 0);
    // Control: a custodian that refuses symbols that its record lacks reveals which are real.
    let accepted = |tickets: &Tickets| {
        let asked = tickets.ids.iter().zip(&tickets.symbols);
        let has = |id: &String, symbol: &[u8; 8]| {
            records[id].rows.iter().any(|row| row.symbols.contains(&u64::from_be_bytes(*symbol)))
        };
        asked.filter(|(id, symbol)| has(id, symbol)).count()
    };
    assert_eq!(accepted(&tickets()), 8);
    encrypt().unwrap();
    let real = fs::read(kit.path("t.left")).unwrap();
    let mut coins = ChaCha20Rng::from_seed([23; 32]);
    forge::<TicketsHeader>(
        &file,
        &kit.run_key("t"),
        |_| (),
        |body| {
            // Entries have a fixed size and end with the symbol.
            let each = body.len() / 8;
            body.chunks_exact_mut(each).for_each(|entry| coins.fill_bytes(&mut entry[each - 8..]));
        },
    );
    assert_eq!(accepted(&tickets()), 0);
    encrypt().unwrap();
    assert_eq!(fs::read(kit.path("t.left")).unwrap().len(), real.len());
}

/// A linkage unit that forges one answer per batch until the key is spent. It learns one bit from each batch
/// that passes, and one from the batch that fails. Two bits are expected, and the record budget of the key is
/// the limit.
#[test]
fn two_bits_of_a_key_are_expected_where_a_forger_goes_on_to_the_end() {
    const KEYS: u8 = 16;
    let mut kit = Kit::new(Clear);
    kit.per_record = 1_000;
    let mut coins = ChaCha20Rng::from_seed([29; 32]);
    let mut learned = Vec::new();
    for turn in 0..KEYS {
        let _ = fs::remove_dir_all(kit.path("keys"));
        kit.keygen("keys", turn, Policy::default());
        let bits = (0..MAX_OPENINGS as u8).find(|&batch| {
            let _ = fs::remove_dir_all(kit.path("t"));
            one_link(&kit, usize::from(batch));
            !forged_batch_passes(&kit, 1, batch, &mut coins)
        });
        learned.push(u32::from(bits.unwrap()) + 1);
        // The key opens nothing more.
        one_link(&kit, 60);
        let _ = fs::remove_dir_all(kit.path("t"));
        kit.ask("links.csv", "t", 200).unwrap();
        kit.encrypt("t").unwrap();
        kit.evaluate("t").unwrap();
        assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::KeySpent));
    }
    let all: u32 = learned.iter().sum();
    println!("bits of a key learned before it is spent: {all} of {KEYS} keys, {learned:?}");
    // With 16, every first batch would be refused, by chance once in 2¹⁶ runs.
    assert!((17..=72).contains(&all), "{learned:?}");
}

/// One true match as the only link.
fn one_link(kit: &Kit<Clear>, at: usize) {
    let (left, right) = &kit.truth[at];
    let head = "left_id,right_id,similarity,class,probability,flag";
    fs::write(kit.path("links.csv"), format!("{head}\n{left},{right},0.900000,borderline,0.5,\n")).unwrap();
}
