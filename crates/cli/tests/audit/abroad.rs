//! People outside Japan: a namesake, a different person and a relative are linked to the records of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{Row, World};

/// Links of the registry's people to an insurer; some of them to the record of another person.
struct Planted {
    world: World,
    /// Expected class of a finding, by handle of a wrong link.
    wrong: BTreeMap<String, &'static str>,
    /// Handles of links whose record somebody else is linked to, too.
    holders: BTreeSet<String>,
}

fn name(row: &Row) -> (String, String) {
    (row["given_name"].to_lowercase(), row["surname"].to_lowercase())
}

impl Planted {
    fn new() -> Self {
        let world = World::abroad(9_000, 3);
        let registry = world.table("registry.csv");
        let people: BTreeMap<&str, &Row> = registry.iter().map(|row| (row["rec_id"].as_str(), row)).collect();
        let mut links = world.table("truth-insurer-registry.csv");
        let tied: BTreeMap<String, String> = (0..)
            .zip(&links)
            .map(|(at, link): (u32, _)| (link["right_id"].clone(), format!("L{at:05}")))
            .collect();
        let mut by_name: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        registry.iter().for_each(|row| by_name.entry(name(row)).or_default().push(row));
        let (mut wrong, mut holders) = (BTreeMap::new(), BTreeSet::new());
        for at in (0..links.len()).step_by(7) {
            let person = people[links[at]["right_id"].as_str()];
            let apart = |other: &&&Row| {
                ["date_of_birth", "postcode", "suburb"].iter().all(|column| {
                    other[*column] != person[*column]
                        && !other[*column].is_empty()
                        && !person[*column].is_empty()
                })
            };
            let (other, class) = if wrong.values().filter(|class| **class == "homonym").count() < 6 {
                (by_name[&name(person)].iter().find(apart).copied(), "homonym")
            } else if wrong.len() < 12 {
                let far = registry.iter().filter(|other| name(other).1 != name(person).1).find(|other| {
                    apart(&other)
                        && tied.contains_key(&other["rec_id"])
                        && !wrong.contains_key(&tied[&other["rec_id"]])
                });
                (far, "prior_holder")
            } else {
                break;
            };
            if let Some(other) = other {
                links[at].insert("right_id".to_owned(), other["rec_id"].clone());
                wrong.insert(format!("L{at:05}"), class);
                holders.extend(tied.get(&other["rec_id"]).cloned());
            }
        }
        assert_eq!(wrong.len(), 12);
        let holders = holders.into_iter().filter(|handle| !wrong.contains_key(handle)).collect();
        let rows = (0..).zip(&links).map(|(at, link): (u32, _)| {
            format!("L{at:05},{},{},{}\n", link["left_id"], link["right_id"], at / 1000)
        });
        let text: String =
            std::iter::once("handle,left_id,right_id,batch\n".to_owned()).chain(rows).collect();
        world.write("links-insurer-registry.csv", &text);
        Self { world, wrong, holders }
    }
}

#[test]
fn namesakes_are_found_and_true_holders_are_not_suspected() {
    let Planted { world, wrong, holders } = Planted::new();
    assert!(holders.len() >= 6, "{} holders", holders.len());
    let (left, right) = world.encode_with("insurer", "audit-people-en", "--id-column rec_id", "");
    let summary = world.audit(&left, &right, &["--all"]);
    let findings = world.table("findings.csv");
    let listed = &findings[..3 * wrong.len()];
    let found = |class: &str| {
        listed.iter().filter(|row| wrong.get(&row["handle"]) == Some(&class) && row["class"] == class).count()
    };
    assert!(found("homonym") >= 5, "{} namesakes", found("homonym"));
    assert!(found("prior_holder") >= 5, "{} found", found("prior_holder"));
    let suspected = |row: &&Row| row["probability"].parse::<f64>().unwrap() >= 0.1;
    let suspected: Vec<_> =
        findings.iter().filter(suspected).filter(|row| holders.contains(&row["handle"])).collect();
    assert!(suspected.is_empty(), "holders under suspicion: {suspected:?}");
    let bound = |name: &str| summary[name].as_f64().unwrap();
    let (low, high) = (bound("expected_wrong_low"), bound("expected_wrong_high"));
    assert!((low..high).contains(&(wrong.len() as f64)), "{low} to {high}");
    for row in &findings {
        let differs = row["evidence"].contains("date_of_birth different");
        assert!(!(differs && row["reason"].split(';').next().unwrap().contains("date of birth")), "{row:?}");
    }
}
