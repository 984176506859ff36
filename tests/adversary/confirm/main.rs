//! Confirmation among malicious parties: every wrong input is refused with the reason and the party at fault.
//! After a crash, a run is resumed or refused. No file contains another's secrets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod crash;
mod forger;
mod fuzz;
mod kit;
mod secrets;

use std::fs;

use mizuhiki_confirm::{
    CiphertextsHeader, Commitment, Hex, OpenedHeader, Party, Policy, Reason, SealedHeader, Side, Ticket,
    TicketsHeader, tree,
};
use mizuhiki_tests::Clear;

use crate::kit::{EXPIRES, Kit, NAMES, NOW, forge, refused, stranger};

/// Bytes of a nonce, and of an id in a ticket's entry.
const NONCE: usize = 16;
const ID: usize = 129;
const TICKET: usize = 144;
const ANSWER: usize = NONCE + 9;

fn custodian(side: usize) -> Party {
    Party::Custodian(NAMES[side].to_owned())
}

#[test]
fn an_honest_run_finds_the_true_pairs_and_nothing_else() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 12, 8);
    kit.run("links.csv", "t", 1);
    let applied = kit.apply("t", "links.csv").unwrap();
    assert_eq!((applied.asked, applied.matches, applied.borderline), (20, applied.accepted, 0));
    let text = fs::read_to_string(kit.path("t.csv")).unwrap();
    let right = kit.truth.iter().filter(|(left, right)| text.contains(&format!("{left},{right},"))).count();
    assert!(applied.accepted >= 11 && right as u64 == applied.accepted, "{applied:?}");
    assert_eq!(text.matches(",match,").count(), text.matches(",confirmed").count());
}

#[test]
fn results_do_not_depend_on_threads() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 9, 9);
    kit.ask("links.csv", "t", 2).unwrap();
    kit.encrypt("t").unwrap();
    let sealed = |threads| {
        kit.evaluate_files("t", ("t.left", "t.right"), threads).unwrap();
        fs::read(kit.path("t.sealed")).unwrap()
    };
    assert_eq!(sealed(1), sealed(3));
}

#[test]
fn replayed_answers_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.run("links.csv", "t", 3);
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Replayed));
    // The same tickets, evaluated again with another mask, are not a new query, either.
    let key = kit.run_key("t");
    forge::<SealedHeader>(&kit.path("t.sealed"), &key, |_| (), |body| body[NONCE] ^= 1);
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Replayed));
    // The same pairs under new tickets.
    kit.ask("links.csv", "again", 4).unwrap();
    kit.encrypt("again").unwrap();
    kit.evaluate("again").unwrap();
    assert_eq!(refused(kit.open("again")), (Party::LinkageUnit, Reason::Repeated { entry: 1 }));
}

/// Replaces the nonces of a folder's tickets, as their linkage unit.
fn fresh_nonces(kit: &Kit<Clear>, tickets: &str) {
    rewrite(kit, tickets, |tickets| {
        for (at, (ticket, ..)) in tickets.iter_mut().enumerate() {
            ticket.nonce = Hex([100 + at as u8; NONCE]);
        }
    });
}

const PLAIN: &str = include_str!("../../../protocols/schema/examples/people-five-fields-plain.json");

type Asked = (Ticket, [u8; ID], [u8; ID]);

