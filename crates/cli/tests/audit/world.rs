//! Synthetic people in a folder, and commands run there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A row by its columns.
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) struct World {
    folder: TempDir,
}

impl World {
    /// Generates people with the given rates.
    pub(crate) fn new(people: u32, seed: u64, rates: &str) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(world.path("rates.csv"), rates).unwrap();
        world.run(&format!("synth people --people {people} --seed {seed} --rates rates.csv -o ."));
        std::fs::write(world.path("linkage.key"), [7; 32]).unwrap();
        world
    }

    /// Generates people outside Japan, without links.
    pub(crate) fn abroad(people: u32, seed: u64) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        world.run(&format!("synth people --locale en-Latn --people {people} --seed {seed} -o ."));
        std::fs::write(world.path("linkage.key"), [7; 32]).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command, which must succeed; returns its output.
    pub(crate) fn run(&self, command: &str) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
            .args(command.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Path of an example schema.
    pub(crate) fn schema(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocols/schema/examples");
        folder.join(format!("{name}.json")).display().to_string()
    }

    pub(crate) fn encode_command(&self, people: &str, schema: &str, ids: &str, output: &str) -> String {
        let links = if output.contains("bank") { "bank" } else { "insurer" };
        format!(
            "encode {people}.csv --for audit --schema {} --key linkage.key --links links-{links}-registry.csv \
             --handle-column handle --link-column {ids} --label batch -o {output}",
            Self::schema(schema)
        )
    }

    /// Pair tokens of both sides of a holder's links.
    pub(crate) fn encode(&self, holder: &str, schema: &str, options: &[&str]) -> (String, String) {
        self.encode_with(holder, schema, &options.join(" "), "--number-column number")
    }

    /// As [`World::encode`], with options for the registry only.
    pub(crate) fn encode_with(
        &self,
        holder: &str,
        schema: &str,
        options: &str,
        of_registry: &str,
    ) -> (String, String) {
        let (left, right) = (format!("{holder}.pairs.arrow"), format!("{holder}-registry.pairs.arrow"));
        for (people, ids, output, own) in
            [(holder, "left_id", &left, ""), ("registry", "right_id", &right, of_registry)]
        {
            let command = self.encode_command(people, schema, ids, output);
            self.run(&format!("{command} {own} {options}"));
        }
        (left, right)
    }

    /// Audits into `findings.csv`; returns the summary.
    pub(crate) fn audit(&self, left: &str, right: &str, options: &[&str]) -> serde_json::Value {
        let command =
            format!("--json audit --left {left} --right {right} -o findings.csv {}", options.join(" "));
        serde_json::from_str(&self.run(&command)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn table(&self, name: &str) -> Vec<Row> {
        rows(&self.text(name))
    }

    /// Changes every row of a table.
    pub(crate) fn edit(&self, name: &str, mut change: impl FnMut(&mut Row)) {
        self.rewrite(name, |rows| rows.iter_mut().for_each(&mut change));
    }

    pub(crate) fn reverse_rows(&self, name: &str) {
        self.rewrite(name, |rows| rows.reverse());
    }

    pub(crate) fn drop_rows(&self, name: &str, from: usize, to: usize) {
        self.rewrite(name, |rows| {
            rows.drain(from..to);
        });
    }

    fn rewrite(&self, name: &str, change: impl FnOnce(&mut Vec<Row>)) {
        let text = self.text(name);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let mut rows = rows(&text);
        change(&mut rows);
        let mut writer = csv::Writer::from_path(self.path(name)).unwrap();
        writer.write_record(&header).unwrap();
        for row in rows {
            writer.write_record(header.iter().map(|column| row[column].as_str())).unwrap();
        }
        writer.flush().unwrap();
    }
}

pub(crate) fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}
