//! The `mizuhiki` command: every role's work, file in, file out.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod progress;
mod say;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::command::Arguments;
use crate::say::Say;

fn main() -> ExitCode {
    silence_panics();
    let removed = ctrlc::set_handler(|| {
        // On the first interrupt, a search saves its results; a second one ends the program at once.
        if mizuhiki_linkage_unit::ask_to_stop() {
            return;
        }
        let _stopped = mizuhiki_files::remove_unfinished();
        std::process::exit(130);
    });
    let arguments = Arguments::parse();
    let say = Say::new(arguments.json);
    if removed.is_err() {
        say.warn("interrupts cannot be caught: an interrupted run may leave a .mizuhiki-*.tmp file");
    }
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| commands::run(arguments, &say)));
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => say.fail(&error),
        Err(_) => say.fail(&anyhow::anyhow!(
            "internal error, a defect of mizuhiki: outputs that were not complete are removed. Please report the \
             command, without data"
        )),
    }
}

/// A panic's message may contain data, so it is not printed.
fn silence_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