/// Rewrites every file of a folder of tickets with changed tickets, signed and committed to as its linkage unit would.
fn rewrite(kit: &Kit<Clear>, folder: &str, change: impl FnOnce(&mut Vec<Asked>)) {
    let key = kit.run_key(folder);
    let path = |name: &str| kit.path(&format!("{folder}/{name}"));
    let mut asked: Vec<Asked> = Vec::new();
    forge::<mizuhiki_confirm::RunHeader>(
        &path("linkage-unit.run"),
        &key,
        |_| (),
        |body| {
            for entry in body[64..].chunks_exact(TICKET + 2 * ID) {
                asked.push((
                    Ticket::from_bytes(entry[..TICKET].try_into().unwrap()),
                    entry[TICKET..TICKET + ID].try_into().unwrap(),
                    entry[TICKET + ID..].try_into().unwrap(),
                ));
            }
        },
    );
    change(&mut asked);
    asked.sort_by_key(|(ticket, ..)| ticket.nonce);
    let tickets: Vec<Ticket> = asked.iter().map(|(ticket, ..)| *ticket).collect();
    let batch = |batch: &mut mizuhiki_confirm::Batch| {
        (batch.root, batch.tickets) = (tree(&tickets), tickets.len() as u64);
    };
    let entries = |ids: [bool; 2]| {
        let entry = |(ticket, left, right): &Asked| {
            let mut bytes = ticket.to_bytes().to_vec();
            [left, right].iter().zip(ids).filter(|(_, wanted)| *wanted).for_each(|(id, _)| bytes.extend(*id));
            if ids[0] != ids[1] {
                // No common symbol is given: the custodian uses the first alternative.
                bytes.extend([0; 8]);
            }
            bytes
        };
        asked.iter().flat_map(entry).collect::<Vec<u8>>()
    };
    forge::<mizuhiki_confirm::RunHeader>(
        &path("linkage-unit.run"),
        &key,
        |header| batch(&mut header.batch),
        |body| {
            body.truncate(64);
            body.extend(entries([true, true]));
        },
    );
    for (name, ids) in [("left", [true, false]), ("right", [false, true]), ("authority", [false, false])] {
        let file = path(&format!("{name}.tickets"));
        forge::<TicketsHeader>(&file, &key, |header| batch(&mut header.batch), |body| *body = entries(ids));
    }
}

#[test]
fn a_linkage_unit_that_asks_a_record_a_hundred_times_is_refused_by_everybody() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 1, 100);
    // One record of the hospital against many of the registry.
    let text = fs::read_to_string(kit.path("links.csv")).unwrap();
    let victim = kit.truth[0].0.clone();
    let mut lines: Vec<String> = vec!["left_id,right_id,similarity,class,probability,flag".to_owned()];
    for line in text.lines().skip(1).take(100) {
        let right = line.split(',').nth(1).unwrap();
        lines.push(format!("{victim},{right},0.9,borderline,,"));
    }
    let asked_for = lines.len() as u64 - 1;
    fs::write(kit.path("links.csv"), lines.join("\n") + "\n").unwrap();
    // An honest linkage unit omits pairs beyond the budget.
    let asked = kit.ask("links.csv", "t", 5).unwrap();
    assert_eq!((asked.tickets, asked.left_out), (4, asked_for - 4));
    // A dishonest one writes its own tickets.
    kit.links("few.csv", 6, 0);
    kit.ask("few.csv", "evil", 6).unwrap();
    let (mut first, mut id) = (None, None);
    rewrite(&kit, "evil", |tickets| {
        first = Some(tickets[0].0.left);
        id = Some(tickets[0].1);
        for (ticket, left, _) in tickets.iter_mut() {
            (ticket.left, *left) = (first.unwrap(), id.unwrap());
        }
    });
    let budget = (Party::LinkageUnit, Reason::RecordBudget { asked: 5, allowed: 4 });
    assert_eq!(refused(kit.encrypt("evil")), budget);
    // Negligent custodians do not help: the authority counts, too, over all batches.
    let mut kit = Kit::new(Clear);
    kit.per_record = 1_000;
    let mut opened = 0;
    let mut refusal = None;
    let victim = kit.truth[0].0.clone();
    for turn in 0..100_usize {
        let name = format!("turn{turn}");
        let (_, other) = &kit.truth[1 + turn % (kit.truth.len() - 1)];
        let links = format!(
            "left_id,right_id,similarity,class,probability,flag\n{victim},{other},0.9,borderline,,\n"
        );
        fs::write(kit.path("one.csv"), links).unwrap();
        kit.ask("one.csv", &name, 7).unwrap();
        rewrite(&kit, &name, |tickets| tickets[0].0.nonce = Hex([turn as u8; NONCE]));
        kit.encrypt(&name).unwrap();
        kit.evaluate(&name).unwrap();
        match kit.open(&name) {
            Ok(_) => opened += 1,
            Err(error) => {
                refusal.get_or_insert_with(|| kit::refusal(&error));
            }
        }
        fs::remove_dir_all(kit.path(&name)).unwrap();
    }
    assert_eq!((opened, refusal), (4, Some(budget)));
}

