//! Files with random faults: refused without a panic.

use std::fs;
use std::path::PathBuf;

use mizuhiki_confirm::{Backend, CiphertextsHeader, Party, Reason};
use mizuhiki_tests::Clear;
use mizuhiki_tfhe::Tfhe;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::kit::{Kit, NOW, forge, refused};

/// A corrupted file: bits flipped, truncated, extended, or bytes repeated.
fn spoil(bytes: &[u8], random: &mut ChaCha20Rng) -> Vec<u8> {
    let mut spoilt = bytes.to_vec();
    let at = random.random_range(0..bytes.len());
    // Most faults are near the beginning, where most parsing happens.
    let early = random.random_range(0..bytes.len().min(600));
    match random.random_range(0..6) {
        0 => spoilt[at] ^= 1 << random.random_range(0..8),
        1 => spoilt[early] = random.random(),
        2 => spoilt.truncate(at),
        3 => spoilt.truncate(early),
        4 => spoilt.extend_from_within(early..(early + 40).min(bytes.len())),
        _ => {
            let end = (early + random.random_range(1..30)).min(bytes.len());
            random.fill_bytes(&mut spoilt[early..end]);
        }
    }
    spoilt
}

#[test]
fn ten_thousand_spoilt_ciphertext_files_are_refused() {
    let kit = Kit::new(Tfhe);
    kit.links("links.csv", 1, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let mut kinds = std::collections::BTreeSet::new();
    for name in ["t.left", "t.right"] {
        let honest = fs::read(kit.path(name)).unwrap();
        for _ in 0..5_000 {
            let spoilt = spoil(&honest, &mut random);
            if spoilt == honest {
                continue;
            }
            fs::write(kit.path(name), &spoilt).unwrap();
            let (party, reason) = refused(kit.evaluate_files("t", ("t.left", "t.right"), 1));
            assert!(!party.to_string().is_empty());
            kinds.insert(reason.to_string().chars().take(24).collect::<String>());
        }
        fs::write(kit.path(name), honest).unwrap();
    }
    assert!(kinds.len() >= 4, "{kinds:?}");
}

#[test]
fn ciphertexts_of_noise_give_a_bit_and_no_panic() {
    let kit = Kit::new(Tfhe);
    kit.links("links.csv", 2, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(2);
    for (side, name) in ["t.left", "t.right"].into_iter().enumerate() {
        forge::<CiphertextsHeader>(
            &kit.path(name),
            &kit.custodian_key(side),
            |_| (),
            |body| {
                let each = body.len() / 2;
                body.chunks_mut(each).for_each(|entry| random.fill_bytes(&mut entry[16..]));
            },
        );
    }
    kit.evaluate("t").unwrap();
    kit.open("t").unwrap();
}

/// Every document that a step reads, corrupted before that step.
fn spoil_each<B: Backend>(kit: &Kit<B>, rounds: usize) {
    kit.links("links.csv", 2, 2);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(3);
    let left = kit.path("t/left.tickets");
    let encrypt = || kit.encrypt_at(0, &left, ("keys/public.key", NOW), "x").is_err();
    let steps: [(&str, &dyn Fn() -> bool); 8] = [
        ("t/left.tickets", &encrypt),
        ("keys/public.key", &encrypt),
        ("t/linkage-unit.run", &|| kit.evaluate("t").is_err()),
        ("t/public.key", &|| kit.evaluate("t").is_err()),
        ("keys/evaluation.key", &|| kit.evaluate("t").is_err()),
        ("t.sealed", &|| kit.open("t").is_err()),
        ("t/authority.tickets", &|| kit.open("t").is_err()),
        ("keys/secret.key", &|| kit.open("t").is_err()),
    ];
    for (name, fails) in steps {
        let path: PathBuf = kit.path(name);
        let honest = fs::read(&path).unwrap();
        for _ in 0..rounds {
            let spoilt = spoil(&honest, &mut random);
            if spoilt != honest {
                fs::write(&path, &spoilt).unwrap();
                assert!(fails(), "{name} was corrupted and accepted");
            }
        }
        fs::write(&path, honest).unwrap();
    }
    kit.open("t").unwrap();
    let opened = fs::read(kit.path("t.opened")).unwrap();
    for _ in 0..rounds {
        let spoilt = spoil(&opened, &mut random);
        if spoilt != opened {
            fs::write(kit.path("t.opened"), &spoilt).unwrap();
            assert!(kit.apply("t", "links.csv").is_err());
        }
    }
}

#[test]
fn every_spoilt_document_is_refused() {
    spoil_each(&Kit::new(Clear), 300);
}

#[test]
fn cut_off_and_grown_files_say_so() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 2, 2);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let honest = fs::read(kit.path("t.left")).unwrap();
    fs::write(kit.path("t.left"), &honest[..honest.len() - 1]).unwrap();
    assert_eq!(refused(kit.evaluate("t")), (Party::Carrier, Reason::Truncated));
    fs::write(kit.path("t.left"), [&honest[..], b"x"].concat()).unwrap();
    assert_eq!(refused(kit.evaluate("t")), (Party::Carrier, Reason::Trailing));
    let mut turned = honest;
    let at = turned.len() - 100;
    turned[at] ^= 1;
    fs::write(kit.path("t.left"), turned).unwrap();
    assert_eq!(refused(kit.evaluate("t")), (Party::Carrier, Reason::Signature));
    fs::write(kit.path("t.left"), b"left_id,right_id\n").unwrap();
    assert!(matches!(refused(kit.evaluate("t")).1, Reason::Kind { .. }));
    let (_, reason) = {
        fs::copy(kit.path("t.right"), kit.path("t.left")).unwrap();
        refused(kit.evaluate_files("t", ("keys/public.key", "t.right"), 1))
    };
    assert!(reason.to_string().contains("it is the public key"), "{reason}");
}
