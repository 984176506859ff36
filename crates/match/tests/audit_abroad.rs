//! Audits outside Japan: namesakes, records that links share, and reasons that agree with their evidence.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use mizuhiki_exchange::{AuditClass, Hypothesis, Language, Outcome};
use mizuhiki_match::audit::{
    Grade, Hints, Model, NonMatchCounts, OutcomeVector, Outcomes, Patterns, Sharing, grade, reason,
};
use mizuhiki_schema::{AuditSchema, ErrorVariant};

const DIFFERENT: Outcome = Outcome::Different;
const AGREES: Outcome = Outcome::Agree { level: 0, alternative: 0 };

/// Surname, given name, date of birth, suburb, postcode.
fn schema() -> AuditSchema {
    AuditSchema::parse(include_str!("../../../protocols/schema/examples/audit-people-en.json")).unwrap()
}

fn outcomes(schema: &AuditSchema) -> Vec<Outcomes> {
    schema.body().comparisons.iter().map(Outcomes::new).collect()
}

fn vector(schema: &AuditSchema, of: [Outcome; 5]) -> OutcomeVector {
    let mut vector = [0; 16];
    for ((number, outcomes), outcome) in vector.iter_mut().zip(outcomes(schema)).zip(of) {
        *number = outcomes.number(outcome);
    }
    vector
}

const ALONE: Hints = Hints { shared_left: Sharing::Alone, shared_right: Sharing::Alone, near_number: false };
const BESIDE: Hints = Hints { shared_right: Sharing::Beside, ..ALONE };
const HOLDER: Hints = Hints { shared_right: Sharing::Open, ..ALONE };

const SAME: [Outcome; 5] = [AGREES; 5];
const MOVED: [Outcome; 5] = [AGREES, AGREES, AGREES, DIFFERENT, DIFFERENT];
const NAMESAKE: [Outcome; 5] = [AGREES, AGREES, DIFFERENT, DIFFERENT, DIFFERENT];
const SPOUSE: [Outcome; 5] = [AGREES, DIFFERENT, DIFFERENT, AGREES, AGREES];
/// Of a spouse with an outdated address.
const FAR_SPOUSE: [Outcome; 5] = [AGREES, DIFFERENT, DIFFERENT, DIFFERENT, DIFFERENT];
const STRANGER: [Outcome; 5] = [DIFFERENT; 5];

/// Nineteen thousand links, of which some are wrong, and as many non-matching pairs.
fn fitted(schema: &AuditSchema) -> Model {
    let rows = [
        (SAME, ALONE, 17_000),
        (SAME, HOLDER, 12),
        (MOVED, ALONE, 1_500),
        (MOVED, HOLDER, 2),
        ([DIFFERENT, AGREES, AGREES, AGREES, AGREES], ALONE, 150),
        ([AGREES, DIFFERENT, AGREES, AGREES, AGREES], ALONE, 150),
        ([AGREES, AGREES, Outcome::Similar(3), AGREES, AGREES], ALONE, 120),
        ([AGREES, AGREES, Outcome::KnownError(ErrorVariant::DayMonth), AGREES, AGREES], ALONE, 30),
        ([AGREES, AGREES, DIFFERENT, AGREES, AGREES], ALONE, 9),
        (NAMESAKE, BESIDE, 3),
        (NAMESAKE, ALONE, 2),
        (SPOUSE, BESIDE, 4),
        (SPOUSE, ALONE, 2),
        (STRANGER, BESIDE, 5),
        (STRANGER, ALONE, 2),
    ];
    let mut links = Patterns::default();
    for (outcomes, hints, count) in rows {
        (0..count).for_each(|_| {
            links.add(vector(schema, outcomes), hints);
        });
    }
    let mut non_matches = NonMatchCounts::of(&outcomes(schema));
    for at in 0..19_000 {
        let chance = |every: u32| if at % every == 0 { AGREES } else { DIFFERENT };
        let born = if at % 3 == 0 { Outcome::Similar(1) } else { DIFFERENT };
        let row = [chance(1_250), chance(150), born, chance(23), chance(290)];
        non_matches.add(&vector(schema, row));
    }
    Model::fit(schema, &links, &non_matches)
}

