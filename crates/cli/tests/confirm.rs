//! `mizuhiki confirm` as run by its parties: random ids with id maps, a kill in the middle, and failures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const SCHEMA: &str = include_str!("../../../protocols/schema/examples/people-five-fields.json");
/// Columns after the id.
const HEADER: &str = ",given_name,surname,date_of_birth,suburb,postcode\n";

/// People of both sides; the right side has some of them with errors.
fn people(side: &str) -> String {
    let names = ["Ada", "Grace", "Mary", "Emmy", "Sofia", "Lise", "Maria", "Hedy", "Rosalind", "Dorothy"];
    let surnames = ["Byron", "Hopper", "Somerville", "Noether", "Kovalevskaya", "Meitner", "Mayer", "Lamarr"];
    let suburbs = ["Perth", "Leeds", "Osaka", "Quebec", "Zwolle", "Hvar", "Ulm"];
    let row = |at: usize| {
        let suburb = suburbs[at % suburbs.len()];
        let surname = surnames[at % surnames.len()];
        let surname = if side == "right" && at.is_multiple_of(3) { &surname[1..] } else { surname };
        format!(
            "{side}{at},{},{surname},19{:02}{:02}{:02},{suburb},{}\n",
            names[at % names.len()],
            10 + at * 7 % 80,
            1 + at * 5 % 12,
            1 + at * 11 % 28,
            1000 + 3713 * at % 9000
        )
    };
    let id = if side == "right" { "record_id" } else { "rec_id" };
    id.to_owned() + HEADER + &(0..24).map(row).collect::<String>()
}

struct World(TempDir);

impl World {
    /// Pairs of the people of both sides: half of them are true matches, half are non-matches.
    fn new(pairs: usize) -> Self {
        let other = |at: usize| if at.is_multiple_of(2) { at } else { (at + 5) % 24 };
        let pairs: Vec<(usize, usize)> = (0..pairs).map(|at| (at, other(at))).collect();
        Self::of(&people("left"), &pairs)
    }

    /// The state with a left table and [`people`] on the right encoded, borderline pairs (numbers in the ids of
    /// both sides) listed, keys at the authority and tickets at the linkage unit.
    fn of(left: &str, pairs: &[(usize, usize)]) -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        fs::write(world.path("schema.json"), SCHEMA).unwrap();
        world.ok("key new -o linkage.key");
        for side in ["left", "right"] {
            let table = if side == "left" { left.to_owned() } else { people(side) };
            fs::write(world.path(&format!("{side}.csv")), table).unwrap();
            world.ok(&format!(
                "encode {side}.csv --schema schema.json --key linkage.key --run test -o {side}.parquet --id-map {side}-ids.csv"
            ));
        }
        // The column of an earlier release.
        let map = fs::read_to_string(world.path("left-ids.csv")).unwrap();
        assert!(map.starts_with("token_id,"));
        fs::write(world.path("left-ids.csv"), map.replacen("token_id", "record_id", 1)).unwrap();
        let mut links = String::from("left_id,right_id,similarity,class,probability,flag\n");
        for (at, (left, right)) in pairs.iter().enumerate() {
            let (left, right) = (world.token("left", *left), world.token("right", *right));
            links.push_str(&format!("{left},{right},0.{},borderline,0.5,\n", 90 - at));
        }
        fs::write(world.path("links.csv"), links).unwrap();
        world.ok("confirm keygen -o keys");
        world.ok("confirm ask --links links.csv --left left.parquet --right right.parquet --public keys/public.key -o t");
        world
    }

    /// The random id of a record in its token file.
    fn token(&self, side: &str, at: usize) -> String {
        let map = fs::read_to_string(self.path(&format!("{side}-ids.csv"))).unwrap();
        let end = format!(",{side}{at}");
        map.lines().find(|line| line.ends_with(&end)).unwrap().split(',').next().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mizuhiki"));
        command.args(arguments.split(' ')).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    fn ok(&self, arguments: &str) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Exit code and message of a command that fails.
    fn fails(&self, arguments: &str) -> (i32, String) {
        let (code, message) = self.says(arguments);
        assert_ne!(code, 0, "{arguments}: {message}");
        (code, message)
    }

    /// Exit code and messages of a command, which have no person's value.
    fn says(&self, arguments: &str) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        for value in ["Byron", "Kovalevskaya", "Zwolle", "Leeds", "York"] {
            assert!(!message.contains(value), "{arguments}: {message}");
        }
        (output.status.code().unwrap(), message)
    }

    /// Both custodians encrypt; returns the fingerprints for the authority.
    fn encrypt(&self) -> String {
        let mut pins = String::new();
        for side in ["left", "right"] {
            let made = self.ok(&format!(
                "confirm encrypt {side}.csv --tickets t/{side}.tickets --public keys/public.key --schema schema.json \
                 --key linkage.key --tokens {side}.parquet --id-map {side}-ids.csv -o {side}.ct"
            ));
            pins.push_str(&format!(" --pin {side}={}", made["fingerprint"].as_str().unwrap()));
        }
        pins
    }
}

