//! Files of sealed symbols on the command line: killed and resumed, in any order of rows, three files and
//! one, and all their possible faults.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

const SCHEMA: &str = include_str!("../../../protocols/schema/examples/people-five-fields.json");
const HEADER: &str = "rec_id,given_name,surname,date_of_birth,suburb,postcode\n";

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

fn json(folder: &Path, arguments: &str) -> serde_json::Value {
    serde_json::from_slice(&run(folder, &format!("--json {arguments}")).stdout).unwrap()
}

fn error(folder: &Path, arguments: &str) -> String {
    let output = command(folder, arguments).output().unwrap();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{arguments}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn begin(folder: &Path) {
    fs::write(folder.join("schema.json"), SCHEMA).unwrap();
    fs::write(folder.join("key"), [7; 32]).unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// Synthetic people of three custodians, encoded as `.arrow`.
fn people(folder: &Path, count: u32) {
    begin(folder);
    run(folder, &format!("synth people --locale en-Latn --people {count} --seed 11 -o ."));
    for holder in ["hospital", "insurer", "registry"] {
        encode(folder, holder, &format!("{holder}.arrow"), "--run test");
    }
}

fn encode(folder: &Path, holder: &str, output: &str, more: &str) -> serde_json::Value {
    let input = format!("{holder}.csv --schema schema.json --key key --keep-ids --custodian {holder}");
    json(folder, &format!("encode {input} -o {output} {more}"))
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).unwrap()
}

fn runs(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder.join("out.csv.work")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|name| name == "run")).collect()
}

/// Waits until a search has written a checkpoint.
fn wait_for_checkpoint(folder: &Path, searching: &mut Child) {
    let begun = Instant::now();
    while runs(folder).is_empty() && searching.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(300), "no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn links_depend_on_the_symbols_alone_and_a_killed_run_continues() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    // Enough for several units of work.
    people(folder, 20_000);
    let files = "link hospital.arrow registry.arrow";
    let summary = json(folder, &format!("{files} -o two.csv --threads 2"));
    let (least, recall) = (&summary["least_common"], &summary["search_recall"]);
    assert!(least.as_u64().unwrap() >= 1 && recall["sampled_pairs"].as_u64().unwrap() > 50, "{summary}");
    assert_eq!(
        recall["sampled_pairs"], recall["found_pairs"],
        "the join finds all that a look at every symbol finds"
    );
    run(folder, &format!("{files} -o one.csv --threads 1 --memory 40M"));
    let two = read(folder, "two.csv");
    assert_eq!(two, read(folder, "one.csv"), "threads and memory");

    let mut killed = command(folder, &format!("{files} -o out.csv --threads 1 --memory 40M --checkpoint 0"))
        .spawn()
        .unwrap();
    wait_for_checkpoint(folder, &mut killed);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!folder.join("out.csv").exists(), "no partial file is written");
    assert!(!runs(folder).is_empty(), "the run was too quick to be killed");
    let unasked = error(folder, &format!("{files} -o out.csv"));
    assert!(unasked.contains("holds an unfinished run") && unasked.contains("--resume"), "{unasked}");
    let other = error(folder, "link insurer.arrow registry.arrow -o out.csv --resume");
    assert!(other.contains("belongs to other files or settings"), "{other}");
    let resumed = run(folder, &format!("{files} -o out.csv --resume"));
    assert!(String::from_utf8_lossy(&resumed.stderr).contains("continued after"));
    assert_eq!(two, read(folder, "out.csv"));
    assert!(!folder.join("out.csv.work").exists(), "checkpoints are removed once the links are written");

    // An interrupt also keeps the results so far.
    #[cfg(unix)]
    {
        let mut stopped =
            command(folder, &format!("{files} -o out.csv --threads 1 --memory 40M --checkpoint 0"))
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
        fs::remove_file(folder.join("out.csv")).unwrap();
        wait_for_checkpoint(folder, &mut stopped);
        Command::new("kill").args(["-INT", &stopped.id().to_string()]).status().unwrap();
        let stopped = stopped.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&stopped.stderr);
        assert!(said.contains("interrupted; results so far are kept in out.csv.work"), "{said}");
        run(folder, &format!("{files} -o out.csv --resume"));
        assert_eq!(two, read(folder, "out.csv"));
    }
    let explained = json(folder, &format!("{files} --explain --memory 40M"));
    assert!(explained["symbols"].as_u64().unwrap() > 1 << 22 && explained["readings"].as_u64().unwrap() >= 3);
}

