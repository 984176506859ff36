//! `mizuhiki evaluate accuracy`.

use std::io::Write as _;

use anyhow::Context as _;
use mizuhiki_columnar::Source;
use mizuhiki_evaluate::{GroupColumns, LinkEvaluationJob, accuracy_page, evaluate_links};
use mizuhiki_files::{Access, Target, WriteFile};

use crate::args::evaluate::EvaluateLinks;
use crate::commands::common::keep_inputs;
use crate::commands::describe_accuracy::describe_links;
use crate::say::{Say, UsageError};

pub(super) fn run(arguments: &EvaluateLinks, say: &Say) -> anyhow::Result<()> {
    let people = [&arguments.left, &arguments.right].into_iter().flatten();
    let inputs: Vec<&str> =
        [&arguments.links, &arguments.truth].into_iter().chain(people).map(String::as_str).collect();
    if inputs.iter().filter(|input| **input == "-").count() > 1 {
        return Err(
            UsageError("standard input cannot be two tables; name files for the others".to_owned()).into()
        );
    }
    if arguments.unordered && arguments.left.is_some() && arguments.right.is_some() {
        let problem =
            "--unordered is for links within one file; name its people with --left and omit --right";
        return Err(UsageError(problem.to_owned()).into());
    }
    let report = arguments.report.as_ref().map(|path| path.display().to_string());
    report.iter().try_for_each(|report| keep_inputs(report, &inputs))?;
    let source = |argument: &String| Source::from_argument(argument);
    let judged = evaluate_links(&LinkEvaluationJob {
        links: source(&arguments.links),
        truth: source(&arguments.truth),
        unordered: arguments.unordered,
        left: arguments.left.as_ref().map(source),
        right: arguments.right.as_ref().map(source),
        columns: GroupColumns {
            id: arguments.id_column.clone(),
            by: arguments.by.clone(),
            household: arguments.household.clone(),
            names: arguments.names.clone(),
            birth_date: arguments.birth_date.clone(),
        },
        worst: arguments.worst as usize,
    })?;
    let with_borderline = &judged.table.with_borderline;
    if with_borderline.found > 0 && with_borderline.correct == 0 {
        say.warn("no link is in the ground truth: do both use the same record ids (encode with --keep-ids)?");
    }
    if let Some(report) = &arguments.report {
        let page = accuracy_page(&judged, &arguments.links, &arguments.truth)?;
        let mut file = WriteFile::create(&Target::Path(report.clone()), Access::Shared)?;
        file.write_all(page.as_bytes()).with_context(|| format!("{}: cannot write", report.display()))?;
        file.commit()?;
    }
    say.result(&judged, &describe_links(&judged), false);
    Ok(())
}
