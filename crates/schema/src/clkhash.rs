//! clkhash linkage schemas, versions 1 to 3, as clkhash 0.18.3 reads them.
//!
//! Versions 1 and 2 are upgraded while they are read: `k` and `weight` become bits per token, `numBits`
//! becomes bits per feature, and `ngram`/`positional` become a comparison.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::fault::{Object, Walk};

const MAX_FEATURES: usize = 4096;

/// A clkhash linkage schema, upgraded to version 3.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClkhashSchema {
    /// Bits of a CLK, after XOR folding.
    pub bits: usize,
    /// Number of XOR folds: the filter has `bits << xor_folds` bits before them.
    pub xor_folds: u32,
    /// Hash function of HKDF.
    pub kdf_hash: KdfHash,
    /// HKDF salt; none counts as zeros.
    pub kdf_salt: Option<Vec<u8>>,
    /// HKDF info.
    pub kdf_info: Vec<u8>,
    /// Bytes of each derived key.
    pub kdf_key_size: usize,
    /// One feature per column of the input, in column order.
    pub features: Vec<ClkhashFeature>,
}

/// Hash function of HKDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KdfHash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClkhashFeature {
    /// Name of the column.
    pub identifier: String,
    /// How the column is hashed; `None` if it is ignored.
    pub hashing: Option<Hashing>,
}

/// How a column is checked and hashed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hashing {
    /// Format that values must have.
    pub format: ClkhashFormat,
    /// How values become grams.
    pub comparison: Comparison,
    /// How often grams are inserted.
    pub strategy: BitStrategy,
    /// How positions are computed.
    pub hash: ClkhashHash,
    /// A value that stands for "missing".
    pub missing_value: Option<MissingValue>,
}

/// Format of a column's values.
#[derive(Debug, Clone, PartialEq)]
pub enum ClkhashFormat {
    /// Text.
    Text {
        /// Encoding of a gram before it is hashed.
        encoding: TextEncoding,
        /// A regular expression that the whole value must match; then nothing else is checked.
        pattern: Option<String>,
        /// Required case: `Some(true)` upper, `Some(false)` lower, `None` mixed.
        upper_case: Option<bool>,
        /// Minimum number of code points.
        min_length: Option<u64>,
        /// Maximum number of code points.
        max_length: Option<u64>,
    },
    /// A whole number, hashed without leading zeros, sign `+` or blanks.
    Integer {
        /// Smallest value.
        minimum: Option<i64>,
        /// Largest value.
        maximum: Option<i64>,
    },
    /// A date in a `strptime` format, hashed as `%Y%m%d`.
    Date {
        /// The `strptime` format.
        format: String,
    },
    /// One of a set of values.
    Enum {
        /// The permitted values.
        values: Vec<String>,
    },
}

/// Python's name for how grams become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// `ascii`
    Ascii,
    /// `utf-8`
    Utf8,
    /// `utf-16`: little-endian with a byte-order mark.
    Utf16,
    /// `utf-32`: little-endian with a byte-order mark.
    Utf32,
}

/// How a value becomes grams.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Comparison {
    /// `n`-grams of code points.
    Ngram {
        /// Code points in a gram; 0 only in version 1.
        n: usize,
        /// Whether a gram is preceded by its position, from 1.
        positional: bool,
    },
    /// The whole value.
    Exact,
    /// The neighborhood of a number.
    Numeric {
        /// Numbers at least this far apart share no gram, scaled by `10^fractional_precision`.
        distance_interval: i64,
        /// Grams to either side of the number.
        resolution: i64,
        /// Digits after the point.
        fractional_precision: u32,
    },
}

/// How often the grams of a value are inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitStrategy {
    /// Each gram this often.
    PerToken(u32),
    /// All grams together this often.
    PerFeature(u32),
}

