//! No value of a person appears in any output: marker values pass through every command, in valid and broken
//! files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = include_str!("../../../protocols/schema/examples/people-five-fields.json");

/// Strings that occur nowhere else; each is part of a value.
const MARKERS: [&str; 7] =
    ["Zyxwana", "Qwortmeister", "19770717", "Vlimpton", "90807", "Kryptoname", "horsesecret"];

fn run(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap()
}

fn people(rows: &str) -> String {
    format!("rec_id,given_name,surname,date_of_birth,suburb,postcode\n{rows}")
}

/// Files whose rows contain markers: one valid, the others broken in different ways.
fn write_files(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("schema.json", SCHEMA.as_bytes());
    write("linkage.key", b"Kryptoname-0123456789abcdef01234");
    write("secret.txt", b"horsesecret");
    let row = |n: usize| format!("p{n},Zyxwana{n},Qwortmeister,19770717,Vlimpton,90807\n");
    let rows: String = (0..60).map(row).collect();
    write("good.csv", people(&rows).as_bytes());
    write("ragged.csv", people(&format!("{rows}p60,Zyxwana,Qwortmeister,19770717,Vlimpton\n")).as_bytes());
    write(
        "dates.csv",
        people(&format!("{rows}p60,Zyxwana,Qwortmeister,1977071799Zyxwana,Vlimpton,90807\n")).as_bytes(),
    );
    write(
        "nul.csv",
        people(&format!("{rows}p60,Zyx\0wana,Qwortmeister,19770717,Vlimpton,90807\n")).as_bytes(),
    );
    write(
        "bytes.csv",
        &[people(&rows).as_bytes(), b"p60,Zyxwana\xFF\xFE,Qwortmeister,19770717,Vlimpton,90807\n"].concat(),
    );
    write(
        "number.csv",
        people(&format!("{rows}p60,123456789018,Qwortmeister,19770717,Vlimpton,90807\n")).as_bytes(),
    );
    write(
        "repeated.csv",
        people(&format!("{rows}p1,Zyxwana,Qwortmeister,19770717,Vlimpton,90807\n")).as_bytes(),
    );
    write("headless.csv", rows.as_bytes());
    write(
        "quote.csv",
        people(&format!("{rows}\"p60,Zyxwana,Qwortmeister,19770717,Vlimpton,90807\n")).as_bytes(),
    );
    let batch = "\
kanji|Zyxwana Qwortmeister|Zyxwana|
date|19770717Zyxwana||
date|19770717|1977-07-17|Qwortmeister
Qwortmeister|Zyxwana||
address|Vlimpton 90807||
";
    let clk = r#"{"version":3,"clkConfig":{"l":1024,"kdf":{"type":"HKDF"}},"features":[
        {"identifier":"name","format":{"type":"string","case":"lower"},"hashing":{"comparison":{"type":"ngram","n":2},"strategy":{"bitsPerToken":10}}},
        {"identifier":"born","format":{"type":"date","format":"%Y-%m-%d"},"hashing":{"comparison":{"type":"exact"},"strategy":{"bitsPerToken":10}}}]}"#;
    write("clk.json", clk.as_bytes());
    write("batch.tsv", format!("kind\ta\tb\tcode_book\n{}", batch.replace('|', "\t")).as_bytes());
    write(
        "broken-batch.tsv",
        &[b"kind\ta\n".as_slice(), b"kanji\tZyxwana\x81\xFF\n", b"Qwortmeister\tZyxwana\n"].concat(),
    );
    write("clk.csv", b"name,born\nzyx,1977-07-17\nZyxwana,1977-07-17\n");
    write("clkdate.csv", b"name,born\nzyx,19770717\n");
}

fn check(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for marker in MARKERS {
        assert!(!text.contains(marker), "{what} shows {marker}");
    }
}

#[test]
fn no_output_shows_a_value_or_a_key() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    let mut commands: Vec<String> = Vec::new();
    let files = ["good", "ragged", "dates", "nul", "bytes", "number", "repeated", "quote"];
    for (file, json) in files.iter().flat_map(|file| [(file, ""), (file, "--json ")]) {
        for output in ["parquet", "csv", "arrow"] {
            commands.push(format!("{json}encode {file}.csv --schema schema.json --key linkage.key -o {file}.out.{output} --keep-ids"));
        }
        commands.push(format!("{json}encode {file}.csv --schema schema.json --key linkage.key -o {file}.map.parquet --id-map {file}.map.csv"));
    }
    for output in ["clk.out.json", "clk.out.parquet"] {
        commands.push(format!("encode clk.csv --schema clk.json --key secret.txt -o {output}"));
        commands.push(format!("encode clkdate.csv --schema clk.json --key secret.txt -o {output}"));
    }
    commands.extend(
        [
            "normalize --pack ja --batch batch.tsv -o batch.normal.tsv",
            "--json normalize --pack ja --batch batch.tsv -o batch.normal.tsv",
            "normalize --pack ja --batch broken-batch.tsv -o broken.normal.tsv",
            "normalize --pack ja --batch broken-batch.tsv -o broken.normal.tsv --mask-unreadable",
            "encode bytes.csv --schema schema.json --key linkage.key -o masked.out.csv --keep-ids --mask-unreadable",
            "schema init good.csv -o proposed.json",
            "schema init ragged.csv -o -",
            "schema check good.csv",
            "schema check linkage.key",
            "key fingerprint linkage.key",
            "key fingerprint good.csv",
            "encode good.csv --schema schema.json --key secret.txt -o x.parquet",
            "encode good.csv --for dedupe --schema schema.json --key linkage.key -o own.out.parquet --keep-ids",
            "link own.out.parquet own.out.parquet -o links.csv --report report.html",
            "link good.out.parquet good.out.parquet -o links2.csv",
            "link good.csv good.out.csv -o links2.csv",
            "link linkage.key good.out.csv -o links2.csv",
            "evaluate accuracy good.csv --truth good.csv",
            "evaluate accuracy links.csv --truth good.csv",
            "--json evaluate accuracy links.csv --truth links.csv --unordered",
            "evaluate accuracy links.csv --truth links.csv --unordered --left good.csv --names surname --birth-date date_of_birth --household suburb --report report-accuracy.html",
            "evaluate accuracy links.csv --truth links.csv --unordered --left good.csv --by given_name",
        ]
        .map(str::to_owned),
    );
    let mut failed = 0;
    for command in &commands {
        let output = run(folder.path(), command);
        failed += u32::from(!output.status.success());
        check(&format!("standard output of {command}"), &output.stdout);
        check(&format!("standard error of {command}"), &output.stderr);
    }
    assert!(failed > 40, "most of these inputs are broken, but only {failed} commands failed");
    assert!(folder.path().join("report.html").exists() && folder.path().join("good.out.csv").exists());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains(".out.")
            || name.starts_with("report")
            || name.starts_with("links")
            || name.starts_with("proposed")
        {
            check(&name, &fs::read(&path).unwrap());
        }
    }
}

/// Headers are not values; but a file without a header has values where headers should be. Its error may
/// contain column names at most.
#[test]
fn a_file_without_header_is_refused_by_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    let output =
        run(folder.path(), "encode headless.csv --schema schema.json --key linkage.key -o x.parquet");
    assert_eq!(output.status.code(), Some(1));
    check("standard error", &output.stderr);
}
