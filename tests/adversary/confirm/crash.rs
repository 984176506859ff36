//! Crashes at every step: a run goes on, or is refused; no ticket opens two answers.

use std::fs;

use mizuhiki_confirm::{Party, Reason, SealedHeader};
use mizuhiki_linkage_unit::LinkageUnitError;
use mizuhiki_tests::Clear;

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
    // Killed after some whole answers and a part of one: what was written until then is what a run leaves.
    fs::remove_file(kit.path("t.sealed")).unwrap();
    let binding = {
        // Begin, and stop at once: the file of partial work is made before the first answer.
        let right = fs::read(kit.path("t.right")).unwrap();
        kit.evaluate("t").unwrap();
        fs::write(kit.path("t.right"), right).unwrap();
        partial_binding(&kit)
    };
    fs::remove_file(kit.path("t.sealed")).unwrap();
    for written in [0, 4, 9 * 7, 9 * 7 + 3, 9 * 20] {
        fs::write(kit.path("t.sealed.partial"), [&binding[..], &answers[..written]].concat()).unwrap();
        let done = kit.evaluate("t").unwrap();
        assert_eq!((done.tickets, done.resumed), (20, written as u64 / 9));
        assert_eq!(fs::read(kit.path("t.sealed")).unwrap(), whole, "{written} bytes were written");
        assert!(!kit.path("t.sealed.partial").exists());
    }
    // Partial work of another run is not taken for this one's.
    fs::write(kit.path("t.sealed.partial"), [&[1; 32][..], &answers].concat()).unwrap();
    assert!(matches!(kit.evaluate("t"), Err(LinkageUnitError::OtherWork { .. })));
}

/// What partial work of the run `t` begins with.
fn partial_binding(kit: &Kit<Clear>) -> Vec<u8> {
    let sealed = fs::read(kit.path("t.sealed")).unwrap();
    let length = u32::from_be_bytes(sealed[5..9].try_into().unwrap()) as usize;
    let header = String::from_utf8(sealed[9..9 + length].to_vec()).unwrap();
    let seal = mizuhiki_confirm::Seal {
        header,
        body: mizuhiki_confirm::Hex([0; 32]),
        signature: mizuhiki_confirm::Hex([0; 64]),
    };
    seal.digest(mizuhiki_confirm::Kind::Sealed).0.to_vec()
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
    // Killed after the batch was logged: the same answers come out, others do not.
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
    // Killed while a line was written: it does not count, nothing had been opened.
    for cut in [1, 40, lines[3].len()] {
        fs::write(kit.path("keys/openings.log"), whole(3) + &lines[3][..lines[3].len() - cut + 1]).unwrap();
        assert!(!kit.open("t").unwrap().resumed);
        assert_eq!(fs::read_to_string(kit.path("keys/openings.log")).unwrap(), log);
    }
    // A changed log is refused.
    fs::write(kit.path("keys/openings.log"), log.replacen("\"openings\":100000", "\"openings\":900000", 1))
        .unwrap();
    assert_eq!(refused(kit.open("t")), (Party::Carrier, Reason::Chain { line: 2 }));
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
