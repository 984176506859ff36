//! Crashes at every step: a run is resumed or refused; no ticket opens two answers.

use std::fs;

use mizuhiki_confirm::{CiphertextsHeader, DocumentReader, Party, Reason, SealedHeader};
use mizuhiki_linkage_unit::LinkageUnitError;
use mizuhiki_tests::Clear;
use sha2::{Digest as _, Sha256};

use crate::kit::{Kit, NOW, forge, refused};

#[test]
fn an_interrupted_evaluation_goes_on_with_the_same_answers() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 10, 10);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    let whole = fs::read(kit.path("t.sealed")).unwrap();
    let body = &whole[whole.len() - 64 - 20 * 25..whole.len() - 64];
    let answers: Vec<u8> = body.chunks_exact(25).flat_map(|entry| &entry[16..]).copied().collect();
    // Killed after some whole answers and part of one; the file contains everything written until then.
    let binding = binding(&whole);
    let entry = |item: usize| {
        let answer = &answers[9 * item..9 * item + 9];
        let digest = Sha256::digest([&binding[..], &(item as u64).to_be_bytes(), answer].concat());
        [answer, &digest[..8]].concat()
    };
    let entries: Vec<u8> = (0..20).flat_map(entry).collect();
    for (written, zeros) in [(0, 0), (4, 0), (17 * 7, 0), (17 * 7 + 3, 0), (17 * 5, 17 * 9), (17 * 20, 0)] {
        fs::remove_file(kit.path("t.sealed")).unwrap();
        // After a power loss, some file systems leave zeros in unwritten parts.
        let left = [&binding[..], &entries[..written], &vec![0; zeros]].concat();
        fs::write(kit.path("t.sealed.partial"), left).unwrap();
        let done = kit.evaluate("t").unwrap();
        assert_eq!((done.tickets, done.resumed), (20, written as u64 / 17));
        assert_eq!(fs::read(kit.path("t.sealed")).unwrap(), whole, "{written} bytes were written");
        assert!(!kit.path("t.sealed.partial").exists());
    }
    // Partial work of another run is not mistaken for this one's.
    fs::write(kit.path("t.sealed.partial"), [&[1; 32][..], &entries].concat()).unwrap();
    assert!(matches!(kit.evaluate("t"), Err(LinkageUnitError::OtherWork { .. })));
}

/// The binding of the answers of a file.
fn binding(sealed: &[u8]) -> [u8; 32] {
    DocumentReader::<_, SealedHeader>::new(sealed).unwrap().header().binding().0
}

#[test]
fn answers_made_anew_of_other_ciphertexts_have_other_masks_and_both_can_be_told() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 30, 30);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    let first = fs::read(kit.path("t.sealed")).unwrap();
    let checked = fs::read(kit.path("t.checked")).unwrap();
    // The left custodian claims that its file was damaged and sends another, with other people's filters.
    forge::<CiphertextsHeader>(
        &kit.path("t.left"),
        &kit.custodian_key(0),
        |_| (),
        |body| {
            let each = body.len() / 60;
            body.chunks_mut(each).for_each(|entry| entry[16..].fill(0));
        },
    );
    kit.evaluate("t").unwrap();
    let second = fs::read(kit.path("t.sealed")).unwrap();
    let masked = |sealed: &[u8]| -> Vec<[u8; 9]> {
        let body = &sealed[sealed.len() - 64 - 60 * 25..sealed.len() - 64];
        body.chunks_exact(25).map(|entry| entry[16..].try_into().unwrap()).collect()
    };
    // With the same masks, accepted pairs could be distinguished from rejected ones.
    let pairs = masked(&first).into_iter().zip(masked(&second));
    let same = pairs.filter(|(a, b)| a[1..] == b[1..]).count();
    assert_eq!(same, 0, "no randomness twice");
    // The first file was sent before; its answers can still be read.
    fs::write(kit.path("t.sealed"), first).unwrap();
    // But not together with the checker's answers of the second.
    let mixed = refused(kit.open("t"));
    assert_eq!(mixed, (Party::Custodian("hospital".to_owned()), Reason::OtherCiphertexts));
    fs::write(kit.path("t.checked"), checked).unwrap();
    kit.open("t").unwrap();
    let applied = kit.apply("t", "links.csv").unwrap();
    assert!(applied.accepted >= 24, "{applied:?}");
}