#[test]
fn budgets_of_custodians_and_keys_are_kept() {
    for (policy, expected) in [
        (
            Policy { openings: 9, per_custodian: 64, per_record: 4 },
            Reason::KeyBudget { asked: 12, allowed: 9 },
        ),
        (
            Policy { openings: 64, per_custodian: 9, per_record: 4 },
            Reason::CustodianBudget { asked: 12, allowed: 9 },
        ),
    ] {
        let kit = Kit::new(Clear);
        fs::remove_dir_all(kit.path("keys")).unwrap();
        kit.keygen("keys", 2, policy);
        kit.links("first.csv", 6, 0);
        kit.run("first.csv", "first", 8);
        kit.links("second.csv", 0, 6);
        kit.ask("second.csv", "second", 8).unwrap();
        fresh_nonces(&kit, "second");
        kit.encrypt("second").unwrap();
        kit.evaluate("second").unwrap();
        assert_eq!(refused(kit.open("second")), (Party::LinkageUnit, expected));
    }
}

#[test]
fn a_custodian_under_another_name_or_on_both_sides_is_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    let key = kit.run_key("t");
    let left = kit.path("t/left.tickets");
    // Under a new name, a record would have a new commitment and a new budget.
    forge::<TicketsHeader>(&left, &key, |header| header.batch.left = "hospital 2".to_owned(), |_| ());
    let named = refused(kit.encrypt_at(0, &left, ("keys/public.key", NOW), "x"));
    assert!(matches!(named, (Party::LinkageUnit, Reason::Custodian { .. })), "{}", named.1);
    forge::<TicketsHeader>(&left, &key, |header| header.batch.left = NAMES[0].to_owned(), |_| ());
    forge::<TicketsHeader>(&left, &key, |header| header.batch.right = NAMES[0].to_owned(), |_| ());
    let both = refused(kit.encrypt_at(0, &left, ("keys/public.key", NOW), "x"));
    assert_eq!(both, (Party::LinkageUnit, Reason::SameCustodian));
}

#[test]
fn records_with_the_same_tokens_have_one_budget() {
    // With filters: sealed symbols of two records are never the same.
    let kit = Kit::with_schema(Clear, PLAIN);
    // The hospital has every person twice.
    let table = fs::read_to_string(kit.path("hospital.csv")).unwrap();
    let again: String = table.lines().skip(1).map(|line| format!("again-{line}\n")).collect();
    fs::write(kit.path("hospital.csv"), table + &again).unwrap();
    kit.encode(0);
    kit.links("links.csv", 4, 0);
    let links = fs::read_to_string(kit.path("links.csv")).unwrap();
    let again: String = links.lines().skip(1).map(|line| format!("again-{line}\n")).collect();
    fs::write(kit.path("links.csv"), links + &again).unwrap();
    let asked = kit.ask("links.csv", "t", 1).unwrap();
    assert_eq!((asked.tickets, asked.left_out), (4, 4));
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    kit.open("t").unwrap();
    assert_eq!(kit.apply("t", "links.csv").unwrap().borderline, 4, "pairs without tickets stay borderline");
}

#[test]
fn expired_tickets_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    let late = EXPIRES + 7;
    let file = kit.path("t/left.tickets");
    let expired = (Party::LinkageUnit, Reason::Expired(7));
    assert_eq!(refused(kit.encrypt_at(0, &file, ("keys/public.key", late), "late")), expired);
    assert!(!kit.path("late").exists(), "nothing is written");
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    assert_eq!(refused(kit.open_at("t", "t.sealed", late)), expired);
    kit.open_at("t", "t.sealed", EXPIRES).unwrap();
}

