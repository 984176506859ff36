//! Links of filters over blocks: killed and resumed, with little memory, with one thread or two, in any order
//! of rows.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const PLAIN: &str = include_str!("../../../protocols/schema/examples/people-five-fields-plain.json");

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mizuhiki"));
    command.args(arguments.split_whitespace()).current_dir(folder);
    command
}

fn run(folder: &Path, arguments: &str) -> Output {
    let output = command(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn error(folder: &Path, arguments: &str) -> String {
    let output = command(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments}");
    String::from_utf8(output.stderr).unwrap()
}

/// Synthetic people of three custodians, encoded with `schema` as `.arrow`.
fn people(folder: &Path, count: u32, schema: &str) {
    fs::write(folder.join("schema.json"), schema).unwrap();
    // A fixed key, so that every run is the same test.
    fs::write(folder.join("key"), [7; 32]).unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    run(folder, &format!("synth people --locale en-Latn --people {count} --seed 11 -o ."));
    for holder in ["hospital", "insurer", "registry"] {
        encode(folder, holder, &format!("{holder}.arrow"));
    }
}

fn encode(folder: &Path, holder: &str, output: &str) {
    let input = format!("{holder}.csv --schema schema.json --key key --keep-ids --custodian {holder}");
    run(folder, &format!("encode {input} -o {output}"));
}

fn runs(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder.join("out.csv.work")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|name| name == "run")).collect()
}

#[test]
fn a_killed_run_continues_and_ends_alike() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 26_000, PLAIN);
    let files = "link hospital.arrow registry.arrow --blocks --accept 0.6 --borderline 0.2 --threads 1";
    run(folder, &format!("{files} -o whole.csv"));
    let mut killed = command(folder, &format!("{files} -o out.csv --checkpoint 0")).spawn().unwrap();
    let begun = Instant::now();
    while runs(folder).is_empty() && killed.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(300), "no checkpoint");
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!folder.join("out.csv").exists(), "no partial file is written");
    assert!(!runs(folder).is_empty(), "the run was too quick to be killed");

    let unasked = error(folder, &format!("{files} -o out.csv"));
    assert!(unasked.contains("holds an unfinished run") && unasked.contains("--resume"), "{unasked}");
    let other = error(folder, "link insurer.arrow registry.arrow --blocks -o out.csv --resume");
    assert!(other.contains("belongs to other files or settings"), "{other}");
    let resumed = run(folder, &format!("{files} -o out.csv --resume"));
    assert!(String::from_utf8_lossy(&resumed.stderr).contains("continued after"));
    assert_eq!(fs::read(folder.join("out.csv")).unwrap(), fs::read(folder.join("whole.csv")).unwrap());
    assert!(!folder.join("out.csv.work").exists(), "checkpoints are removed once the links are written");
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 300, PLAIN);
    fs::create_dir(folder.join("out.csv.work")).unwrap();
    fs::write(folder.join("out.csv.work/00000000.run"), b"mizuhiki-run\x01\0\0\0").unwrap();
    let said = error(folder, "link hospital.arrow registry.arrow -o out.csv --resume");
    assert!(said.contains("00000000.run") && said.contains("damaged"), "{said}");
}