/// How positions are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClkhashHash {
    /// Keyed BLAKE2b; the filter's length must be a power of two.
    Blake,
    /// HMAC-SHA1 and HMAC-MD5, double hashing.
    Double {
        /// Whether a step of zero is hashed again.
        prevent_singularity: bool,
    },
}

/// A value that stands for "missing" and what to hash in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingValue {
    /// The value in the input.
    pub sentinel: String,
    /// What is hashed instead.
    pub replace_with: String,
}

pub(crate) fn read(value: &Value, walk: &mut Walk) -> Option<ClkhashSchema> {
    let root = walk.object(value, "$")?;
    let (version, path) = root.required(walk, "version", "write \"version\": 3")?;
    let version = walk.integer(version, &path, 1..=3)?;
    let (config, path) = root.required(walk, "clkConfig", "describe the CLK")?;
    let config = walk.object(config, &path)?;
    let (bits, bits_path) = config.required(walk, "l", "write \"l\": 1024")?;
    let bits = walk.integer(bits, &bits_path, 8..=1 << 20)?;
    if !bits.is_multiple_of(8) {
        walk.fault(&bits_path, format!("{bits} bits are not whole bytes"), "use a multiple of 8");
    }
    let xor_folds = config.integer_or(walk, "xor_folds", 0..=10, 0)?;
    if config.optional("xorFolds").is_some_and(|(folds, _)| folds.as_u64() != Some(0)) {
        walk.warn(
            &config.path("xorFolds"),
            "clkhash 0.18.3 does not read `xorFolds`, so no fold is applied here either",
            "write \"xor_folds\" if folding is meant",
        );
    }
    let kdf = read_kdf(&config, walk);
    let defaults = Defaults { version, k: None, hash: None };
    let defaults = if version == 1 { version_one(&config, walk, defaults)? } else { defaults };
    let features = read_features(&root, walk, defaults);
    let (kdf_hash, kdf_salt, kdf_info, kdf_key_size) = kdf?;
    let features = features?;
    check_key_material(walk, &features, kdf_hash, kdf_key_size);
    check_power_of_two(walk, &features, (bits << xor_folds) as usize, &bits_path);
    Some(ClkhashSchema {
        bits: bits as usize,
        xor_folds: xor_folds as u32,
        kdf_hash,
        kdf_salt,
        kdf_info,
        kdf_key_size,
        features,
    })
}

/// The settings that version 1 states once for all features.
#[derive(Clone, Copy)]
struct Defaults {
    version: u64,
    k: Option<u64>,
    hash: Option<ClkhashHash>,
}

fn version_one(config: &Object<'_>, walk: &mut Walk, defaults: Defaults) -> Option<Defaults> {
    let (k, path) = config.required(walk, "k", "write \"k\": 20")?;
    let k = walk.integer(k, &path, 1..=65_536)?;
    let (hash, path) = config.required(walk, "hash", "write \"hash\": { \"type\": \"blakeHash\" }")?;
    Some(Defaults { k: Some(k), hash: Some(read_hash(hash, &path, walk)?), ..defaults })
}

type Kdf = (KdfHash, Option<Vec<u8>>, Vec<u8>, usize);

fn read_kdf(config: &Object<'_>, walk: &mut Walk) -> Option<Kdf> {
    let (kdf, path) = config.required(walk, "kdf", "write \"kdf\": { \"type\": \"HKDF\" }")?;
    let kdf = walk.object(kdf, &path)?;
    if kdf.text(walk, "type", "write \"type\": \"HKDF\"")? != "HKDF" {
        walk.fault(&kdf.path("type"), "unknown key derivation", "write \"HKDF\"");
    }
    let hash = match kdf.optional("hash").map(|(value, path)| (value.as_str(), path)) {
        None | Some((Some("SHA256"), _)) => KdfHash::Sha256,
        Some((Some("SHA512"), _)) => KdfHash::Sha512,
        Some((_, path)) => {
            walk.fault(&path, "unknown hash", "write \"SHA256\" or \"SHA512\"");
            return None;
        }
    };
    let bytes = |key: &str, walk: &mut Walk| match kdf.optional(key) {
        None => Some(None),
        Some((value, path)) => {
            let decoded = STANDARD.decode(walk.text(value, &path)?).ok();
            if decoded.is_none() {
                walk.fault(&path, "not base64", "write base64 with padding");
            }
            decoded.map(Some)
        }
    };
    let (salt, info) = (bytes("salt", walk), bytes("info", walk));
    let key_size = kdf.integer_or(walk, "keySize", 1..=4096, 64)?;
    Some((hash, salt?, info?.unwrap_or_default(), key_size as usize))
}