#[test]
fn swapped_sides_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let (party, reason) = refused(kit.evaluate_files("t", ("t.right", "t.left"), 1));
    // The sizes of the two sides differ, so the file appears truncated or of the other side.
    assert!(matches!(reason, Reason::Side { .. }), "{party}: {reason}");
    assert_eq!(party, custodian(1));
    // Tickets of the other side refer to records that this custodian does not have.
    let swapped = refused(kit.encrypt_at(0, &kit.path("t/right.tickets"), ("keys/public.key", NOW), "x"));
    assert!(matches!(swapped, (Party::LinkageUnit, Reason::Custodian { .. })), "{}", swapped.1);
    let error =
        kit.encrypt_at(0, &kit.path("t/authority.tickets"), ("keys/public.key", NOW), "x").unwrap_err();
    assert!(error.to_string().contains("for the authority"), "{error}");
}

#[test]
fn reordered_and_foreign_entries_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 4, 4);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let honest = fs::read(kit.path("t.left")).unwrap();
    let key = kit.custodian_key(0);
    let each = |body: &[u8]| body.len() / 8;
    forge::<CiphertextsHeader>(
        &kit.path("t.left"),
        &key,
        |_| (),
        |body| {
            let each = each(body);
            body[..2 * each].rotate_left(each);
        },
    );
    assert_eq!(refused(kit.evaluate("t")), (custodian(0), Reason::OffBatch { entry: 1 }));
    fs::write(kit.path("t.left"), &honest).unwrap();
    forge::<CiphertextsHeader>(
        &kit.path("t.left"),
        &key,
        |_| (),
        |body| {
            let each = each(body);
            body[7 * each] ^= 1;
        },
    );
    assert_eq!(refused(kit.evaluate("t")), (custodian(0), Reason::OffBatch { entry: 8 }));
    fs::write(kit.path("t.left"), &honest).unwrap();
    forge::<CiphertextsHeader>(
        &kit.path("t.left"),
        &key,
        |header| header.tickets = 7,
        |body| {
            let each = each(body);
            body.truncate(7 * each);
        },
    );
    assert_eq!(refused(kit.evaluate("t")), (custodian(0), Reason::Batch));
    fs::write(kit.path("t.left"), &honest).unwrap();
    kit.evaluate("t").unwrap();
    // The linkage unit's answers.
    let sealed = fs::read(kit.path("t.sealed")).unwrap();
    let key = kit.run_key("t");
    forge::<SealedHeader>(&kit.path("t.sealed"), &key, |_| (), |body| body[..2 * ANSWER].rotate_left(ANSWER));
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::OffBatch { entry: 1 }));
    // Refusals spend nothing.
    fs::write(kit.path("t.sealed"), sealed).unwrap();
    kit.open("t").unwrap();
    // The authority's.
    let key = {
        let bytes = fs::read(kit.path("keys/secret.key")).unwrap();
        let length = u32::from_be_bytes(bytes[5..9].try_into().unwrap()) as usize;
        mizuhiki_confirm::PartyKey::from_seed(bytes[9 + length..9 + length + 32].try_into().unwrap())
    };
    forge::<OpenedHeader>(&kit.path("t.opened"), &key, |_| (), |body| body[..34].rotate_left(17));
    assert_eq!(refused(kit.apply("t", "links.csv")), (Party::Authority, Reason::OffBatch { entry: 1 }));
}

