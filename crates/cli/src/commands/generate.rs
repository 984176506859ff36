//! `mizuhiki completions` and `mizuhiki man`: made from the command line's own definition.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use serde_json::json;

use crate::args::command::Arguments;
use crate::say::Say;

pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "mizuhiki", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script).context("standard output: cannot write")
}

pub(super) fn manual(folder: &Path, say: &Say) -> anyhow::Result<()> {
    let name = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("{name}: cannot create the folder"))?;
    clap_mangen::generate_to(Arguments::command(), folder)
        .with_context(|| format!("{name}: cannot write"))?;
    say.result(&json!({ "folder": name.to_string() }), &format!("wrote manual pages to {name}"), false);
    Ok(())
}