const EVALUATE: &str =
    "confirm evaluate --tickets t --eval-keys keys/evaluation.key left.ct right.ct -o sealed";
const CHECK: &str = "confirm check left.ct right.ct --tickets t/left.tickets --public keys/public.key --schema schema.json \
                     --key linkage.key --tokens left.parquet --masks sealed.masks --eval-keys keys/evaluation.key -o checked";
const OPEN: &str =
    "confirm open --tickets t/authority.tickets --secret keys/secret.key sealed --checked checked -o opened";
const APPLY: &str = "confirm apply --tickets t opened --links links.csv -o links2.csv";

#[test]
fn a_run_that_is_killed_goes_on_and_finds_the_pairs() {
    let world = World::new(12);
    let pins = world.encrypt();
    let whole = {
        world.ok(&format!("{EVALUATE} --threads 2"));
        fs::read(world.path("sealed")).unwrap()
    };
    fs::remove_file(world.path("sealed")).unwrap();
    // Killed without warning once some answers exist.
    let mut child = world.command(&format!("{EVALUATE} --threads 1")).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let written = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
    while written(&world.path("sealed.partial")) < 20_000 && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!world.path("sealed").exists(), "no partial file under the final name");
    let resumed = world.ok(&format!("{EVALUATE} --threads 3"));
    assert!(resumed["resumed"].as_u64().unwrap() >= 2, "{resumed}");
    assert_eq!(
        fs::read(world.path("sealed")).unwrap(),
        whole,
        "the result depends on neither the kill nor the threads"
    );
    let checked = world.ok(CHECK);
    assert_eq!((checked["custodian"].as_str(), checked["tickets"].as_u64()), (Some("left"), Some(12)));
    let opened = world.ok(&format!("{OPEN}{pins}"));
    assert_eq!(opened["checker"], "left");
    let applied = world.ok(APPLY);
    assert_eq!((applied["asked"].as_u64(), applied["accepted"].as_u64()), (Some(12), Some(6)), "{applied}");
    let links = fs::read_to_string(world.path("links2.csv")).unwrap();
    assert_eq!(links.matches(",match,0.500000,confirmed").count(), 6, "{links}");
    let (code, message) = world.fails(&format!("{OPEN}{pins}"));
    assert_eq!(code, 3);
    assert!(message.contains("opened before") && message.contains("the linkage unit"), "{message}");
}

/// The left people, and eight of them once more with another last digit of the postcode: numbers 24 to 31 are
/// 0 to 7.
fn with_near_duplicates() -> String {
    let table = people("left");
    let again = |(at, line): (usize, &str)| {
        let mut values: Vec<&str> = line.split(',').collect();
        let postcode: u32 = values[5].parse().unwrap();
        let (id, postcode) =
            (format!("left{}", 24 + at), (postcode / 10 * 10 + (postcode + 1) % 10).to_string());
        (values[0], values[5]) = (&id, &postcode);
        values.join(",") + "\n"
    };
    let again: String = table.lines().skip(1).take(8).enumerate().map(again).collect();
    table + &again
}

