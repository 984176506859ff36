//! A linkage unit that forges sealed answers: each that is opened tells one bit of the authority's key. On the back end by
//! itself it reads the whole key (the control); in the protocol a batch with a forged answer is released only if that answer
//! opens to the same bit as the checker's, which it does by chance.

use std::fs;

use mizuhiki_confirm::{
    Backend, CheckedHeader, Decryptor as _, MasksHeader, Party, Policy, Reason, SealedHeader,
};
use mizuhiki_tests::Clear;
use mizuhiki_tfhe::Tfhe;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::kit::{Kit, NAMES, forge, refused};

/// Bits of the back end's secret key.
const KEY_BITS: usize = 2_048;
const NONCE: usize = 16;
/// An answer of the back end that encrypts nothing.
const CLEAR_ANSWER: usize = 9;

/// A ciphertext that no evaluation gives: it opens to whether bit `bit` of the key is not set.
fn oracle(bit: usize) -> Vec<u8> {
    let mut answer = vec![0; 4 * KEY_BITS + 4];
    answer[4 * bit] = 0x80;
    answer[4 * KEY_BITS] = 0x40;
    answer
}

fn differed() -> (Party, Reason) {
    (Party::LinkageUnitOr(NAMES[0].to_owned()), Reason::Differed)
}

/// The control: who has answers opened one by one reads the key.
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
    let kit = Kit::new(Tfhe);
    kit.links("links.csv", 4, 2);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
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
    assert!(!kit.path("t.opened").exists(), "nothing was given away");
    assert!(fs::read_to_string(kit.path("keys/openings.log")).unwrap().contains("\"differed\""));
    fs::write(kit.path("t.sealed"), honest).unwrap();
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::KeySpent));
}

/// A run under a fresh key in which the first `forged` answers are coins, as answers that test the key are: how many bits
/// of the linkage unit's choice were opened.
fn bits_learned(kit: &Kit<Clear>, forged: usize, turn: u8, coins: &mut ChaCha20Rng) -> usize {
    for file in ["keys", "t"] {
        let _ = fs::remove_dir_all(kit.path(file));
    }
    kit.keygen("keys", turn, Policy::default());
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
        Ok(_) => forged,
        Err(error) => {
            assert_eq!(crate::kit::refusal(&error), differed());
            0
        }
    }
}

/// A batch with f forged answers passes with probability 2⁻ᶠ (`protocols/06-confirm.md` §1): in 48 runs 24 with one of them, 3
/// with four, and none with 32 and more. The expected number of key bits is f·2⁻ᶠ a key.
#[test]
fn few_bits_of_the_key_are_learned_before_the_forger_is_refused() {
    const RUNS: u8 = 48;
    let mut kit = Kit::new(Clear);
    kit.per_record = 1_000;
    kit.links("links.csv", 32, 32);
    let mut coins = ChaCha20Rng::from_seed([17; 32]);
    for (forged, bits) in [(1, 12..=36), (4, 0..=40), (32, 0..=0), (64, 0..=0)] {
        let learned: Vec<usize> =
            (0..RUNS).map(|turn| bits_learned(&kit, forged, turn, &mut coins)).collect();
        let sum: usize = learned.iter().sum();
        println!("{forged} forged answers a batch: {sum} bits of {RUNS} keys");
        assert!(bits.contains(&sum), "{forged} forged: {sum} bits of {RUNS} keys");
    }
}

#[test]
fn a_checker_that_forges_alone_gains_nothing_either() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 6, 6);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    forge::<CheckedHeader>(&kit.path("t.checked"), &kit.custodian_key(0), |_| (), |body| body[NONCE] ^= 1);
    assert_eq!(refused(kit.open("t")), differed());
}

#[test]
fn answers_that_no_custodian_checked_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 4, 4);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
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
    let kit = Kit::new(Clear);
    kit.links("links.csv", 4, 4);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
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
            // Again, as where the file was lost: the batch counts once.
            kit.encrypt(&name).unwrap();
        } else {
            let refusal = refused(kit.encrypt(&name));
            assert_eq!(refusal, (Party::LinkageUnit, Reason::OwnBudget { asked: 5, allowed: 4 }));
            assert!(!kit.path(&format!("{name}.left")).exists());
        }
    }
    // A key that promises more openings, or more tickets a record, than a custodian allows.
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
