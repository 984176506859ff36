//! The grid as Markdown, to be pasted into a document.

use crate::grid::page::{FIGURES, Page};
use crate::markdown::{heading, list, plain, table};

pub(super) fn document(page: &Page<'_>) -> String {
    let mut out =
        format!("# {}\n\n**{}**\n\n{}\n\n", plain(page.report.title), plain(&page.preferred), page.about);
    table(
        &mut out,
        &["", ""],
        page.facts.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]),
    );
    heading(&mut out, "Points");
    let header: Vec<&str> = [""]
        .into_iter()
        .chain(page.varied.iter().copied())
        .chain(FIGURES)
        .chain(["", "worst attack"])
        .collect();
    let rows = page.rows.iter().map(|row| {
        let mut cells = vec![row.number.clone()];
        cells.extend(row.settings.iter().cloned());
        cells.extend(row.figures.iter().cloned());
        cells.extend([row.mark.to_owned(), row.worst.clone()]);
        cells
    });
    table(&mut out, &header, rows);
    if !page.refused.is_empty() {
        heading(&mut out, "Points that do not work for these people");
        list(&mut out, &page.refused);
    }
    out.push_str(&format!("\n{}\n\nMade by {}\n", page.about_contents, plain(page.report.generated_by)));
    out
}