fn check_key_material(walk: &mut Walk, features: &[ClkhashFeature], hash: KdfHash, key_size: usize) {
    let limit = 255 * if hash == KdfHash::Sha256 { 32 } else { 64 };
    let needed = 2 * features.len() * key_size;
    if needed > limit {
        walk.fault(
            "$.features",
            format!("{needed} bytes of keys are needed; HKDF gives at most {limit}"),
            "use fewer features, a smaller keySize, or \"hash\": \"SHA512\"",
        );
    }
    let blake = features.iter().flat_map(|f| &f.hashing).any(|h| h.hash == ClkhashHash::Blake);
    if blake && key_size > 64 {
        walk.fault(
            "$.clkConfig.kdf.keySize",
            format!("{key_size} bytes"),
            "BLAKE2b takes keys of at most 64 bytes",
        );
    }
}

fn check_power_of_two(walk: &mut Walk, features: &[ClkhashFeature], bits: usize, path: &str) {
    let blake = features.iter().flat_map(|f| &f.hashing).any(|h| h.hash == ClkhashHash::Blake);
    if blake && !bits.is_power_of_two() {
        walk.fault(
            path,
            format!("blakeHash needs a power of two before folding, not {bits}"),
            "use 512, 1024, 2048 …",
        );
    }
}

fn read_features(root: &Object<'_>, walk: &mut Walk, defaults: Defaults) -> Option<Vec<ClkhashFeature>> {
    let (value, path) = root.required(walk, "features", "list the columns")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_FEATURES {
        walk.fault(&path, format!("{} features", items.len()), format!("list 1 to {MAX_FEATURES}"));
        return None;
    }
    let read: Vec<Option<ClkhashFeature>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| read_feature(item, &format!("{path}[{index}]"), walk, defaults))
        .collect();
    read.into_iter().collect()
}

fn read_feature(value: &Value, path: &str, walk: &mut Walk, defaults: Defaults) -> Option<ClkhashFeature> {
    let object = walk.object(value, path)?;
    let identifier = object.text(walk, "identifier", "name the column")?.to_owned();
    if object.boolean_or(walk, "ignored", false)? {
        return Some(ClkhashFeature { identifier, hashing: None });
    }
    let (format, path) = object.required(walk, "format", "describe the values")?;
    let format = read_format(&walk.object(format, &path)?, walk);
    let (hashing, path) = object.required(walk, "hashing", "describe the hashing")?;
    let hashing = walk.object(hashing, &path)?;
    let weight = hashing.number_or(walk, "weight", (0.0, 1e6), 1.0)?;
    if defaults.version == 1 && weight == 0.0 {
        return Some(ClkhashFeature { identifier, hashing: None });
    }
    let comparison = if defaults.version < 3 {
        let lowest = if defaults.version == 1 { 0 } else { 1 };
        let (n, path) = hashing.required(walk, "ngram", "write \"ngram\": 2")?;
        let n = walk.integer(n, &path, lowest..=64)? as usize;
        Some(Comparison::Ngram { n, positional: hashing.boolean_or(walk, "positional", false)? })
    } else {
        read_comparison(&hashing, walk)
    };
    let strategy = match defaults.k {
        // Python's round: half to even.
        Some(k) => Some(BitStrategy::PerToken((weight * k as f64).round_ties_even() as u32)),
        None => read_strategy(&hashing, walk, defaults.version),
    };
    let hash = match (defaults.hash, hashing.optional("hash")) {
        (Some(hash), _) => Some(hash),
        (None, None) => Some(ClkhashHash::Blake),
        (None, Some((value, path))) => read_hash(value, &path, walk),
    };
    let missing_value = match hashing.optional("missingValue") {
        None => None,
        Some((value, path)) => {
            let missing = walk.object(value, &path)?;
            let sentinel =
                missing.text(walk, "sentinel", "name the value that means \"missing\"")?.to_owned();
            let replace_with = match missing.optional("replaceWith") {
                Some((value, path)) => walk.text(value, &path)?.to_owned(),
                None => sentinel.clone(),
            };
            Some(MissingValue { sentinel, replace_with })
        }
    };
    let hashing =
        Hashing { format: format?, comparison: comparison?, strategy: strategy?, hash: hash?, missing_value };
    Some(ClkhashFeature { identifier, hashing: Some(hashing) })
}