#[test]
fn rows_and_formats_do_not_matter_and_candidates_can_be_taken_from_a_file() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 3_000);
    run(
        folder,
        "link hospital.arrow insurer.arrow -o a.csv --write-candidates pairs.bin --report report.html",
    );
    assert!(fs::read_to_string(folder.join("report.html")).unwrap().contains("common symbols"));
    let expected = read(folder, "a.csv");
    for (left, right) in [("h.parquet", "i.csv"), ("h.tsv", "i.parquet"), ("h.csv", "i.tsv")] {
        // Encoding again shuffles differently, and pads with other random symbols.
        encode(folder, "hospital", left, "--run test");
        let right = right.replace("i.csv", "i2.csv");
        encode(folder, "insurer", &right, "--run test");
        run(folder, &format!("link {left} {right} -o b.csv"));
        assert_eq!(expected, read(folder, "b.csv"), "{left} {right}");
    }
    run(folder, "link hospital.arrow insurer.arrow -o c.csv --candidates pairs.bin");
    assert_eq!(expected, read(folder, "c.csv"));
    // A pipe is read like a file.
    let piped =
        format!("cat hospital.arrow | {} link - insurer.arrow -o d.csv", env!("CARGO_BIN_EXE_mizuhiki"));
    assert!(Command::new("bash").args(["-c", &piped]).current_dir(folder).status().unwrap().success());
    assert_eq!(expected, read(folder, "d.csv"));
}

#[test]
fn three_files_become_clusters_and_one_is_deduplicated_in_a_run_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 2_000);
    run(folder, "link hospital.arrow insurer.arrow registry.arrow -o clusters.csv --threads 1");
    run(folder, "link hospital.arrow insurer.arrow registry.arrow -o again.csv --threads 2");
    assert_eq!(read(folder, "clusters.csv"), read(folder, "again.csv"));
    let text = fs::read_to_string(folder.join("clusters.csv")).unwrap();
    let truth: BTreeSet<String> = fs::read_to_string(folder.join("truth-hospital-registry.csv"))
        .unwrap()
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    let cluster = |custodian: &str| -> std::collections::BTreeMap<&str, &str> {
        let cells = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        cells.filter(|cells| cells[1] == custodian).map(|cells| (cells[0], cells[2])).collect()
    };
    let (left, right) = (cluster("hospital"), cluster("registry"));
    let both: Vec<String> =
        left.iter().filter_map(|(name, id)| Some(format!("{id},{}", right.get(name)?))).collect();
    let true_pairs = both.iter().filter(|pair| truth.contains(*pair)).count();
    assert!(
        true_pairs * 100 > both.len() * 97 && true_pairs * 100 > truth.len() * 80,
        "{true_pairs} of {}",
        both.len()
    );

    // A file with every thirtieth record twice, under another id.
    let people = fs::read_to_string(folder.join("hospital.csv")).unwrap();
    let twice = people.lines().skip(1).step_by(30).map(|line| format!("X{line}\n"));
    let copies = twice.clone().count();
    let doubled: String = people.lines().map(|line| format!("{line}\n")).chain(twice).collect();
    fs::write(folder.join("doubled.csv"), doubled).unwrap();
    let linkable = encode(folder, "doubled", "linkable.arrow", "--run test");
    assert!(linkable["symbols"]["suppressed"].as_u64().unwrap() > 0, "{linkable}");
    let refused = error(folder, "dedupe linkable.arrow -o duplicates.csv");
    assert!(refused.contains("encode the records again with --for dedupe"), "{refused}");
    let own = encode(folder, "doubled", "own.arrow", "--for dedupe");
    assert_eq!(own["symbols"]["suppressed"], 0);
    run(folder, "dedupe own.arrow -o duplicates.csv");
    let text = fs::read_to_string(folder.join("duplicates.csv")).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(",X")).count(), copies, "each copy is in a cluster");
    let refused = error(folder, "link own.arrow registry.arrow -o links.csv");
    assert!(refused.contains("cannot be compared with any other file"), "{refused}");
}

#[test]
fn views_for_linkage_alone_are_left_out_where_duplicates_are_looked_for() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    begin(folder);
    let rows = "a,maria,fuller,19630206,newtown,2042\nb,maria,fuller,19630206,newtown,2042\n\
                c,maria,fuller,20010419,newtown,2042\nd,oskar,winter,19771130,harcourt,3453\n";
    fs::write(folder.join("people.csv"), format!("{HEADER}{rows}")).unwrap();
    let pairs = |name: &str, schema: &str| {
        fs::write(folder.join("schema.json"), schema).unwrap();
        encode(folder, "people", name, "--for dedupe");
        run(
            folder,
            &format!("link {name} {name} -o links.csv --assign many --accept 0.01 --borderline 0.01"),
        );
        let text = fs::read_to_string(folder.join("links.csv")).unwrap();
        let cells = text.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(","));
        cells.collect::<Vec<String>>()
    };
    // The view without the date of birth finds two namesakes in one place.
    let all = pairs("all.arrow", SCHEMA);
    assert_eq!(all.first().map(String::as_str), Some("a,b,1.000000"));
    assert_eq!(all.len(), 3, "{all:?}");
    let mut schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let view = &mut schema["views"].as_array_mut().unwrap()[3];
    assert_eq!(view["name"], "without-date_of_birth");
    view["linkOnly"] = true.into();
    assert_eq!(pairs("fewer.arrow", &schema.to_string()), ["a,b,1.000000"]);
}