#[test]
fn other_keys_parameters_and_signers_are_refused() {
    let kit = Kit::new(Clear);
    kit.keygen("other", 3, Policy::default());
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    // A linkage unit that gives custodians its own key is detected if they know the authority's.
    let wrong = refused(kit.encrypt_at(0, &kit.path("t/left.tickets"), ("other/public.key", NOW), "x"));
    assert!(matches!(wrong, (Party::LinkageUnit, Reason::Key { .. })), "{}", wrong.1);
    kit.encrypt("t").unwrap();
    let honest = fs::read(kit.path("t.left")).unwrap();
    let key = kit.custodian_key(0);
    let refuse = |change: &dyn Fn(&mut CiphertextsHeader)| {
        forge::<CiphertextsHeader>(&kit.path("t.left"), &key, |header| change(header), |_| ());
        let refusal = refused(kit.evaluate("t"));
        fs::write(kit.path("t.left"), &honest).unwrap();
        refusal
    };
    let backend = refuse(&|header| header.backend = "other".to_owned());
    assert!(matches!(backend, (Party::Custodian(_), Reason::BackEnd { .. })), "{}", backend.1);
    let key_id = refuse(&|header| header.key_id = Hex([1; 16]));
    assert!(matches!(key_id, (Party::Custodian(_), Reason::Key { .. })), "{}", key_id.1);
    assert_eq!(refuse(&|header| header.batch = Hex([1; 32])), (custodian(0), Reason::Batch));
    let name = refuse(&|header| header.custodian = "somebody".to_owned());
    assert!(matches!(name.1, Reason::Custodian { .. }), "{}", name.1);
    assert!(matches!(refuse(&|header| header.side = Side::Right).1, Reason::Side { .. }));
    // Another evaluation key.
    let own = fs::read(kit.path("keys/evaluation.key")).unwrap();
    fs::copy(kit.path("other/evaluation.key"), kit.path("keys/evaluation.key")).unwrap();
    let evaluation = refused(kit.evaluate("t"));
    assert!(matches!(evaluation, (Party::Authority, Reason::Key { .. })), "{}", evaluation.1);
    fs::write(kit.path("keys/evaluation.key"), own).unwrap();
    kit.evaluate("t").unwrap();
    // Another secret key.
    let own = fs::read(kit.path("keys/secret.key")).unwrap();
    fs::copy(kit.path("other/secret.key"), kit.path("keys/secret.key")).unwrap();
    let secret = refused(kit.open("t"));
    assert!(matches!(secret.1, Reason::Key { .. }), "{}", secret.1);
    fs::write(kit.path("keys/secret.key"), own).unwrap();
    // Answers sealed by somebody else, who had the custodians' files.
    let (thief, id) = stranger();
    let sealed = fs::read(kit.path("t.sealed")).unwrap();
    forge::<SealedHeader>(&kit.path("t.sealed"), &thief, |header| header.signer = id, |_| ());
    let signer = refused(kit.open("t"));
    assert!(matches!(signer, (Party::LinkageUnit, Reason::Signer { .. })), "{}", signer.1);
    // An approval that a custodian did not sign.
    fs::write(kit.path("t.sealed"), &sealed).unwrap();
    let key = kit.run_key("t");
    forge::<SealedHeader>(&kit.path("t.sealed"), &key, |header| header.right.body = Hex([0; 32]), |_| ());
    assert_eq!(refused(kit.open("t")), (Party::LinkageUnit, Reason::Unapproved(NAMES[1].to_owned())));
    fs::write(kit.path("t.sealed"), &sealed).unwrap();
    kit.open("t").unwrap();
}

#[test]
fn tickets_for_other_tokens_are_refused() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 3);
    kit.ask("links.csv", "t", 1).unwrap();
    rewrite(&kit, "t", |tickets| {
        tickets[2].0.left = Commitment { record: Hex([7; 32]), row: Hex([7; 32]) };
    });
    let file = kit.path("t/left.tickets");
    let refusal = refused(kit.encrypt_at(0, &file, ("keys/public.key", NOW), "x"));
    assert_eq!(refusal, (Party::LinkageUnit, Reason::OtherTokens { entry: 3 }));
    // Tickets that the batch does not commit to.
    let key = kit.run_key("t");
    forge::<TicketsHeader>(&file, &key, |_| (), |body| body[20] ^= 1);
    let refusal = refused(kit.encrypt_at(0, &file, ("keys/public.key", NOW), "x"));
    assert_eq!(refusal, (Party::LinkageUnit, Reason::Root));
}

#[test]
fn a_declined_ticket_decides_nothing_and_only_tickets_of_the_batch_are_declined() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 3, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    let decline = |tickets: &[u64]| {
        let (file, key) = (kit.path("t.left"), kit.custodian_key(0));
        forge::<CiphertextsHeader>(&file, &key, |header| header.declined = tickets.to_vec(), |_| ());
    };
    for tickets in [&[0][..], &[4], &[2, 1], &[1, 1], &[1, 2, 3, 4]] {
        decline(tickets);
        let (party, reason) = refused(kit.evaluate_files("t", ("t.left", "t.right"), 1));
        assert!(party == custodian(0) && matches!(reason, Reason::Header(_)), "{party}: {reason}");
    }
    decline(&[2]);
    let evaluated = kit.evaluate("t").unwrap();
    assert_eq!(evaluated.declined, [vec![2], Vec::new()]);
    kit.open("t").unwrap();
    // The filters were encrypted all the same, so all three answers are yes.
    let applied = kit.apply("t", "links.csv").unwrap();
    assert_eq!((applied.asked, applied.accepted, applied.declined), (3, 2, 1));
    assert_eq!((applied.matches, applied.borderline), (2, 1));
}

