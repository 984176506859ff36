//! The page as Markdown, to be pasted into a document.

use crate::markdown::{heading, list, plain, table};
use crate::privacy::page::{Attacker, Control, Page, Table};

pub(super) fn document(page: &Page<'_>) -> String {
    let mut out = format!("# {}\n\n", plain(page.report.title));
    let summary = &page.summary;
    out.push_str(&format!("**{}**\n", plain(&summary.result)));
    if !summary.beyond.is_empty() {
        out.push('\n');
        list(&mut out, &summary.beyond);
    }
    out.push_str(&format!("\n{}\n\n## What was tried\n\n{}\n\n", plain(&summary.rest), page.method));
    table(
        &mut out,
        &["", ""],
        page.facts.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]),
    );
    heading(&mut out, "Limits");
    let permitted = page.permitted.iter().map(|(goal, most)| vec![(*goal).to_owned(), (*most).to_owned()]);
    table(&mut out, &["An attack is after", "It may reach at most"], permitted);
    heading(&mut out, "What came out, by attacker");
    let verdicts = page.verdicts.iter().map(|(word, text)| vec![(*word).to_owned(), (*text).to_owned()]);
    table(&mut out, &["Verdict", "Meaning"], verdicts);
    page.attackers.iter().for_each(|section| attacker(&mut out, section));
    heading(&mut out, "What the controls show");
    out.push_str(&format!("{}\n\n", page.about_controls));
    let header = ["Attack", "Control", "Found", "Needed", "What it shows"];
    table(&mut out, &header, page.controls.iter().map(control));
    if !page.published.is_empty() {
        heading(&mut out, "Published figures");
        out.push_str(&format!("{}\n\n", page.about_published));
        let rows = page.published.iter().map(|row| row.map(str::to_owned).to_vec());
        table(&mut out, &["Attack", "Published", "Source"], rows);
    }
    heading(&mut out, "What was not tried");
    if !page.left_out.is_empty() {
        out.push_str("This tier leaves out:\n\n");
        list(&mut out, page.left_out);
        out.push('\n');
    }
    out.push_str("No tier tries:\n\n");
    list(&mut out, page.not_tried);
    out.push_str(&format!("\n{}\n\n{}\n\n", plain(&page.about_key), page.about_contents));
    out.push_str(&format!("Made by {}\n", plain(page.report.generated_by)));
    out
}

fn attacker(out: &mut String, section: &Attacker<'_>) {
    out.push_str(&format!("\n### {}\n\nHas {}.\n", plain(section.who), plain(section.has)));
    for Table { attack, rows } in &section.tables {
        match attack {
            Some(attack) => out.push_str(&format!("\n{}:\n\n", plain(attack))),
            None => out.push('\n'),
        }
        let first = if attack.is_some() { "Setting" } else { "Attack" };
        let header = [first, "Verdict", "Found", "95% interval", "Trials", "Chance", "Limit", "Control"];
        let cells = rows.iter().map(|row| {
            let name = if row.detail.is_empty() {
                row.name.to_owned()
            } else {
                format!("{}: {}", row.name, row.detail)
            };
            let rest = [&row.found, &row.range, &row.trials, &row.chance, &row.limit, &row.control];
            [name, row.verdict.to_owned()].into_iter().chain(rest.map(String::clone)).collect()
        });
        table(out, &header, cells);
    }
}

fn control(row: &Control<'_>) -> Vec<String> {
    vec![
        row.attack.to_owned(),
        row.setting.to_owned(),
        row.found.clone(),
        row.needs.clone(),
        row.shows.clone(),
    ]
}