#[test]
fn records_whose_symbols_are_suppressed_are_confirmed_like_others() {
    // Each of two near-duplicates, with the record of the same person and with another one.
    let pairs: Vec<(usize, usize)> =
        [0, 1, 24, 25].into_iter().flat_map(|at: usize| [(at, at % 24), (at, at % 24 + 5)]).collect();
    let world = World::of(&with_near_duplicates(), &pairs);
    let encoded = world.ok(
        "encode left.csv --schema schema.json --key linkage.key --run test --custodian left -o again.parquet",
    );
    let count = |name: &str| encoded["symbols"][name].as_u64().unwrap();
    assert!(
        count("suppressed") * 2 > count("records_touched") * count("per_record"),
        "otherwise half of each record's symbols may be left, and the test shows nothing: {encoded}"
    );
    // Whether other records have the missing symbols takes a second reading.
    let from_stdin = "confirm encrypt - --custodian left --tickets t/left.tickets --public keys/public.key --schema schema.json \
                      --key linkage.key --tokens left.parquet --id-map left-ids.csv -o left.ct";
    let table = fs::File::open(world.path("left.csv")).unwrap();
    let output = world.command(from_stdin).stdin(table).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && message.contains("give the table as a file"), "{message}");
    let pins = world.encrypt();
    world.ok(EVALUATE);
    world.ok(CHECK);
    world.ok(&format!("{OPEN}{pins}"));
    let applied = world.ok(APPLY);
    let count = |name: &str| applied[name].as_u64().unwrap();
    assert_eq!((count("asked"), count("accepted"), count("outdone")), (8, 4, 2), "{applied}");
    let links = fs::read_to_string(world.path("links2.csv")).unwrap();
    for at in [0, 1] {
        let pair = format!("{},{},", world.token("left", at), world.token("right", at));
        assert!(links.contains(&pair), "pair {at}: {links}");
    }
}

#[test]
fn records_that_cannot_be_confirmed_do_not_stop_the_others() {
    let world = World::new(6);
    let same = |at: usize| (world.token("left", at), world.token("right", at));
    // Of the left, one record has moved, and one is gone; of the right, another one is gone.
    let table = |side: &str| fs::read_to_string(world.path(&format!("{side}.csv"))).unwrap();
    let gone = |table: &str, start: &str| {
        let kept = |line: &&str| !line.starts_with(start);
        table.lines().filter(kept).map(|line| format!("{line}\n")).collect::<String>()
    };
    let (left, right) =
        (gone(&table("left"), "left0,").replace("Leeds", "York"), gone(&table("right"), "right2,"));
    assert!(left.contains("left1,") && left.contains("York"), "{left}");
    fs::write(world.path("left.csv"), left).unwrap();
    fs::write(world.path("right.csv"), right).unwrap();
    let mut pins = String::new();
    for (side, absent, changed) in [("left", 1, 1), ("right", 1, 0)] {
        let command = format!(
            "confirm encrypt {side}.csv --tickets t/{side}.tickets --public keys/public.key --schema schema.json \
             --key linkage.key --tokens {side}.parquet --id-map {side}-ids.csv -o {side}.ct"
        );
        let made = world.ok(&command);
        let of = |reason: &str| {
            let declined = made["declined"].as_array().unwrap().iter();
            declined
                .filter(|declined| declined["reason"] == reason)
                .map(|declined| declined["ticket"].clone())
                .collect()
        };
        let (of_absent, of_changed): (Vec<Value>, Vec<Value>) = (of("absent"), of("changed"));
        assert_eq!((of_absent.len(), of_changed.len()), (absent, changed), "{made}");
        let (code, message) = world.says(&command);
        assert_eq!(code, 0, "{message}");
        for ticket in of_absent.iter().chain(&of_changed) {
            assert!(
                message.contains(&format!("(tickets {ticket})")) && message.contains("encode again"),
                "{message}"
            );
        }
        pins.push_str(&format!(" --pin {side}={}", made["fingerprint"].as_str().unwrap()));
    }
    let (code, message) = world.says(EVALUATE);
    assert!(code == 0 && message.contains("left custodian declined 2 of 6"), "{message}");
    assert!(message.contains("right custodian declined 1 of 6"), "{message}");
    world.ok(CHECK);
    world.ok(&format!("{OPEN}{pins}"));
    let (code, message) = world.says(APPLY);
    assert!(code == 0 && message.contains("3 of 6 pairs stay borderline"), "{message}");
    let links = fs::read_to_string(world.path("links2.csv")).unwrap();
    let class = |(left, right): (String, String)| {
        let line = links.lines().find(|line| line.starts_with(&format!("{left},{right},")));
        line.map(|line| line.split(',').nth(3).unwrap().to_owned())
    };
    let classes = [0, 2, 4].map(|at| class(same(at)));
    assert_eq!(
        classes.each_ref().map(Option::as_deref),
        [Some("borderline"), Some("borderline"), Some("match")]
    );
    let others = [(1, 6), (3, 8), (5, 10)]
        .map(|(left, right)| class((world.token("left", left), world.token("right", right))));
    assert_eq!(others.each_ref().map(Option::as_deref), [Some("borderline"), None, None]);
}