#[test]
fn changed_and_absent_records_are_declined_with_filters_as_tokens_too() {
    let kit = Kit::with_schema(Clear, PLAIN);
    kit.links("links.csv", 4, 0);
    kit.ask("links.csv", "t", 1).unwrap();
    let table = fs::read_to_string(kit.path("hospital.csv")).unwrap();
    let (changed, absent) = (format!("{},", kit.truth[0].0), format!("{},", kit.truth[1].0));
    let kept = table.lines().filter(|line| !line.starts_with(&absent));
    let now = kept.map(|line| line.replacen(&changed, &format!("{changed}Z"), 1) + "\n").collect::<String>();
    assert_eq!(now.len() + table.lines().find(|line| line.starts_with(&absent)).unwrap().len(), table.len());
    fs::write(kit.path("hospital.csv"), now).unwrap();
    kit.encrypt("t").unwrap();
    let evaluated = kit.evaluate("t").unwrap();
    assert_eq!(evaluated.declined.each_ref().map(Vec::len), [2, 0], "{evaluated:?}");
    kit.open("t").unwrap();
    let applied = kit.apply("t", "links.csv").unwrap();
    assert_eq!((applied.accepted, applied.declined, applied.borderline), (2, 2, 2));
    let links = fs::read_to_string(kit.path("t.csv")).unwrap();
    for (left, _) in &kit.truth[..2] {
        assert!(links.lines().any(|line| line.starts_with(left) && line.contains(",borderline,")), "{links}");
    }
}

/// If a record without symbols of its own were declined, the linkage unit would learn that all of them are random.
#[test]
fn records_are_answered_alike_however_many_of_their_symbols_are_suppressed() {
    let kit = Kit::new(Clear);
    let table = fs::read_to_string(kit.path("hospital.csv")).unwrap();
    let again: String = table.lines().skip(1).map(|line| format!("again-{line}\n")).collect();
    fs::write(kit.path("hospital.csv"), table + &again).unwrap();
    kit.encode(0);
    kit.links("links.csv", 4, 0);
    let links = fs::read_to_string(kit.path("links.csv")).unwrap();
    let again: String = links.lines().skip(1).map(|line| format!("again-{line}\n")).collect();
    fs::write(kit.path("links.csv"), links + &again).unwrap();
    assert_eq!(kit.ask("links.csv", "t", 1).unwrap().tickets, 8);
    kit.encrypt("t").unwrap();
    assert_eq!(kit.evaluate("t").unwrap().declined, [[0_u64; 0]; 2]);
    kit.open("t").unwrap();
    let applied = kit.apply("t", "links.csv").unwrap();
    assert_eq!((applied.asked, applied.accepted), (8, 8), "both records of each person are found");
}

#[test]
fn a_custodian_who_is_not_the_one_that_is_known_is_refused() {
    let kit = Kit::new(Clear);
    kit.links("first.csv", 3, 0);
    kit.run("first.csv", "first", 1);
    kit.links("second.csv", 0, 3);
    kit.ask("second.csv", "second", 1).unwrap();
    fresh_nonces(&kit, "second");
    kit.encrypt("second").unwrap();
    let (thief, id) = stranger();
    forge::<CiphertextsHeader>(&kit.path("second.right"), &thief, |header| header.signer = id, |_| ());
    // The linkage unit cannot know whose key it is; the checker does, and so does the authority.
    kit.evaluate_files("second", ("second.left", "second.right"), 1).unwrap();
    let (party, reason) = refused(kit.check(0, "second"));
    assert!(party == Party::LinkageUnit && matches!(reason, Reason::Signer { .. }), "{party}: {reason}");
}