#[test]
fn a_namesake_with_another_birth_date_and_address_is_found() {
    let schema = schema();
    let model = fitted(&schema);
    for hints in [ALONE, BESIDE] {
        let grade = grade(&schema, &model, &vector(&schema, NAMESAKE), hints);
        assert_eq!(
            (grade.class, grade.hypotheses.1),
            (AuditClass::Homonym, Hypothesis::Namesake),
            "{grade:?}"
        );
        assert!(grade.probability > 0.5, "{grade:?}");
    }
    // A namesake who lives elsewhere looks like somebody who has moved.
    let unknown = [AGREES, AGREES, Outcome::Missing, DIFFERENT, DIFFERENT];
    assert!(grade(&schema, &model, &vector(&schema, unknown), ALONE).probability < 0.01);
    // Somebody with another given name is not a namesake.
    assert_ne!(grade(&schema, &model, &vector(&schema, FAR_SPOUSE), ALONE).class, AuditClass::Homonym);
}

#[test]
fn namesakes_are_expected_where_names_are_common() {
    let schema = schema();
    let share = |agree: u32| {
        let (mut links, mut non_matches) = (Patterns::default(), NonMatchCounts::of(&outcomes(&schema)));
        for at in 0..10_000 {
            links.add(vector(&schema, SAME), ALONE);
            let chance = |every: u32| if at % every == 0 { AGREES } else { DIFFERENT };
            let row = [chance(agree), chance(agree), DIFFERENT, DIFFERENT, DIFFERENT];
            non_matches.add(&vector(&schema, row));
        }
        Model::fit(&schema, &links, &non_matches).shares()[Hypothesis::Namesake as usize]
    };
    assert!(share(10) > 5.0 * share(1_000), "{} {}", share(10), share(1_000));
}

#[test]
fn the_holder_of_a_shared_record_is_not_suspected_for_the_stranger_beside_it() {
    let schema = schema();
    let model = fitted(&schema);
    let of = |outcomes: [Outcome; 5], hints: Hints| grade(&schema, &model, &vector(&schema, outcomes), hints);
    assert_eq!(of(MOVED, HOLDER).class, AuditClass::Match);
    let (alone, holder) = (of(MOVED, ALONE).probability, of(MOVED, HOLDER).probability);
    assert!(holder <= 2.0 * alone, "{alone} {holder}");
    assert!(of(SPOUSE, BESIDE).probability > of(SPOUSE, ALONE).probability);
}

#[test]
fn spouses_and_namesakes_are_no_prior_holders() {
    let schema = schema();
    let model = fitted(&schema);
    let class = |outcomes: [Outcome; 5]| grade(&schema, &model, &vector(&schema, outcomes), BESIDE).class;
    assert_eq!(class(SPOUSE), AuditClass::SameHouseholdOther);
    assert_eq!(class(FAR_SPOUSE), AuditClass::SameHouseholdOther);
    assert_eq!(class([DIFFERENT, DIFFERENT, DIFFERENT, AGREES, AGREES]), AuditClass::SameHouseholdOther);
    assert_eq!(class(NAMESAKE), AuditClass::Homonym);
    assert_eq!(class(STRANGER), AuditClass::PriorHolder);
}

/// The fields that a reason lists.
struct Said<'t> {
    verdict: &'t str,
    agree: Vec<&'t str>,
    off: Vec<&'t str>,
    differ: Vec<&'t str>,
}