#[test]
fn what_goes_wrong_is_said_with_file_reason_and_culprit() {
    let world = World::new(4);
    let say = |arguments: &str, code: i32, words: &[&str]| {
        let (found, message) = world.fails(arguments);
        assert_eq!(found, code, "{arguments}: {message}");
        words
            .iter()
            .for_each(|word| assert!(message.contains(word), "{arguments}: {word:?} is not in {message}"));
    };
    let encrypt = |tickets: &str, more: &str| {
        format!(
            "confirm encrypt left.csv --tickets {tickets} --public keys/public.key --schema schema.json --key linkage.key \
             --tokens left.parquet -o left.ct {more}"
        )
    };
    say("confirm keygen -o keys", 1, &["keys", "never overwritten"]);
    say(
        "confirm ask --links links.csv --left left.parquet --right right.parquet --public keys/public.key -o t",
        1,
        &["t: this exists already"],
    );
    fs::write(world.path("sure.csv"), "left_id,right_id,similarity,class\na,b,0.9,match\n").unwrap();
    let ask = |links: &str| {
        format!(
            "confirm ask --links {links} --left left.parquet --right right.parquet --public keys/public.key -o u"
        )
    };
    say(&ask("sure.csv"), 1, &["sure.csv", "no borderline pair", "--for-confirm"]);
    fs::write(world.path("other.csv"), "left_id,right_id,similarity,class\na,b,0.9,borderline\n").unwrap();
    say(&ask("other.csv"), 1, &["other.csv", "no record \"a\""]);
    say(&encrypt("t/left.tickets", "--id-map links.csv"), 1, &["links.csv", "id map"]);
    say(&encrypt("t/left.tickets", "--id-map right-ids.csv"), 3, &["t/left.tickets", "ticket 1", "id map"]);
    say(
        &encrypt("t/right.tickets", "--id-map left-ids.csv"),
        3,
        &["t/right.tickets", "custodian \"right\"", "the linkage unit"],
    );
    say(&encrypt("t/authority.tickets", "--id-map left-ids.csv"), 1, &["for the authority"]);
    say(&encrypt("links.csv", "--id-map left-ids.csv"), 1, &["links.csv", "not the file of tickets"]);
    say(&encrypt("keys/public.key", "--id-map left-ids.csv"), 1, &["it is the public key"]);
    say(&encrypt("nowhere", "--id-map left-ids.csv"), 1, &["nowhere", "No such file"]);
    // Another table: everybody has the id of the person before.
    let table = fs::read_to_string(world.path("left.csv")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let shifted = |at: usize| {
        let (id, next) = (lines[at].split(',').next().unwrap(), lines[at % 24 + 1]);
        format!("{id}{}\n", &next[next.find(',').unwrap()..])
    };
    let other = format!("{}\n{}", lines[0], (1..=24).map(shifted).collect::<String>());
    fs::write(world.path("left.csv"), other).unwrap();
    say(
        &encrypt("t/left.tickets", "--id-map left-ids.csv"),
        3,
        &["left.csv", "tokens that differ", "left.parquet", "encoded from this table"],
    );
    fs::write(world.path("left.csv"), lines[..1].join("\n") + "\n").unwrap();
    say(&encrypt("t/left.tickets", "--id-map left-ids.csv"), 1, &["left.csv", "has none of the records"]);
    fs::write(world.path("left.csv"), table).unwrap();
    say(
        &encrypt("t/left.tickets", "--threads 1"),
        1,
        &["left.csv", "has none of the records", "--id-map FILE"],
    );
    fs::write(world.path("wide.json"), SCHEMA.replace("0.59", "0.60")).unwrap();
    let other = encrypt("t/left.tickets", "--id-map left-ids.csv").replace("schema.json", "wide.json");
    say(&other, 3, &["another linkage schema", "the linkage unit"]);
    let other = encrypt("t/left.tickets", "--id-map left-ids.csv --custodian somebody");
    say(&other, 3, &["custodian \"left\"", "\"somebody\""]);
    assert!(!world.path("left.ct").exists());
    say(EVALUATE, 1, &["left.ct", "No such file"]);
    let pins = world.encrypt();
    say(
        &EVALUATE.replace("left.ct right.ct", "right.ct left.ct"),
        3,
        &["exchange the two files", "custodian \"right\""],
    );
    say(APPLY, 1, &["t: ", "evaluate"]);
    world.ok(EVALUATE);
    say(&CHECK.replace("sealed.masks", "sealed"), 1, &["sealed", "it is the file of sealed answers"]);
    say(&CHECK.replace("left.ct right.ct", "right.ct left.ct"), 3, &["exchange the two files"]);
    say(&CHECK.replace("--tokens left", "--custodian right --tokens left"), 3, &["custodian \"left\""]);
    say(
        &format!("{}{pins}", OPEN.replace("--checked checked", "--checked sealed")),
        1,
        &["it is the file of sealed answers"],
    );
    world.ok(CHECK);
    say(OPEN, 2, &["--pin"]);
    say(
        &format!("{}{pins}", OPEN.replace("authority.tickets", "left.tickets")),
        1,
        &["t/left.tickets", "a custodian's tickets", "use authority.tickets"],
    );
    let (left, right) = pins.split_at(pins.find(" --pin right").unwrap());
    say(&format!("{OPEN}{left}"), 3, &["custodian \"right\"", "no fingerprint"]);
    say(&format!("{OPEN}{pins} --pin rihgt=0123456789abcdef"), 3, &["rihgt", "no custodian of this name"]);
    say(&format!("{OPEN} --pin left=0123456789abcdef{right}"), 3, &["custodian \"left\"", "--pin"]);
    say(&format!("{OPEN} --pin left"), 2, &["fingerprint"]);
    // Refusals spend nothing.
    world.ok(&format!("{OPEN}{pins}"));
    fs::write(world.path("links.csv"), "left_id,right_id,similarity,class\na,b,0.9,borderline\n").unwrap();
    say(APPLY, 1, &["links.csv", "pairs with tickets"]);
    assert!(!world.path("links2.csv").exists());
}

/// Runs a command that makes the folder `output`, and interrupts it as soon as something is written under a
/// temporary name. Returns whether the interrupt came in time.
#[cfg(unix)]
fn interrupt(world: &World, arguments: &str, output: &str) -> bool {
    let names = || {
        let entries = fs::read_dir(world.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<String>>()
    };
    let before = names();
    let command = format!("{arguments} -o {output}");
    let mut child = world.command(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        if names().iter().any(|name| name.starts_with(".mizuhiki-")) {
            let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(sent.success());
            break;
        }
    }
    let status = child.wait().unwrap();
    let mut after = names();
    let is_whole = after.remove(output);
    assert_eq!(before, after, "{command} leaves something");
    assert_eq!(status.success(), is_whole, "{command} ends with {status}");
    if is_whole {
        let files = fs::read_dir(world.path(output)).unwrap();
        assert!(files.count() >= 4, "{command} is not whole");
        fs::remove_dir_all(world.path(output)).unwrap();
    } else {
        assert_eq!(status.code(), Some(130));
    }
    !is_whole
}

#[cfg(unix)]
#[test]
fn an_interrupted_folder_with_a_secret_is_whole_or_absent() {
    let world = World::new(12);
    let ask =
        "confirm ask --links links.csv --left left.parquet --right right.parquet --public keys/public.key";
    for arguments in ["confirm keygen", ask] {
        let caught = (0..10).filter(|_| interrupt(&world, arguments, "made")).count();
        assert!(caught > 0, "{arguments}: no interrupt came in time");
    }
}
