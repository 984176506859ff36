//! Arguments of `mizuhiki confirm`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mizuhiki_confirm::MAX_OPENINGS;

use crate::args::reading::Reading;

#[derive(Subcommand)]
pub(crate) enum Confirm {
    /// Authority: make the keys of a run.
    Keygen(ConfirmKeygen),
    /// Linkage unit: make tickets for the borderline pairs of a table of links.
    Ask(ConfirmAsk),
    /// Data custodian: encrypt the records that the tickets ask for.
    Encrypt(Box<ConfirmEncrypt>),
    /// Linkage unit: compute the answers under encryption, and seal them. Resumes an interrupted run.
    Evaluate(ConfirmEvaluate),
    /// Data custodian, one of the two: compute the answers as well, so that the authority can verify them.
    Check(ConfirmCheck),
    /// Authority: open the answers, once, if the policy allows it and both parties computed the same.
    Open(ConfirmOpen),
    /// Linkage unit: turn accepted pairs into matches, and omit the others.
    Apply(ConfirmApply),
}

#[derive(Args)]
pub(crate) struct ConfirmKeygen {
    /// The folder of keys, which is created. secret.key and openings.log stay in it; public.key and
    /// evaluation.key go to the linkage unit and the custodians. Make new keys for each batch of tickets.
    #[arg(short, long, value_name = "KEYDIR")]
    pub(crate) output: PathBuf,
    /// Maximum number of tickets per record; each discloses one bit about it.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub(crate) per_record: u64,
    /// Maximum number of tickets for the records of one custodian.
    #[arg(long, value_name = "N", default_value_t = MAX_OPENINGS, value_parser = clap::value_parser!(u64).range(1..=MAX_OPENINGS))]
    pub(crate) per_custodian: u64,
    /// Maximum number of answers that the key opens.
    #[arg(long, value_name = "N", default_value_t = MAX_OPENINGS, value_parser = clap::value_parser!(u64).range(1..=MAX_OPENINGS))]
    pub(crate) openings: u64,
}

#[derive(Args)]
pub(crate) struct ConfirmAsk {
    /// The links; tickets are made for borderline ones (`mizuhiki link --for-confirm`).
    #[arg(long, value_name = "LINKS")]
    pub(crate) links: String,
    /// The left token file of the links.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) left: String,
    /// The right token file of the links.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) right: String,
    /// The authority's public key.
    #[arg(long, value_name = "PUB")]
    pub(crate) public: PathBuf,
    /// The folder of tickets, which is created. linkage-unit.run stays in it; left.tickets, right.tickets and
    /// authority.tickets go to these parties.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Days until the tickets expire.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u64).range(1..=366))]
    pub(crate) expire: u64,
}

