//! The grid in the form that pages show.

use mizuhiki_report::{GridReport, GridRow, GridRowFigures, ReportError, render_grid, render_grid_markdown};

use crate::attack::Tier;
use crate::grid::point::{GridOutcome, GridPoint};
use crate::grid::result::GridResult;
use crate::scenario::ScenarioData;

/// The grid as one HTML document.
///
/// # Errors
/// [`ReportError`] if the page cannot be rendered, a defect.
pub fn grid_page(result: &GridResult) -> Result<String, ReportError> {
    render_grid(&report(result))
}

/// The same as Markdown.
#[must_use]
pub fn grid_markdown(result: &GridResult) -> String {
    render_grid_markdown(&report(result))
}

fn report(result: &GridResult) -> GridReport {
    let origin = match &result.grid.benchmark.data {
        ScenarioData::Synth { locale, people, seed, left, right, .. } => {
            format!(
                "{people} synthetic people of locale {locale}, seed {seed}, as {left} and {right} record them"
            )
        }
        ScenarioData::Files { left, right, .. } => {
            format!("{left} and {}", right.as_deref().unwrap_or_default())
        }
    };
    let tier = result.grid.attacks.map(|tier| match tier {
        Tier::Quick => "quick",
        Tier::Standard => "standard",
        Tier::Deep => "deep",
    });
    GridReport {
        name: result.grid.benchmark.name.clone(),
        generated_by: result.generator.clone(),
        digest: result.grid_sha256.clone(),
        origin,
        tier: tier.map(str::to_owned),
        seed: result.grid.seed,
        rows: result.points.iter().map(|point| row(point, &result.choice.efficient)).collect(),
        preferred: result.choice.preferred,
        reason: result.choice.reason.clone(),
    }
}

fn row(point: &GridPoint, efficient: &[usize]) -> GridRow {
    let of = &point.settings;
    let views = format!("{} ({})", of.views, of.view_count);
    let figures = match &point.outcome {
        GridOutcome::Refused { reason } => Err(reason.clone()),
        GridOutcome::Measured { accuracy, cost, leakage } => Ok(GridRowFigures {
            precision: accuracy.precision,
            recall: accuracy.recall,
            f1: accuracy.f1,
            best_f1: accuracy.best_f1,
            bytes_per_record: cost.bytes_per_record,
            encode_seconds: cost.encode_seconds,
            link_seconds: cost.link_seconds,
            index: leakage.as_ref().map(|leakage| leakage.index),
            beyond: leakage.as_ref().map_or(0, |leakage| leakage.beyond),
            unproven: leakage.as_ref().map_or(0, |leakage| leakage.unproven),
            worst: leakage.as_ref().map_or_else(String::new, |leakage| leakage.worst.clone()),
            shared: leakage.as_ref().and_then(|leakage| leakage.shared),
        }),
    };
    GridRow {
        number: point.number,
        settings: [
            of.profile.clone(),
            views,
            of.positions.to_string(),
            of.per_view.to_string(),
            of.bits.to_string(),
            of.fill.to_string(),
            of.alternatives.to_string(),
            of.per_record.to_string(),
        ],
        efficient: efficient.contains(&point.number),
        figures,
    }
}
