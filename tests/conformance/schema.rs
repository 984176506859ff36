//! `protocols/01-linkage-schema.md`.

use mizuhiki_encode::Encoder;
use mizuhiki_schema::LinkageSchema;

use crate::{cases, text};

#[test]
fn digests() {
    for case in cases("schema/digest.json") {
        let schema = LinkageSchema::parse(text(&case, "document"))
            .unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
        assert_eq!(schema.canonical(), text(&case, "canonical"), "{}", case["name"]);
        assert_eq!(schema.digest().to_string(), text(&case, "digest"), "{}", case["name"]);
    }
}

#[test]
fn faults() {
    for case in cases("schema/faults.json") {
        let path = text(&case, "path");
        match LinkageSchema::parse(text(&case, "document")) {
            Err(error) => {
                let paths: Vec<&str> = error.faults().iter().map(|fault| fault.path.as_str()).collect();
                assert_eq!(paths, [path], "{}", case["name"]);
            }
            // Kinds, levels and packs are checked by the locale pack.
            Ok(schema) => {
                let error = Encoder::check(&schema).expect_err(text(&case, "name")).to_string();
                assert!(error.starts_with(&format!("{path}:")), "{}: {error}", case["name"]);
            }
        }
    }
}
