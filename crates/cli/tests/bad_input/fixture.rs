//! Valid files that the cases break.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

const SCHEMA: &str = include_str!("../../../../protocols/schema/examples/people-five-fields.json");

const PEOPLE: &str = "\
rec_id,given_name,surname,date_of_birth,suburb,postcode
r1,Ada,Byron,18151210,London,1815
r2,Grace,Hopper,19061209,New York,1906
r3,Mary,Somerville,17801226,Jedburgh,1780
";

const AUDIT: &str = include_str!("../../../../protocols/schema/examples/audit-people-en.json");

const LINKS: &str = "handle,record,batch\nh1,r1,b1\nh2,r2,b1\nh3,r3,b1\n";

const CLK: &str = r#"{"version":3,"clkConfig":{"l":1024,"kdf":{"type":"HKDF"}},"features":[
{"identifier":"name","format":{"type":"string"},"hashing":{"comparison":{"type":"ngram","n":2},"strategy":{"bitsPerToken":10}}},
{"identifier":"born","format":{"type":"date","format":"%Y-%m-%d"},"hashing":{"comparison":{"type":"exact"},"strategy":{"bitsPerToken":10}}}]}"#;

/// The example schema for names in kanji.
pub(crate) const JA_SCHEMA: &str = include_str!("../../../../protocols/schema/examples/people-ja-kanji.json");

/// Values of which one is in Shift_JIS.
const MIXED_BATCH: &[u8] =
    b"kind\ta\tb\nkanji\t\xE9\xAB\x98\xE6\xA9\x8B\t\nkanji\t\x8D\x82\x8B\xB4\t\xE9\xAB\x98\xE6\xA9\x8B\n";

/// A folder of valid files, copied for every case.
pub(crate) struct Fixture {
    folder: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("people.csv", PEOPLE.as_bytes());
        write("schema.json", SCHEMA.as_bytes());
        write("linkage.key", &[7; 32]);
        write("other.key", &[8; 32]);
        write("clk.json", CLK.as_bytes());
        write("secret.txt", b"horse");
        write("ja.json", JA_SCHEMA.as_bytes());
        write("ja.csv", &mixed_people());
        write("batch.tsv", MIXED_BATCH);
        for key in ["linkage.key", "other.key", "secret.txt"] {
            protect(&folder.path().join(key));
        }
        let encode = |arguments: &str| {
            let (code, stderr) = run(folder.path(), arguments);
            assert_eq!(code, Some(0), "{arguments}: {stderr}");
        };
        for format in ["parquet", "arrow", "csv"] {
            for side in ["left", "right"] {
                encode(&format!(
                    "encode people.csv --schema schema.json --key linkage.key -o {side}.{format} --custodian {side} --keep-ids"
                ));
            }
        }
        encode(
            "encode people.csv --schema schema.json --key other.key -o otherkey.parquet --custodian right --keep-ids",
        );
        write("audit.json", AUDIT.as_bytes());
        write("links.csv", LINKS.as_bytes());
        let pairs =
            [("left", "left", "linkage"), ("right", "right", "linkage"), ("otherkey", "right", "other")];
        for (side, of, key) in pairs {
            encode(&format!(
                "encode people.csv --for audit --side {of} --run test --schema audit.json --key {key}.key --links links.csv --handle-column handle --link-column record --id-column rec_id --label batch --custodian {side} -o {side}.pairs.arrow"
            ));
        }
        let (code, stderr) = run(
            folder.path(),
            "audit --left left.pairs.arrow --right right.pairs.arrow --all --review 2 -o findings.csv",
        );
        assert_eq!(code, Some(0), "{stderr}");
        Self { folder }
    }

    pub(crate) fn fresh(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        copy
    }
}

/// Japanese people in UTF-8, with one row in Shift_JIS.
fn mixed_people() -> Vec<u8> {
    let (utf8, shift_jis) =
        ("r1,高橋　太郎,S60.4.1,男,東京都千代田区一番町１\n", b"\x8D\x82\x8B\xB4\x81\x40\x89\xD4");
    let mut rows = b"record_id,name_kanji,birth_date,sex,address\n".to_vec();
    rows.extend_from_slice(utf8.as_bytes());
    rows.extend_from_slice(&[b"r2,".as_slice(), shift_jis, b",S61.5.2,2,\n"].concat());
    rows.extend_from_slice("r3,鈴木　花子,S62.6.3,2,東京都千代田区二番町２\n".as_bytes());
    rows
}

fn protect(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Runs the command in `folder`; returns exit code and standard error.
pub(crate) fn run(folder: &Path, arguments: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Runs shell commands in `folder`, with `mizuhiki` on their path.
pub(crate) fn shell(folder: &Path, script: &str) {
    let binary = Path::new(env!("CARGO_BIN_EXE_mizuhiki")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    // `yes | head` ends by a signal.
    let output = Command::new("bash")
        .args(["-euc", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}