#[test]
fn links_over_blocks_depend_on_the_tokens_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 26_000, PLAIN);
    // Low thresholds, so that candidates do not fit into the minimum memory and are spilled.
    let bounds = "--accept 0.6 --borderline 0.2";
    let options = format!("--blocks {bounds}");
    run(folder, &format!("link hospital.arrow insurer.arrow {options} --threads 2 -o two.csv"));
    let one = "--threads 1 --memory 40M -o one.csv --work .";
    let summary = run(folder, &format!("--json link hospital.arrow insurer.arrow {options} {one}"));
    let summary: serde_json::Value = serde_json::from_slice(&summary.stdout).unwrap();
    assert!(summary["candidates"].as_u64().unwrap() > 1 << 20, "{summary}");
    let compared = summary["passes"].as_array().unwrap().len();
    assert_eq!(compared, 4, "{summary}");
    let two = fs::read(folder.join("two.csv")).unwrap();
    assert_eq!(two, fs::read(folder.join("one.csv")).unwrap());

    // Encoding again shuffles the rows differently.
    encode(folder, "hospital", "again.parquet");
    run(folder, &format!("link again.parquet insurer.arrow {options} -o again.csv"));
    assert_eq!(two, fs::read(folder.join("again.csv")).unwrap());

    // Candidate pairs in anonlink's format give the same links.
    run(
        folder,
        &format!("link hospital.arrow insurer.arrow {options} -o a.csv --write-candidates pairs.bin"),
    );
    run(folder, &format!("link hospital.arrow insurer.arrow {bounds} -o b.csv --candidates pairs.bin"));
    assert_eq!(two, fs::read(folder.join("a.csv")).unwrap());
    // A file of candidates has no other pairs, so probabilities cannot be estimated.
    let but_probability = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let kept = |line: &str| {
            let columns = line.split(',').enumerate().filter(|(at, _)| *at != 4);
            columns.map(|(_, value)| value).collect::<Vec<_>>().join(",")
        };
        text.lines().map(kept).collect()
    };
    assert_eq!(but_probability("two.csv"), but_probability("b.csv"));

    // The best few of each record are enough for the best links.
    run(folder, &format!("link hospital.arrow insurer.arrow {options} --assign greedy --top 50 -o top.csv"));
    run(folder, &format!("link hospital.arrow insurer.arrow {options} --assign greedy -o all.csv"));
    let lines = |name: &str| fs::read_to_string(folder.join(name)).unwrap().lines().count();
    assert!(lines("top.csv") <= lines("all.csv"));
}

#[test]
fn blocks_find_what_exhaustive_search_finds() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 12_000, PLAIN);
    let options = "--assign many --accept 0.75";
    run(folder, &format!("link hospital.arrow insurer.arrow {options} --exact -o all.csv"));
    run(folder, &format!("link hospital.arrow insurer.arrow {options} --blocks -o blocks.csv"));
    let pairs = |name: &str| -> std::collections::BTreeSet<String> {
        let pair = |line: &str| line.split(',').take(3).collect::<Vec<_>>().join(",");
        fs::read_to_string(folder.join(name)).unwrap().lines().skip(1).map(pair).collect()
    };
    let (all, blocks) = (pairs("all.csv"), pairs("blocks.csv"));
    assert!(blocks.is_subset(&all) && all.len() > 3000);
    assert!(blocks.len() as f64 >= 0.99 * all.len() as f64, "{} of {}", blocks.len(), all.len());
}

