//! What names of the protocol mean in plain words.

/// A class, explained.
pub(super) struct ClassWords {
    pub(super) title: &'static str,
    pub(super) japanese: &'static str,
    pub(super) meaning: &'static str,
    pub(super) action: &'static str,
}

const fn words(
    title: &'static str,
    japanese: &'static str,
    meaning: &'static str,
    action: &'static str,
) -> ClassWords {
    ClassWords { title, japanese, meaning, action }
}

/// `None` for a class that is not known here.
pub(super) fn class(name: &str) -> Option<ClassWords> {
    Some(match name {
        "match" => words(
            "Same person",
            "同一人",
            "What was compared speaks for one person. At most the address differs.",
            "Nothing to do.",
        ),
        "entry_variant" => words(
            "Entry variant",
            "記載の違い",
            "One person. An entry differs in a way that a slip of the pen or a change explains, such as a new \
             family name.",
            "Keep the link. Put the entry right when there is an occasion.",
        ),
        "insufficient" => words(
            "Too little to tell",
            "情報不足",
            "Too little could be compared. The link is not found to be wrong, and not found to be right.",
            "Get the missing entries and compare again. Do not count these links as right.",
        ),
        "same_household_other" => words(
            "Other member of the household",
            "同一世帯の別人",
            "The records look like those of two people of one household, such as parent and child.",
            "Review. Often the number of a relative was written on a form.",
        ),
        "twin" => words(
            "Twin",
            "双子",
            "Family name, address and date of birth agree; the given name is another one.",
            "Review with care. Twins are easily taken for one person with a miswritten name.",
        ),
        "homonym" => words(
            "Namesake",
            "同名異人",
            "The name agrees, or what people are looked up by. The rest speaks for another person.",
            "Review first. A search probably returned a namesake.",
        ),
        "digit_typo" => words(
            "Mistyped number",
            "番号の誤入力",
            "A stranger. Another record has a number that is one slip away.",
            "Review first. Check the number against its source.",
        ),
        "prior_holder" => words(
            "Left from an earlier link",
            "以前の紐付けの残り",
            "A stranger. The right record is tied to someone else as well.",
            "Review first. If the other link is right, retire this one.",
        ),
        "block_shift" => words(
            "Shifted row",
            "行のずれ",
            "Part of a run of rows that were tied some places off, as after a slip in copy and paste.",
            "Put the whole run right at once. The runs are listed under shifted rows.",
        ),
        "unrelated" => words(
            "Stranger",
            "別人",
            "What was compared speaks for two people who have nothing to do with each other.",
            "Review first.",
        ),
        "right_only" => words(
            "Right side only",
            "右側のみ",
            "The handle is in the right file alone. Nothing was compared.",
            "Ask both sides why. These links count nowhere else.",
        ),
        "left_only" => words(
            "Left side only",
            "左側のみ",
            "The handle is in the left file alone. Nothing was compared.",
            "Ask both sides why. These links count nowhere else.",
        ),
        _ => return None,
    })
}

/// A hypothesis in words; its name if it is not known here.
pub(super) fn hypothesis(name: &str) -> &str {
    match name {
        "same" => "The same person",
        "other_family_name" => "The same person under another family name",
        "other_name" => "The same person under another name",
        "other_writing" => "The same person, the name written otherwise",
        "moved" => "The same person, who has moved",
        "moved_other_family_name" => "The same person, who has moved, under another family name",
        "household" => "Another member of the household, same family name",
        "household_other_name" => "Another member of the household, other family name",
        "twin" => "A twin",
        "homonym" => "Somebody who agrees in what people are looked up by",
        "namesake" => "A namesake",
        "unrelated" => "A stranger",
        other => other,
    }
}

/// A role in words; its name if it is not known here.
pub(super) fn role(name: &str) -> &str {
    match name {
        "family_name" => "family name",
        "given_name" => "given name",
        "full_name" => "full name",
        "family_reading" => "reading of the family name",
        "given_reading" => "reading of the given name",
        "birth_date" => "date of birth",
        other => other,
    }
}