/// Inputs of a data custodian's steps.
#[derive(Args)]
pub(crate) struct CustodianTerms {
    /// The tickets that the linkage unit made for this custodian.
    #[arg(long, value_name = "T")]
    pub(crate) tickets: PathBuf,
    /// The authority's public key.
    #[arg(long, value_name = "PUB")]
    pub(crate) public: PathBuf,
    /// The linkage schema that the people were encoded with.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// The linkage key, or - for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: String,
    /// The token file, as it was sent to the linkage unit.
    #[arg(long, value_name = "FILE")]
    pub(crate) tokens: PathBuf,
    /// Maximum number of tickets per record, over all keys that this custodian encrypts for.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub(crate) per_record: u64,
    /// Threads; all processors if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Args)]
pub(crate) struct ConfirmEncrypt {
    /// The people (.csv .tsv .parquet .arrow, or - for CSV on standard input).
    pub(crate) input: String,
    #[command(flatten)]
    pub(crate) terms: CustodianTerms,
    /// The ciphertexts, for the linkage unit.
    #[arg(short, long, value_name = "CT")]
    pub(crate) output: PathBuf,
    /// Your own ledger of tickets for your records, over all keys; KEY.ledger next to the linkage key if
    /// absent. It stays with you.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Name of the data custodian, as when the tokens were encoded; the input's name without extension if absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) custodian: Option<String>,
    /// The id map, from `mizuhiki encode --id-map`.
    #[arg(long, value_name = "FILE", conflicts_with = "id_column")]
    pub(crate) id_map: Option<String>,
    /// Column of the records' own ids, if the tokens were encoded with --keep-ids; found by its name if
    /// absent.
    #[arg(long, value_name = "COL")]
    pub(crate) id_column: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[derive(Args)]
pub(crate) struct ConfirmCheck {
    /// The left custodian's ciphertexts.
    pub(crate) left: PathBuf,
    /// The right custodian's ciphertexts.
    pub(crate) right: PathBuf,
    #[command(flatten)]
    pub(crate) terms: CustodianTerms,
    /// The masks, from the linkage unit for the checker.
    #[arg(long, value_name = "MASKS")]
    pub(crate) masks: PathBuf,
    /// The authority's evaluation key.
    #[arg(long, value_name = "E")]
    pub(crate) eval_keys: PathBuf,
    /// Name of the data custodian, as when the tokens were encoded; the token file's name without extension if absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) custodian: Option<String>,
    /// The checked answers, for the authority.
    #[arg(short, long, value_name = "CHECKED")]
    pub(crate) output: PathBuf,
}

#[derive(Args)]
pub(crate) struct ConfirmEvaluate {
    /// The left custodian's ciphertexts.
    pub(crate) left: PathBuf,
    /// The right custodian's ciphertexts.
    pub(crate) right: PathBuf,
    /// The folder of tickets.
    #[arg(long, value_name = "DIR")]
    pub(crate) tickets: PathBuf,
    /// The authority's evaluation key.
    #[arg(long, value_name = "E")]
    pub(crate) eval_keys: PathBuf,
    /// The sealed answers, for the authority.
    #[arg(short, long, value_name = "SEALED")]
    pub(crate) output: PathBuf,
    /// The masks, for the checking custodian; SEALED.masks if absent. Never give them to the authority.
    #[arg(long, value_name = "MASKS")]
    pub(crate) masks: Option<PathBuf>,
    /// Threads; all processors if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Args)]
pub(crate) struct ConfirmOpen {
    /// The linkage unit's sealed answers.
    pub(crate) sealed: PathBuf,
    /// The checked answers of one of the two custodians.
    #[arg(long, value_name = "CHECKED")]
    pub(crate) checked: PathBuf,
    /// The authority's copy of the tickets.
    #[arg(long, value_name = "T")]
    pub(crate) tickets: PathBuf,
    /// The secret key; the log of its openings is in the same folder.
    #[arg(long, value_name = "SK")]
    pub(crate) secret: PathBuf,
    /// The opened answers, for the linkage unit.
    #[arg(short, long, value_name = "OPENED")]
    pub(crate) output: PathBuf,
    /// A custodian's name and the fingerprint that `confirm encrypt` printed, for each of the two. Get it
    /// from the custodian, not through the linkage unit, which could sign in its name.
    #[arg(long, required = true, value_name = "NAME=FINGERPRINT", value_parser = parse_pin)]
    pub(crate) pin: Vec<(String, String)>,
}

#[derive(Args)]
pub(crate) struct ConfirmApply {
    /// The opened answers.
    pub(crate) opened: PathBuf,
    /// The folder of tickets.
    #[arg(long, value_name = "DIR")]
    pub(crate) tickets: PathBuf,
    /// The links that the tickets were made for.
    #[arg(long, value_name = "LINKS")]
    pub(crate) links: String,
    /// The links with the confirmed decisions (.csv .tsv .parquet .arrow .json, or - for CSV on standard
    /// output).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
}

fn parse_pin(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((name, fingerprint))
            if !name.is_empty()
                && fingerprint.len() == 16
                && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            Ok((name.to_owned(), fingerprint.to_ascii_lowercase()))
        }
        _ => Err("write a custodian's name, =, and the 16 digits of its fingerprint".to_owned()),
    }
}