#[test]
fn three_files_become_clusters_and_one_is_deduplicated() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 2_000, PLAIN);
    run(folder, "link hospital.arrow insurer.arrow registry.arrow -o clusters.csv --threads 1");
    run(folder, "link hospital.arrow insurer.arrow registry.arrow -o again.csv --threads 2");
    let text = fs::read_to_string(folder.join("clusters.csv")).unwrap();
    assert_eq!(text, fs::read_to_string(folder.join("again.csv")).unwrap());
    let truth = |file: &str| -> std::collections::BTreeSet<(String, String)> {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let pair = |line: &str| line.split_once(',').map(|(a, b)| (a.to_owned(), b.to_owned()));
        text.lines().skip(1).filter_map(pair).collect()
    };
    let truth: std::collections::BTreeSet<(String, String)> =
        ["truth-hospital-insurer.csv", "truth-hospital-registry.csv", "truth-insurer-registry.csv"]
            .into_iter()
            .flat_map(truth)
            .collect();
    let mut clusters: std::collections::BTreeMap<&str, Vec<(&str, &str)>> = std::collections::BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        clusters.entry(cells[0]).or_default().push((cells[1], cells[2]));
    }
    let (mut right, mut found) = (0, 0);
    for members in clusters.values() {
        let mut custodians: Vec<&str> = members.iter().map(|(custodian, _)| *custodian).collect();
        custodians.dedup();
        assert_eq!(custodians.len(), members.len(), "at most one record of each");
        for (index, a) in members.iter().enumerate() {
            for b in &members[index + 1..] {
                found += 1;
                right += usize::from(truth.contains(&(a.1.to_owned(), b.1.to_owned())));
            }
        }
    }
    assert!(
        right * 100 > found * 97 && right * 100 > truth.len() * 90,
        "{right} of {found}, {}",
        truth.len()
    );

    // A file with every thirtieth record twice, under another id.
    let people = fs::read_to_string(folder.join("hospital.csv")).unwrap();
    let twice = people.lines().skip(1).step_by(30).map(|line| format!("X{line}\n"));
    let doubled: String = people.lines().map(|line| format!("{line}\n")).chain(twice).collect();
    fs::write(folder.join("doubled.csv"), doubled).unwrap();
    encode(folder, "doubled", "doubled.arrow");
    run(folder, "dedupe doubled.arrow -o duplicates.csv --accept 0.95");
    let text = fs::read_to_string(folder.join("duplicates.csv")).unwrap();
    let copies = text.lines().filter(|line| line.contains(",X")).count();
    assert_eq!(copies, people.lines().skip(1).step_by(30).count(), "each copy is in a cluster");
}

#[test]
fn a_plan_is_explained_before_any_work() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 2_000, PLAIN);
    let plan = run(folder, "--json link hospital.arrow registry.arrow --explain --blocks");
    let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).unwrap();
    let passes = plan["comparisons"][0]["passes"].as_array().unwrap();
    assert_eq!(passes.len(), 4);
    assert!(passes[0]["pairs"].as_u64().unwrap() > 0, "{plan}");
    let text = String::from_utf8(run(folder, "link hospital.arrow registry.arrow --explain").stdout).unwrap();
    assert!(text.contains("every pair, because there are few") && text.contains("all pairs"), "{text}");
}

#[test]
fn without_block_ids_every_pair_is_compared() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 500, PLAIN);
    encode(folder, "hospital", "hospital.csv.csv");
    run(folder, "link hospital.csv.csv registry.arrow --exact -o with.csv");
    let text = fs::read_to_string(folder.join("hospital.csv.csv")).unwrap();
    let header = text.lines().nth(1).unwrap();
    let kept = header.split(',').filter(|name| !name.starts_with("block:")).count();
    let cut = |(number, line): (usize, &str)| {
        if number == 0 { line.to_owned() } else { line.split(',').take(kept).collect::<Vec<_>>().join(",") }
    };
    let text: String = text.lines().enumerate().map(cut).map(|line| line + "\n").collect();
    fs::write(folder.join("without.csv"), text).unwrap();
    let linked = run(folder, "link without.csv registry.arrow --blocks -o links.csv");
    assert!(String::from_utf8_lossy(&linked.stderr).contains("a file has no block ids"), "{linked:?}");
    assert_eq!(fs::read(folder.join("links.csv")).unwrap(), fs::read(folder.join("with.csv")).unwrap());
}