fn read_comparison(hashing: &Object<'_>, walk: &mut Walk) -> Option<Comparison> {
    let (value, path) = hashing.required(walk, "comparison", "write { \"type\": \"ngram\", \"n\": 2 }")?;
    let object = walk.object(value, &path)?;
    match object.text(walk, "type", "write \"ngram\", \"exact\" or \"numeric\"")? {
        "ngram" => {
            let (n, path) = object.required(walk, "n", "write \"n\": 2")?;
            let n = walk.integer(n, &path, 1..=64)? as usize;
            Some(Comparison::Ngram { n, positional: object.boolean_or(walk, "positional", false)? })
        }
        "exact" => Some(Comparison::Exact),
        "numeric" => {
            let (distance, distance_path) =
                object.required(walk, "thresholdDistance", "write a positive number")?;
            let distance = walk.number(distance, &distance_path, 0.0, 1e15)?;
            let (resolution, path) = object.required(walk, "resolution", "write a whole number from 1")?;
            let resolution = walk.integer(resolution, &path, 1..=100_000)? as i64;
            let precision = object.integer_or(walk, "fractional_precision", 0..=15, 0)? as u32;
            let interval = (distance * 10_f64.powi(precision as i32)).round_ties_even();
            if !(1.0..=9e15).contains(&interval) {
                walk.fault(
                    &distance_path,
                    "too small or too large at this precision",
                    "raise fractional_precision",
                );
                return None;
            }
            Some(Comparison::Numeric {
                distance_interval: interval as i64,
                resolution,
                fractional_precision: precision,
            })
        }
        _ => {
            walk.fault(
                &object.path("type"),
                "unknown comparison",
                "write \"ngram\", \"exact\" or \"numeric\"",
            );
            None
        }
    }
}

fn read_strategy(hashing: &Object<'_>, walk: &mut Walk, version: u64) -> Option<BitStrategy> {
    let (per_token, per_feature) =
        if version == 2 { ("k", "numBits") } else { ("bitsPerToken", "bitsPerFeature") };
    let (value, path) = hashing.required(walk, "strategy", &format!("write {{ \"{per_token}\": 20 }}"))?;
    let object = walk.object(value, &path)?;
    // Version 2 allows fractions; clkhash drops them.
    let mut read = |key: &str| {
        let (value, path) = object.optional(key)?;
        let number = walk.number(value, &path, 1.0, 1e6)?;
        Some(number as u32)
    };
    if let Some(bits) = read(per_token) {
        return Some(BitStrategy::PerToken(bits));
    }
    if let Some(bits) = read(per_feature) {
        return Some(BitStrategy::PerFeature(bits));
    }
    walk.fault(
        &path,
        "no strategy",
        format!("write {{ \"{per_token}\": 20 }} or {{ \"{per_feature}\": 200 }}"),
    );
    None
}