impl<'t> Said<'t> {
    fn of(text: &'t str) -> Self {
        let mut parts = text.split("; ");
        let verdict = parts.next().unwrap();
        let (mut agree, mut off, mut differ, mut unknown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let Some((kind, names)) = part.split_once(": ") else { continue };
            let names: Vec<&str> =
                names.split(", ").map(|name| name.split_once(" (").map_or(name, |name| name.0)).collect();
            match kind {
                "agree" => agree.extend(names),
                "nearly" => off.extend(names),
                "differ" => differ.extend(names),
                "not compared" => unknown.extend(names),
                _ => {}
            }
        }
        off.extend(&differ);
        let mut all: Vec<&str> = [&agree, &off, &unknown].into_iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, ["date of birth", "family name", "given name", "postcode", "suburb"], "{text}");
        Self { verdict, agree, off, differ }
    }

    /// Whether the listed fields contradict the verdict.
    fn contradicts_itself(&self) -> bool {
        let differs = |name: &&str| self.differ.contains(name);
        let is_off = |name: &&str| self.off.contains(name);
        match self.verdict {
            "the same person, who has moved" => !["suburb", "postcode"].iter().any(is_off),
            "the same person under another family name" => !is_off(&"family name"),
            "the same person under another name" => !["family name", "given name"].iter().any(is_off),
            "the same person, with the name written differently" => {
                !["family name", "given name"].iter().any(is_off)
            }
            "the same person, with an error in an entry" => {
                !["family name", "given name", "date of birth"].iter().any(is_off)
            }
            "another household member" => ["suburb", "postcode"].iter().all(differs),
            "a twin" => differs(&"date of birth"),
            verdict => verdict.strip_prefix("another person with the same ").is_some_and(|names| {
                !names
                    .split(", ")
                    .flat_map(|names| names.split(" and "))
                    .all(|name| self.agree.contains(&name))
            }),
        }
    }
}

/// Outcomes of a comparison, one for each way that reasons distinguish.
fn ways(comparison: usize) -> Vec<Outcome> {
    let mut ways =
        vec![Outcome::Missing, AGREES, Outcome::Wild, Outcome::Similar(3), Outcome::Similar(1), DIFFERENT];
    if comparison == 2 {
        ways.push(Outcome::KnownError(ErrorVariant::NextDay));
    }
    ways
}

fn for_every_evidence(mut visit: impl FnMut([Outcome; 5])) {
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(ways);
    for &surname in &a {
        for &given in &b {
            for &born in &c {
                for &suburb in &d {
                    e.iter().for_each(|&postcode| visit([surname, given, born, suburb, postcode]));
                }
            }
        }
    }
}

#[test]
fn no_reason_contradicts_the_evidence_beside_it() {
    let schema = schema();
    let model = fitted(&schema);
    for_every_evidence(|outcomes| {
        let vector = vector(&schema, outcomes);
        for hints in [ALONE, BESIDE, HOLDER, Hints { near_number: true, ..BESIDE }] {
            let grade = grade(&schema, &model, &vector, hints);
            let text = reason(Language::English, &schema, &grade, &vector, hints);
            let said = Said::of(&text);
            assert!(!said.contradicts_itself(), "{text} {grade:?}");
            let family = said.agree.contains(&"family name");
            assert!(grade.class != AuditClass::PriorHolder || !family, "{text}");
            let named = !said.differ.contains(&"family name") && !said.differ.contains(&"given name");
            let searched = grade.hypotheses.1 == Hypothesis::Homonym;
            assert!(grade.class != AuditClass::Homonym || named || searched, "{text}");
        }
    });
}

#[test]
fn no_class_is_worded_against_the_evidence_whatever_a_model_finds() {
    let schema = schema();
    for_every_evidence(|outcomes| {
        let vector = vector(&schema, outcomes);
        for class in AuditClass::ALL {
            for right in Hypothesis::ALL.into_iter().filter(|hypothesis| hypothesis.is_right()) {
                let grade = Grade {
                    class,
                    weight_bits: 0.0,
                    probability: 0.5,
                    class_probability: 0.5,
                    hypotheses: (right, Hypothesis::Unrelated),
                    evidence: vec![0.0; 5],
                    hint_bits: 0.0,
                };
                let text = reason(Language::English, &schema, &grade, &vector, ALONE);
                assert!(!Said::of(&text).contradicts_itself(), "{text}");
            }
        }
    });
}

#[test]
fn reasons_of_namesakes_tell_what_agrees_in_both_languages() {
    let schema = schema();
    let model = fitted(&schema);
    let vector = vector(&schema, NAMESAKE);
    let grade = grade(&schema, &model, &vector, BESIDE);
    let text = reason(Language::English, &schema, &grade, &vector, BESIDE);
    let said = "another person with the same family name and given name; agree: family name, given name; \
        differ: date of birth, suburb, postcode; the right record has several links";
    assert_eq!(text, said);
    let text = reason(Language::Japanese, &schema, &grade, &vector, BESIDE);
    assert!(text.starts_with("姓・名が同じ別人。姓・名は一致。生年月日・suburb・postcodeは不一致"), "{text}");
}