#[test]
fn awkward_files_are_linked_all_the_same() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 3_000, PLAIN);
    let header = "rec_id,given_name,surname,date_of_birth,suburb,postcode\n";
    // Everyone has the same surname: that block is dropped.
    let people = fs::read_to_string(folder.join("hospital.csv")).unwrap();
    let mut named = String::from(header);
    for line in people.lines().skip(1) {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[2] = "Smith";
        named += &(cells.join(",") + "\n");
    }
    fs::write(folder.join("smiths.csv"), named).unwrap();
    let arguments = "--schema schema.json --key key --keep-ids -o smiths.arrow --custodian smiths";
    let encoded = run(folder, &format!("encode smiths.csv {arguments}"));
    assert!(
        String::from_utf8_lossy(&encoded.stderr).contains("records are suppressed, because their block"),
        "{encoded:?}"
    );
    let linked = run(folder, "link smiths.arrow registry.arrow --blocks --accept 0.6 -o smiths-links.csv");
    assert!(String::from_utf8_lossy(&linked.stderr).contains("\"surname\": the files share no block"));

    // All rows are equal: each is linked once.
    for side in ["a", "b"] {
        let rows: String =
            (0..400).map(|row| format!("{side}{row},Ada,Byron,18151210,London,1815\n")).collect();
        fs::write(folder.join(format!("{side}.csv")), format!("{header}{rows}")).unwrap();
        encode(folder, side, &format!("{side}.arrow"));
    }
    run(folder, "link a.arrow b.arrow --blocks --accept 0.9 -o alike.csv");
    let text = fs::read_to_string(folder.join("alike.csv")).unwrap();
    assert_eq!(text.lines().count(), 401);
    assert!(text.contains("a0,b0,1.000000"), "ties are settled by ids");

    // An empty file.
    fs::write(folder.join("empty.csv"), header).unwrap();
    encode(folder, "empty", "empty.arrow");
    let linked = run(folder, "link empty.arrow registry.arrow --blocks -o none.csv");
    assert!(String::from_utf8_lossy(&linked.stderr).contains("a file has no records"));
    assert_eq!(fs::read_to_string(folder.join("none.csv")).unwrap().lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_full_disk_while_spilling_is_an_error_that_names_the_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 26_000, PLAIN);
    let binary = env!("CARGO_BIN_EXE_mizuhiki");
    let link = format!(
        "trap '' XFSZ; ulimit -f 64; {binary} link hospital.arrow insurer.arrow --blocks --accept 0.2 --memory 40M \
         -o out.csv"
    );
    let output = Command::new("bash").args(["-c", &link]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("out.csv.work: cannot store candidate pairs there") && said.contains("--work"),
        "{said}"
    );
    assert!(!folder.join("out.csv").exists());
    // With free space again, the run is resumed.
    run(folder, "link hospital.arrow insurer.arrow --blocks --accept 0.2 --memory 40M -o out.csv --resume");
}

/// Compares calibration without labels with the ground truth.
#[test]
fn expected_precision_and_probabilities_are_those_of_the_truth() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 24_000, PLAIN);
    let summary = run(folder, "--json link hospital.arrow insurer.arrow --blocks -o links.csv");
    let summary: serde_json::Value = serde_json::from_slice(&summary.stdout).unwrap();
    let truth: std::collections::BTreeSet<String> =
        fs::read_to_string(folder.join("truth-hospital-insurer.csv"))
            .unwrap()
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect();
    // Number of links, sum of their probabilities and number of true ones; for matches, then for the rest.
    let mut counts = [(0, 0.0, 0); 2];
    for line in fs::read_to_string(folder.join("links.csv")).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (links, sum, right) = &mut counts[usize::from(cells[3] != "match")];
        *links += 1;
        *sum += cells[4].parse::<f64>().unwrap();
        *right += usize::from(truth.contains(&format!("{},{}", cells[0], cells[1])));
    }
    let share = |count: usize, of: usize| count as f64 / of as f64;
    let (matches, sum, right) = counts[0];
    let expected = summary["expected_precision"].as_f64().unwrap();
    assert!((expected - share(right, matches)).abs() < 0.02, "{expected} {counts:?}");
    assert!((sum / matches as f64 - share(right, matches)).abs() < 0.02, "{counts:?}");
    let (borderline, sum, right) = counts[1];
    assert!(
        borderline > 100 && (sum / borderline as f64 - share(right, borderline)).abs() < 0.2,
        "{counts:?}"
    );
}