#[test]
fn files_of_other_runs_and_of_the_broken_profile_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 300);
    encode(folder, "insurer", "other.arrow", "--run another");
    let said = error(folder, "link hospital.arrow other.arrow -o links.csv");
    assert!(said.contains("made for different runs") && said.contains("\"another\""), "{said}");
    let unnamed =
        run(folder, "encode insurer.csv --schema schema.json --key key --keep-ids -o unnamed.arrow");
    assert!(String::from_utf8_lossy(&unnamed.stderr).contains("no --run name"));
    for flag in ["--exact", "--blocks"] {
        let said = error(folder, &format!("link hospital.arrow insurer.arrow -o links.csv {flag}"));
        assert!(said.contains(flag) && said.contains("which finds every pair"), "{said}");
    }
    // A file of the previous release: its metadata and a row in its format.
    let old = SCHEMA.replace("\"version\": 2", "\"version\": 1");
    let meta = serde_json::json!({
        "version": 1, "schema_digest": "0".repeat(64), "key_id": "0".repeat(16), "custodian": "h",
        "profile": "hardened", "epoch": 1, "schema": old,
    });
    fs::write(folder.join("old.csv"), format!("#mizuhiki-tokens {meta}\nrecord_id,whole\n1,AAAA\n#end 1\n"))
        .unwrap();
    let said = error(folder, "link old.csv insurer.arrow -o links.csv");
    assert!(said.contains("made before sealed symbols") && said.contains("CHANGELOG.md"), "{said}");
    fs::write(folder.join("old.json"), &old).unwrap();
    let said = error(folder, "schema check old.json");
    assert!(said.contains("$.version") && said.contains("linear diffusion, which is broken"), "{said}");
}

#[test]
fn awkward_files_are_linked_or_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 1_500);
    let write = |name: &str, rows: String| fs::write(folder.join(name), format!("{HEADER}{rows}")).unwrap();
    // All records are equal: nothing is left to compare, and the command says so.
    write("alike.csv", (0..400).map(|row| format!("a{row},Ada,Byron,18151210,London,1815\n")).collect());
    let alike = encode(folder, "alike", "alike.arrow", "--run test");
    assert_eq!(alike["symbols"]["records_empty"], 400);
    run(folder, "link alike.arrow registry.arrow -o none.csv");
    assert_eq!(fs::read_to_string(folder.join("none.csv")).unwrap().lines().count(), 1);
    // Within a file, too many records share its symbols; the command says so and terminates.
    encode(folder, "alike", "own.arrow", "--for dedupe");
    let heavy = run(folder, "dedupe own.arrow -o heavy.csv");
    assert!(String::from_utf8_lossy(&heavy.stderr).contains("more than 256 records"), "{heavy:?}");
    // Enough records to exceed the schema's limit on repeated tokens.
    write("many.csv", (0..2_000).map(|row| format!("a{row},Ada,Byron,18151210,London,1815\n")).collect());
    let said =
        error(folder, "encode many.csv --schema schema.json --key key --keep-ids --run test -o many.arrow");
    assert!(said.contains("maxRepeatedShare") || said.contains("share their token"), "{said}");
    // Files of one record and of no records.
    write("one.csv", "1,Ada,Byron,18151210,London,1815\n".to_owned());
    write("empty.csv", String::new());
    for name in ["one", "empty"] {
        encode(folder, name, &format!("{name}.arrow"), "--run test");
        run(folder, &format!("link {name}.arrow registry.arrow -o {name}-links.csv"));
    }
    run(folder, "link one.arrow empty.arrow -o nobody.csv");
    // A file that is truncated at any place is damaged.
    let whole = read(folder, "hospital.arrow");
    for cut in [whole.len() / 3, whole.len() - 1, 12, 0] {
        fs::write(folder.join("cut.arrow"), &whole[..cut]).unwrap();
        let said = error(folder, "link cut.arrow registry.arrow -o links.csv");
        assert!(said.contains("cut.arrow"), "{said}");
    }
    // Symbols out of order are not a valid token.
    encode(folder, "one", "one.tsv", "--run test");
    let text = fs::read_to_string(folder.join("one.tsv")).unwrap();
    let token = text.lines().nth(2).unwrap().split('\t').nth(1).unwrap();
    let bent = text.replace(token, &format!("////////////{}", &token[12..]));
    fs::write(folder.join("bent.tsv"), bent).unwrap();
    let said = error(folder, "link bent.tsv registry.arrow -o links.csv");
    assert!(
        said.contains("row 1, column \"symbols\"") && said.contains("not distinct and ascending"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_that_names_the_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 16_000);
    let binary = env!("CARGO_BIN_EXE_mizuhiki");
    let link = format!(
        "trap '' XFSZ; ulimit -f 8; {binary} link hospital.arrow insurer.arrow --checkpoint 0 --threads 1 -o out.csv"
    );
    let output = Command::new("bash").args(["-c", &link]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("out.csv.work") && said.contains("--work"), "{said}");
    assert!(!folder.join("out.csv").exists());
    // With free space again, the run is resumed.
    run(folder, "link hospital.arrow insurer.arrow -o out.csv --resume");
}