#[test]
fn an_interrupted_opening_goes_on_with_the_same_answers_and_no_others() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 5, 5);
    kit.run("links.csv", "t", 1);
    let log = fs::read_to_string(kit.path("keys/openings.log")).unwrap();
    let opened = fs::read(kit.path("t.opened")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 5, "key, two pins, batch, opened");
    let sealed = fs::read(kit.path("t.sealed")).unwrap();
    let whole = |count: usize| lines[..count].iter().map(|line| format!("{line}\n")).collect::<String>();
    // Killed after the batch was logged: the same answers can be opened again, others cannot.
    fs::write(kit.path("keys/openings.log"), whole(4)).unwrap();
    fs::remove_file(kit.path("t.opened")).unwrap();
    let key = kit.run_key("t");
    forge::<SealedHeader>(&kit.path("t.sealed"), &key, |_| (), |body| body[16] ^= 1);
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Changed));
    fs::write(kit.path("t.sealed"), &sealed).unwrap();
    assert!(
        kit.open_at("t", "t.sealed", NOW + 1_000_000).unwrap().resumed,
        "an opening goes on when tickets expired"
    );
    assert_eq!(bits(&fs::read(kit.path("t.opened")).unwrap()), bits(&opened));
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Replayed));
    // Killed while writing a line: the line does not count, and nothing had been opened.
    for cut in [1, 40, lines[3].len()] {
        fs::write(kit.path("keys/openings.log"), whole(3) + &lines[3][..lines[3].len() - cut + 1]).unwrap();
        assert!(!kit.open("t").unwrap().resumed);
        assert_eq!(fs::read_to_string(kit.path("keys/openings.log")).unwrap(), log);
    }
    // A changed log is refused.
    let policy = format!("{}\n", lines[0].replacen("\"openings\":64", "\"openings\":63", 1));
    fs::write(kit.path("keys/openings.log"), policy).unwrap();
    assert_eq!(refused(kit.open("t")), (Party::Carrier, Reason::Chain { line: 1 }), "not the key's policy");
    fs::write(kit.path("keys/openings.log"), log.replacen("\"time\":18", "\"time\":19", 1)).unwrap();
    assert_eq!(refused(kit.open("t")), (Party::Carrier, Reason::Chain { line: 2 }));
    // A line cut in the middle of a multi-byte character does not count, either.
    let torn = [log.as_bytes(), b"{\"event\":{\"pin\":{\"custodian\":\"\xE7\x97"].concat();
    fs::write(kit.path("keys/openings.log"), torn).unwrap();
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Replayed));
    fs::write(kit.path("keys/openings.log"), [lines[0], lines[2]].map(|line| format!("{line}\n")).concat())
        .unwrap();
    assert_eq!(refused(kit.open("t")), (Party::Carrier, Reason::Chain { line: 2 }));
}

/// The opened bits of a file.
fn bits(opened: &[u8]) -> Vec<u8> {
    opened[opened.len() - 64 - 10 * 17..opened.len() - 64].chunks_exact(17).map(|entry| entry[16]).collect()
}

#[test]
fn a_step_that_failed_leaves_nothing_half_done() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    assert!(
        matches!(kit.ask("links.csv", "t", 2), Err(LinkageUnitError::Exists { .. })),
        "tickets stay as they are"
    );
    let names = |folder: &str| {
        let mut names: Vec<String> = fs::read_dir(kit.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let before = names(".");
    assert!(kit.evaluate("t").is_err(), "no ciphertexts yet");
    assert!(kit.open("t").is_err(), "nothing sealed yet");
    assert!(matches!(kit.apply("t", "links.csv"), Err(LinkageUnitError::NotEvaluated { .. })));
    assert_eq!(names("."), before);
}
