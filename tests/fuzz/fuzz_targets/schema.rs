#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match mizuhiki_schema::LinkageSchema::parse(text) {
        Ok(schema) => {
            let again =
                mizuhiki_schema::LinkageSchema::parse(schema.canonical()).expect("the canonical form");
            assert_eq!(again.digest(), schema.digest());
            assert_eq!(again.body(), schema.body());
        }
        Err(error) => {
            assert!(!error.faults().is_empty());
            assert!(error.faults().iter().all(|fault| fault.path.starts_with('$')));
        }
    }
    match mizuhiki_schema::AuditSchema::parse(text) {
        Ok(schema) => {
            let again = mizuhiki_schema::AuditSchema::parse(schema.canonical()).expect("the canonical form");
            assert_eq!((again.digest(), again.body()), (schema.digest(), schema.body()));
        }
        Err(error) => assert!(!error.faults().is_empty()),
    }
});
