//! Attacks as text, at most 100 columns wide.

use mizuhiki_evaluate::{AttackFinding, Attacker, Goal, Measured, PrivacyResult, Verdict};

use crate::progress::grouped;

const COLUMNS: usize = 100;
/// Width of the columns of numbers and of verdicts.
const NUMBER: usize = 9;
const VERDICT: usize = 14;
/// What is left for attacks and settings.
const NAME: usize = COLUMNS - VERDICT - 4 * NUMBER - 2;

pub(super) fn describe_attacks(result: &PrivacyResult) -> String {
    let partner = result.partner_people.map_or_else(String::new, |people| {
        format!("; {} in the other file, {} in both", grouped(people as u64), grouped(result.linked as u64))
    });
    let mut text = wrapped(&format!(
        "{} ({}), {} people{partner}; seed {}",
        result.schema,
        result.profile,
        grouped(result.people as u64),
        result.seed
    ));
    for findings in result.findings.chunk_by(|a, b| a.attacker == b.attacker) {
        if let Some(first) = findings.first() {
            describe_attacker(first.attacker, findings, &mut text);
        }
    }
    text.push('\n');
    if !result.left_out.is_empty() {
        text.push_str(&wrapped(&format!("left out: {}", result.left_out.join("; "))));
    }
    text.push_str(&wrapped(&format!("not tried: {}", result.not_tried.join("; "))));
    text.push_str(&wrapped(&format!(
        "whoever has the linkage key tries {} people per second per thread of this machine",
        grouped(result.tries_per_second as u64)
    )));
    text.push_str(&wrapped(&verdict(result)));
    text
}

fn describe_attacker(attacker: Attacker, findings: &[AttackFinding], text: &mut String) {
    text.push('\n');
    text.push_str(&wrapped(&format!("attacker: {}", attacker.has())));
    text.push_str(&format!(
        "  {:<VERDICT$}{:<NAME$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}\n",
        "verdict", "attack: setting", "found", "chance", "limit", "control"
    ));
    for of_attack in findings.chunk_by(|a, b| a.attack == b.attack) {
        let several = of_attack.len() > 1;
        if several {
            let name = of_attack.first().map_or("", |finding| finding.attack);
            text.push_str(&format!("  {:<VERDICT$}{name}:\n", ""));
        }
        of_attack.iter().for_each(|finding| text.push_str(&line(finding, several)));
    }
}

/// A finding; a long name goes on in further lines.
fn line(finding: &AttackFinding, one_of_several: bool) -> String {
    let result = finding.result.as_ref();
    let name = match (result, one_of_several) {
        (Some(result), true) => format!("  {}", result.setting),
        (Some(result), false) if result.setting == finding.attack => result.setting.clone(),
        (Some(result), false) => format!("{}: {}", finding.attack, result.setting),
        (None, _) => finding.attack.to_owned(),
    };
    let text = |value: Option<f64>| match (result, value) {
        (Some(result), Some(value)) => in_unit_of(result, value),
        _ => "–".to_owned(),
    };
    let control = finding.control.as_ref().filter(|_| finding.verdict != Verdict::Disclosed);
    let control = control.map_or_else(|| "–".to_owned(), |control| in_unit_of(control, control.found.value));
    let mut pieces = pieces(&name, NAME - 1).into_iter();
    let mut line = format!(
        "  {:<VERDICT$}{:<NAME$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}\n",
        finding.verdict.word(),
        pieces.next().unwrap_or_default(),
        text(result.map(|result| result.found.value)),
        text(result.map(|result| result.chance)),
        text(finding.limit),
        control
    );
    pieces.for_each(|piece| line.push_str(&format!("  {:<VERDICT$}  {piece}\n", "")));
    line
}

/// A share in percent, or the size of a correlation.
fn in_unit_of(measured: &Measured, value: f64) -> String {
    let percent = 100.0 * value;
    if measured.goal == Goal::Correlation {
        format!("{value:.3}")
    } else if percent == 0.0 || percent == 100.0 {
        format!("{percent:.0} %")
    } else if percent >= 9.995 {
        format!("{:.1} %", percent.min(99.9))
    } else if percent >= 0.0005 {
        format!("{percent:.3} %")
    } else {
        "< 0.001 %".to_owned()
    }
}

fn verdict(result: &PrivacyResult) -> String {
    let number = |verdict| result.findings.iter().filter(|finding| finding.verdict == verdict).count();
    let beyond = match number(Verdict::Exceeds) {
        0 => "no result is beyond the limits".to_owned(),
        1 => "1 result is beyond the limits".to_owned(),
        count => format!("{count} results are beyond the limits"),
    };
    match number(Verdict::Unproven) {
        0 => beyond,
        count => format!("{beyond}; {count} unproven, because the attack failed on its control, too"),
    }
}

/// Text in lines of the full width, the second and further ones indented.
fn wrapped(text: &str) -> String {
    let lines = pieces(text, COLUMNS - 2);
    format!("{}\n", lines.join("\n  "))
}

/// Text cut between words; a word that is too long stays whole.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let indent: String = text.chars().take_while(|letter| *letter == ' ').collect();
    let mut lines = vec![indent.clone()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if line.trim().is_empty() => line.push_str(word),
            Some(line) if last + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(pieces("one two three", 7), ["one two", "three"]);
        assert_eq!(pieces("  one two three", 7), ["  one", "  two", "  three"]);
        assert_eq!(pieces("unbreakable", 4), ["unbreakable"]);
        assert_eq!(pieces("", 4), [""]);
    }
}
