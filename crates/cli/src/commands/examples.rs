//! The linkage schemas that are shipped.

/// Names and texts.
const EXAMPLES: [(&str, &str); 7] = [
    ("people-five-fields", include_str!("../../../../protocols/schema/examples/people-five-fields.json")),
    (
        "people-five-fields-plain",
        include_str!("../../../../protocols/schema/examples/people-five-fields-plain.json"),
    ),
    (
        "people-five-fields-wide",
        include_str!("../../../../protocols/schema/examples/people-five-fields-wide.json"),
    ),
    ("people-ja-kana", include_str!("../../../../protocols/schema/examples/people-ja-kana.json")),
    ("people-ja-kanji", include_str!("../../../../protocols/schema/examples/people-ja-kanji.json")),
    ("people-names-dob", include_str!("../../../../protocols/schema/examples/people-names-dob.json")),
    (
        "people-names-dob-plain",
        include_str!("../../../../protocols/schema/examples/people-names-dob-plain.json"),
    ),
];

/// The text of a shipped schema.
pub(super) fn example(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of all.
pub(super) fn example_names() -> String {
    EXAMPLES.map(|(name, _)| name).join(", ")
}