fn read_hash(value: &Value, path: &str, walk: &mut Walk) -> Option<ClkhashHash> {
    let object = walk.object(value, path)?;
    match object.text(walk, "type", "write \"blakeHash\" or \"doubleHash\"")? {
        "blakeHash" => Some(ClkhashHash::Blake),
        "doubleHash" => Some(ClkhashHash::Double {
            prevent_singularity: object.boolean_or(walk, "prevent_singularity", false)?,
        }),
        _ => {
            walk.fault(&object.path("type"), "unknown hash", "write \"blakeHash\" or \"doubleHash\"");
            None
        }
    }
}

fn read_format(object: &Object<'_>, walk: &mut Walk) -> Option<ClkhashFormat> {
    let whole = |key: &str, walk: &mut Walk| match object.optional(key) {
        Some((value, path)) => walk.integer(value, &path, 0..=1 << 32).map(Some),
        None => Some(None),
    };
    let fix = "write \"string\", \"integer\", \"date\" or \"enum\"";
    match object.text(walk, "type", fix)? {
        "string" => {
            let pattern = match object.optional("pattern") {
                Some((value, path)) => Some(walk.text(value, &path)?.to_owned()),
                None => None,
            };
            let upper_case = match object.optional("case").map(|(value, path)| (value.as_str(), path)) {
                None | Some((Some("mixed"), _)) => None,
                Some((Some("upper"), _)) => Some(true),
                Some((Some("lower"), _)) => Some(false),
                Some((_, path)) => {
                    walk.fault(&path, "unknown case", "write \"upper\", \"lower\" or \"mixed\"");
                    None
                }
            };
            Some(ClkhashFormat::Text {
                encoding: read_encoding(object, walk)?,
                pattern,
                upper_case,
                min_length: whole("minLength", walk)?,
                max_length: whole("maxLength", walk)?,
            })
        }
        "integer" => {
            let mut bound = |key: &str| match object.optional(key) {
                Some((value, _)) if value.as_i64().is_some_and(is_exact) => Some(value.as_i64()),
                Some((_, path)) => {
                    walk.fault(&path, "not a whole number, or beyond 2^53", "write a smaller whole number");
                    None
                }
                None => Some(None),
            };
            Some(ClkhashFormat::Integer { minimum: bound("minimum")?, maximum: bound("maximum")? })
        }
        "date" => {
            let format =
                object.text(walk, "format", "write a strptime format such as \"%Y-%m-%d\"")?.to_owned();
            Some(ClkhashFormat::Date { format })
        }
        "enum" => {
            let (values, path) = object.required(walk, "values", "list the permitted values")?;
            let mut read = Vec::new();
            for (index, value) in walk.array(values, &path)?.iter().enumerate() {
                read.push(walk.text(value, &format!("{path}[{index}]"))?.to_owned());
            }
            Some(ClkhashFormat::Enum { values: read })
        }
        _ => {
            walk.fault(&object.path("type"), "unknown format", fix);
            None
        }
    }
}

fn read_encoding(object: &Object<'_>, walk: &mut Walk) -> Option<TextEncoding> {
    match object.optional("encoding").map(|(value, path)| (value.as_str(), path)) {
        None | Some((Some("utf-8"), _)) => Some(TextEncoding::Utf8),
        Some((Some("ascii"), _)) => Some(TextEncoding::Ascii),
        Some((Some("utf-16"), _)) => Some(TextEncoding::Utf16),
        Some((Some("utf-32"), _)) => Some(TextEncoding::Utf32),
        Some((_, path)) => {
            walk.fault(&path, "unknown encoding", "write \"ascii\", \"utf-8\", \"utf-16\" or \"utf-32\"");
            None
        }
    }
}

/// Whether a whole number stays exact in the canonical document, where numbers are doubles (RFC 8785).
const fn is_exact(number: i64) -> bool {
    number.unsigned_abs() <= 1 << 53
}