/// An outcome (`protocols/05-audit.md` §2) in words; as it is if it is not one of the protocol's.
pub(super) fn outcome(outcome: &str, level: Option<&str>) -> String {
    let (name, arguments) = match outcome.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((name, arguments)) => (name, arguments.split(',').map(str::trim).collect()),
        None => (outcome, Vec::new()),
    };
    let at_level = level.map_or_else(String::new, |level| format!(" at level {level}"));
    match (name, arguments.as_slice()) {
        ("missing", []) => "not compared".to_owned(),
        ("agree", [_, alternative]) => {
            let alternative = match *alternative {
                "1" => ", an alternative value",
                "2" => ", a value further back",
                _ => "",
            };
            format!("agrees{at_level}{alternative}")
        }
        ("partial", [_]) => format!("agrees{at_level}, as far as it is given"),
        ("slip", ["day_month"]) => "day and month exchanged".to_owned(),
        ("slip", ["next_day"]) => "one day off".to_owned(),
        ("slip", ["exchanged"]) => "family and given name exchanged".to_owned(),
        ("wild", []) => "can be the same, has unknown characters".to_owned(),
        ("similar", ["3"]) => "much alike".to_owned(),
        ("similar", ["2"]) => "somewhat alike".to_owned(),
        ("similar", ["1"]) => "a little alike".to_owned(),
        ("different", []) => "differs".to_owned(),
        _ => outcome.to_owned(),
    }
}

/// Cuts a text to a width; characters from Hangul and kana on are taken to be twice as wide as others.
pub(super) fn shorten(text: &str, width: usize) -> String {
    let wide = |letter: char| if letter < '\u{1100}' { 1 } else { 2 };
    if text.chars().map(wide).sum::<usize>() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = width.saturating_sub(1);
    for letter in text.chars() {
        if wide(letter) > left {
            break;
        }
        left -= wide(letter);
        short.push(letter);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_said_in_words() {
        assert_eq!(outcome("agree(0,0)", None), "agrees");
        assert_eq!(outcome("agree(1,2)", Some("itaiji")), "agrees at level itaiji, a value further back");
        assert_eq!(outcome("partial(1)", Some("block")), "agrees at level block, as far as it is given");
        assert_eq!(outcome("slip(day_month)", None), "day and month exchanged");
        assert_eq!(outcome("similar(1)", None), "a little alike");
        for unknown in ["shared on the right", "agree(1)", "slip(", "odd)", ""] {
            assert_eq!(outcome(unknown, Some("eq")), unknown);
        }
    }

    #[test]
    fn every_class_is_explained_in_both_languages() {
        let classes = [
            ("match", "同一人"),
            ("entry_variant", "記載の違い"),
            ("insufficient", "情報不足"),
            ("same_household_other", "同一世帯の別人"),
            ("twin", "双子"),
            ("homonym", "同名異人"),
            ("digit_typo", "番号の誤入力"),
            ("prior_holder", "以前の紐付けの残り"),
            ("block_shift", "行のずれ"),
            ("unrelated", "別人"),
            ("right_only", "右側のみ"),
            ("left_only", "左側のみ"),
        ];
        for (name, japanese) in classes {
            let words = class(name).unwrap();
            assert_eq!(words.japanese, japanese);
            assert!(words.meaning.ends_with('.') && words.action.ends_with('.'), "{name}");
        }
        assert!(class("other").is_none());
    }

    #[test]
    fn long_texts_are_cut_by_width() {
        assert_eq!(shorten("batch-7", 7), "batch-7");
        assert_eq!(shorten("batch-17", 7), "batch-…");
        assert_eq!(shorten("一括登録", 8), "一括登録");
        assert_eq!(shorten("一括登録", 7), "一括登…");
        assert_eq!(shorten("", 0), "");
    }
}
