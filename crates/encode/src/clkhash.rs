//! clkhash's encoding, bit for bit as in release 0.18.3 (`protocols/03-tokens.md` §11).
//!
//! Its weaknesses are known: no normalization, filters whose weight reveals lengths, double hashing. It is
//! here so that mizuhiki can read and write a format that others already use.

mod grams;

use std::borrow::Cow;
use std::collections::HashMap;

use blake2::Blake2bMac512;
use blake2::digest::{FixedOutput, Update};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use mizuhiki_schema::{
    BitStrategy, ClkhashFormat, ClkhashHash, ClkhashSchema, Hashing, KdfHash, TextEncoding,
};
use regex::Regex;
use rustc_hash::FxBuildHasher;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use self::grams::{Grams, python_integer, tokenize};
use crate::error::EncodeError;
use crate::key::LinkageKey;
use crate::strptime::DateFormat;

/// Maximum number of memoized values, and of grams, per column; then the memo is emptied. 8 MiB of filters at
/// 1,024 bits.
const MAX_MEMO: usize = 1 << 16;

/// A clkhash schema with its keys.
pub(crate) struct ClkhashPlan {
    columns: Vec<Column>,
    /// Bits before folding.
    filter_bits: usize,
    folds: u32,
}

struct Column {
    name: String,
    hashed: Option<Hashed>,
}

struct Hashed {
    rules: Hashing,
    encoding: TextEncoding,
    pattern: Option<Regex>,
    date: Option<DateFormat>,
    keys: [Zeroizing<Vec<u8>>; 2],
}

/// Memos of one thread, per column: names and dates recur, grams even more often.
#[derive(Default)]
pub(crate) struct ClkhashMemo {
    columns: Vec<ColumnMemo>,
    grams: Grams,
}

#[derive(Default)]
struct ColumnMemo {
    /// Filters by the value as in the input.
    values: HashMap<Box<str>, Box<[u8]>, FxBuildHasher>,
    /// Positions by gram; the list is as long as the largest count asked for so far.
    grams: HashMap<Box<str>, Box<[u32]>, FxBuildHasher>,
}

impl ClkhashPlan {
    pub(crate) fn new(schema: &ClkhashSchema, secret: &LinkageKey) -> Result<Self, EncodeError> {
        let mut material = Zeroizing::new(vec![0; 2 * schema.features.len() * schema.kdf_key_size]);
        let (salt, info) = (schema.kdf_salt.as_deref(), schema.kdf_info.as_slice());
        let expanded = match schema.kdf_hash {
            KdfHash::Sha256 => Hkdf::<Sha256>::new(salt, secret.expose()).expand(info, &mut material),
            KdfHash::Sha512 => Hkdf::<Sha512>::new(salt, secret.expose()).expand(info, &mut material),
        };
        if expanded.is_err() {
            unreachable!("the schema's reader bounds the key material by HKDF's limit");
        }
        let mut keys = material.chunks_exact(schema.kdf_key_size).map(|key| Zeroizing::new(key.to_vec()));
        let mut columns = Vec::with_capacity(schema.features.len());
        for (index, feature) in schema.features.iter().enumerate() {
            let mut key = || keys.next().unwrap_or_default();
            let keys = [key(), key()];
            let hashed = feature.hashing.as_ref().map(|rules| Hashed::new(index, rules, keys)).transpose()?;
            columns.push(Column { name: feature.identifier.clone(), hashed });
        }
        Ok(Self { columns, filter_bits: schema.bits << schema.xor_folds, folds: schema.xor_folds })
    }

    /// Bits of a CLK.
    pub(crate) const fn bits(&self) -> usize {
        self.filter_bits >> self.folds
    }

    /// Serialized CLKs of `rows` records.
    pub(crate) fn encode<'v>(
        &self,
        memo: &mut ClkhashMemo,
        rows: usize,
        first_row: u64,
        value: &dyn Fn(usize, usize) -> &'v str,
    ) -> Result<Vec<u8>, EncodeError> {
        memo.columns.resize_with(self.columns.len(), ColumnMemo::default);
        let mut out = Vec::with_capacity(rows * self.bits() / 8);
        let mut filter = vec![0; self.filter_bits / 8];
        for row in 0..rows {
            filter.fill(0);
            for (index, column) in self.columns.iter().enumerate() {
                let Some(hashed) = &column.hashed else { continue };
                let value = value(row, index);
                let known = &mut memo.columns[index];
                if !known.values.contains_key(value) {
                    let own =
                        hashed.filter(value, known, &mut memo.grams, filter.len()).map_err(|reason| {
                            let row = first_row + row as u64;
                            EncodeError::Value { row, column: column.name.clone(), reason: reason.to_owned() }
                        })?;
                    if known.values.len() >= MAX_MEMO {
                        known.values.clear();
                    }
                    known.values.insert(value.into(), own);
                }
                for (sum, byte) in filter.iter_mut().zip(&known.values[value]) {
                    *sum |= byte;
                }
            }
            fold(&filter, self.folds, &mut out);
        }
        Ok(out)
    }
}

/// XORs both halves together, `folds` times, and appends the result.
fn fold(filter: &[u8], folds: u32, out: &mut Vec<u8>) {
    let bytes = filter.len() >> folds;
    let start = out.len();
    out.extend_from_slice(&filter[..bytes]);
    for chunk in filter.chunks_exact(bytes).skip(1) {
        for (sum, byte) in out[start..].iter_mut().zip(chunk) {
            *sum ^= byte;
        }
    }
}

impl Hashed {
    fn new(index: usize, rules: &Hashing, keys: [Zeroizing<Vec<u8>>; 2]) -> Result<Self, EncodeError> {
        let mut encoding = TextEncoding::Utf8;
        let (mut pattern, mut date) = (None, None);
        match &rules.format {
            ClkhashFormat::Text { encoding: given, pattern: given_pattern, .. } => {
                encoding = *given;
                pattern = given_pattern
                    .as_ref()
                    .map(|text| {
                        Regex::new(&format!("^(?:{text})$")).map_err(|_| EncodeError::Pattern { index })
                    })
                    .transpose()?;
            }
            ClkhashFormat::Date { format } => {
                let compiled = DateFormat::new(format);
                date = Some(compiled.map_err(|directive| EncodeError::DateFormat { index, directive })?);
            }
            _ => {}
        }
        Ok(Self { rules: rules.clone(), encoding, pattern, date, keys })
    }

    /// Checks a value against the column's format and converts it to the form that is hashed.
    fn format<'v>(&'v self, value: &'v str) -> Result<Cow<'v, str>, &'static str> {
        if let Some(missing) = &self.rules.missing_value
            && missing.sentinel == value
        {
            return Ok(Cow::Borrowed(&missing.replace_with));
        }
        match &self.rules.format {
            ClkhashFormat::Text { upper_case, min_length, max_length, .. } => {
                if self.encoding == TextEncoding::Ascii && !value.is_ascii() {
                    return Err("the schema says ASCII, but the value has other characters");
                }
                if let Some(pattern) = &self.pattern {
                    return if pattern.is_match(value) {
                        Ok(value.into())
                    } else {
                        Err("does not match the pattern")
                    };
                }
                let length = value.chars().count() as u64;
                if min_length.is_some_and(|least| length < least) {
                    return Err("shorter than minLength");
                }
                if max_length.is_some_and(|most| length > most) {
                    return Err("longer than maxLength");
                }
                match upper_case {
                    Some(true) if value.to_uppercase() != value => Err("not in upper case"),
                    Some(false) if value.to_lowercase() != value => Err("not in lower case"),
                    _ => Ok(value.into()),
                }
            }
            ClkhashFormat::Integer { minimum, maximum } => {
                let digits = python_integer(value).ok_or("not a whole number")?;
                let below = |bound: i64| {
                    digits.parse::<i128>().map_or_else(|_| digits.starts_with('-'), |n| n < i128::from(bound))
                };
                let above = |bound: i64| {
                    digits
                        .parse::<i128>()
                        .map_or_else(|_| !digits.starts_with('-'), |n| n > i128::from(bound))
                };
                if minimum.is_some_and(below) {
                    return Err("below the minimum");
                }
                if maximum.is_some_and(above) {
                    return Err("above the maximum");
                }
                Ok(digits.into())
            }
            ClkhashFormat::Date { .. } => {
                let date = self.date.as_ref().and_then(|format| format.reformat(value));
                date.map(Cow::Owned).ok_or("not a date in the schema's format")
            }
            ClkhashFormat::Enum { values } => {
                if values.iter().any(|allowed| allowed == value) {
                    Ok(value.into())
                } else {
                    Err("not one of the permitted values")
                }
            }
        }
    }

    /// The filter of one value alone.
    fn filter(
        &self,
        value: &str,
        memo: &mut ColumnMemo,
        grams: &mut Grams,
        bytes: usize,
    ) -> Result<Box<[u8]>, &'static str> {
        tokenize(&self.format(value)?, self.rules.comparison, grams)?;
        let mut filter = vec![0; bytes].into_boxed_slice();
        let total = grams.len() as u32;
        for (index, gram) in grams.iter().enumerate() {
            let count = match self.rules.strategy {
                BitStrategy::PerToken(bits) => bits,
                BitStrategy::PerFeature(bits) => bits / total + u32::from((index as u32) < bits % total),
            } as usize;
            if memo.grams.get(gram).is_none_or(|known| known.len() < count) {
                if memo.grams.len() >= MAX_MEMO {
                    memo.grams.clear();
                }
                memo.grams.insert(gram.into(), self.positions(gram, count, bytes as u32 * 8).into());
            }
            for &position in &memo.grams[gram][..count] {
                filter[position as usize / 8] |= 0x80 >> (position % 8);
            }
        }
        Ok(filter)
    }

    fn positions(&self, gram: &str, count: usize, bits: u32) -> Vec<u32> {
        let bytes = encode_text(gram, self.encoding);
        match self.rules.hash {
            ClkhashHash::Blake => blake_positions(&self.keys[0], &bytes, count, bits),
            ClkhashHash::Double { prevent_singularity } => {
                double_positions(&self.keys, &bytes, count, bits, prevent_singularity)
            }
        }
    }
}

fn encode_text(gram: &str, encoding: TextEncoding) -> Cow<'_, [u8]> {
    match encoding {
        TextEncoding::Utf16 => {
            let units = std::iter::once(0xFEFF).chain(gram.encode_utf16());
            Cow::Owned(units.flat_map(u16::to_le_bytes).collect())
        }
        TextEncoding::Utf32 => {
            let points = std::iter::once(0xFEFF).chain(gram.chars().map(u32::from));
            Cow::Owned(points.flat_map(u32::to_le_bytes).collect())
        }
        TextEncoding::Ascii | TextEncoding::Utf8 => Cow::Borrowed(gram.as_bytes()),
    }
}

/// Keyed BLAKE2b-512 with the block number as salt; each digest gives 32 little-endian 16-bit words.
fn blake_positions(key: &[u8], gram: &[u8], count: usize, bits: u32) -> Vec<u32> {
    let mut positions = Vec::with_capacity(count.next_multiple_of(32));
    for block in 0..count.div_ceil(32) {
        let Ok(mut mac) =
            Blake2bMac512::new_with_salt_and_personal(Some(key), block.to_string().as_bytes(), &[])
        else {
            unreachable!("keys have 1 to 64 bytes and a block number fits into the salt")
        };
        Update::update(&mut mac, gram);
        let digest = mac.finalize_fixed();
        positions.extend(
            digest.chunks_exact(2).map(|pair| u32::from(u16::from_le_bytes([pair[0], pair[1]])) % bits),
        );
    }
    positions.truncate(count);
    positions
}

/// Schnell, Bachteler & Reiher, *Privacy-preserving record linkage using Bloom filters* (2009): h1 + i·h2.
fn double_positions(
    keys: &[Zeroizing<Vec<u8>>; 2],
    gram: &[u8],
    count: usize,
    bits: u32,
    prevent_singularity: bool,
) -> Vec<u32> {
    let first = remainder(&mac::<Hmac<Sha1>>(&keys[0], &[gram]), bits);
    let mut step = remainder(&mac::<Hmac<Md5>>(&keys[1], &[gram]), bits);
    if prevent_singularity {
        for attempt in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            if step != 0 {
                break;
            }
            let mut buffer = [0; 4];
            step = remainder(
                &mac::<Hmac<Md5>>(&keys[1], &[gram, attempt.encode_utf8(&mut buffer).as_bytes()]),
                bits,
            );
        }
    }
    (0..count as u64).map(|i| ((u64::from(first) + i * u64::from(step)) % u64::from(bits)) as u32).collect()
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    parts.iter().for_each(|part| Mac::update(&mut mac, part));
    mac.finalize().into_bytes().to_vec()
}

/// A big-endian number modulo `bits`.
fn remainder(digest: &[u8], bits: u32) -> u32 {
    digest.iter().fold(0, |rest, &byte| ((u64::from(rest) << 8 | u64::from(byte)) % u64::from(bits)) as u32)
}

#[cfg(test)]
mod tests {
    //! All vectors made by the release clkhash 0.18.3.

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use mizuhiki_schema::{Comparison, LinkageSchema, SchemaBody};
    use serde_json::Value;

    use super::*;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../protocols/vectors/tokens/clkhash-0.18.3.json")).unwrap()
    }

    fn list<'v>(value: &'v Value, key: &str) -> &'v Vec<Value> {
        value[key].as_array().unwrap()
    }

    fn numbers(value: &Value) -> Vec<u32> {
        value.as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as u32).collect()
    }

    fn hex(value: &Value) -> Vec<u8> {
        let digits = value.as_str().unwrap();
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    }

    fn comparison(rules: &Value) -> Comparison {
        let text = serde_json::json!({
            "version": 3,
            "clkConfig": { "l": 1024, "kdf": { "type": "HKDF" } },
            "features": [{ "identifier": "x", "format": { "type": "string" },
                "hashing": { "comparison": rules, "strategy": { "bitsPerToken": 1 } } }]
        });
        let schema = LinkageSchema::parse(&text.to_string()).unwrap();
        let SchemaBody::Clkhash(body) = schema.body() else { unreachable!() };
        body.features[0].hashing.as_ref().unwrap().comparison
    }

    #[test]
    fn keys_are_clkhash_s() {
        for vector in list(&vectors(), "hkdf") {
            let mut kdf =
                serde_json::json!({ "type": "HKDF", "hash": vector["hash"], "keySize": vector["keySize"] });
            for (member, source) in [("salt", "salt_b64"), ("info", "info_b64")] {
                if !vector[source].is_null() {
                    kdf[member] = vector[source].clone();
                }
            }
            let count = vector["num_identifiers"].as_u64().unwrap();
            let feature = serde_json::json!({ "identifier": "x", "format": { "type": "string" },
                "hashing": { "comparison": { "type": "exact" }, "strategy": { "bitsPerToken": 1 },
                "hash": { "type": "doubleHash" } } });
            let features: Vec<&Value> = (0..count).map(|_| &feature).collect();
            let text = serde_json::json!({ "version": 3, "clkConfig": { "l": 1024, "kdf": kdf }, "features": features });
            let schema = LinkageSchema::parse(&text.to_string()).unwrap();
            let SchemaBody::Clkhash(body) = schema.body() else { unreachable!() };
            let secret = Zeroizing::new(vector["secret"].as_str().unwrap().as_bytes().to_vec());
            let plan = ClkhashPlan::new(body, &LinkageKey::from_clkhash_secret(&secret).unwrap()).unwrap();
            for (column, keys) in plan.columns.iter().zip(list(vector, "keys")) {
                let found = &column.hashed.as_ref().unwrap().keys;
                assert_eq!([found[0].to_vec(), found[1].to_vec()], [hex(&keys[0]), hex(&keys[1])]);
            }
        }
    }

    #[test]
    fn grams_are_clkhash_s() {
        for vector in list(&vectors(), "tokenize") {
            let mut grams = Grams::default();
            tokenize(vector["value"].as_str().unwrap(), comparison(&vector["comparison"]), &mut grams)
                .unwrap();
            let expected: Vec<&str> =
                list(vector, "tokens").iter().map(|token| token.as_str().unwrap()).collect();
            assert_eq!(grams.iter().collect::<Vec<_>>(), expected, "{}", vector["comparison"]);
        }
    }

    #[test]
    fn positions_are_clkhash_s() {
        let vectors = vectors();
        let number = |vector: &Value, key: &str| vector[key].as_u64().unwrap() as u32;
        for vector in list(&vectors, "blake") {
            let token = vector["token"].as_str().unwrap();
            let found = blake_positions(
                &hex(&vector["key_hex"]),
                token.as_bytes(),
                number(vector, "k") as usize,
                number(vector, "l"),
            );
            assert_eq!(found, numbers(&vector["indices"]), "{token}");
        }
        let sorted = |keys: &[Zeroizing<Vec<u8>>; 2], vector: &Value, prevent: bool| {
            let token = vector["token"].as_str().unwrap().as_bytes();
            let mut found =
                double_positions(keys, token, number(vector, "k") as usize, number(vector, "l"), prevent);
            found.sort_unstable();
            found.dedup();
            found
        };
        for vector in list(&vectors, "doubleHash") {
            let keys =
                [Zeroizing::new(hex(&vector["key_sha1_hex"])), Zeroizing::new(hex(&vector["key_md5_hex"]))];
            assert_eq!(sorted(&keys, vector, vector["ns"].as_bool().unwrap()), numbers(&vector["bits"]));
        }
        for vector in list(&vectors, "doubleHash_singular") {
            let key = |name: &str| Zeroizing::new(vector[name].as_str().unwrap().as_bytes().to_vec());
            let keys = [key("key_sha1"), key("key_md5")];
            assert_eq!(sorted(&keys, vector, false), numbers(&vector["bits"]));
            assert_eq!(sorted(&keys, vector, true), numbers(&vector["bits_non_singular"]));
        }
    }

    #[test]
    fn folds_and_serialisation_are_clkhash_s() {
        let vectors = vectors();
        let bytes = |bits: &str| -> Vec<u8> {
            bits.as_bytes()
                .chunks(8)
                .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | (bit - b'0')))
                .collect()
        };
        for vector in list(&vectors, "xor_fold") {
            let mut out = Vec::new();
            fold(
                &bytes(vector["bits"].as_str().unwrap()),
                vector["folds"].as_u64().unwrap() as u32,
                &mut out,
            );
            assert_eq!(out, bytes(vector["out"].as_str().unwrap()));
        }
        for vector in list(&vectors, "serialize") {
            assert_eq!(
                STANDARD.encode(bytes(vector["bits"].as_str().unwrap())),
                vector["b64"].as_str().unwrap()
            );
        }
    }

    #[test]
    fn clks_are_clkhash_s() {
        let vectors = vectors();
        let records: Vec<Vec<&str>> = list(&vectors, "records")
            .iter()
            .map(|record| record.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect())
            .collect();
        assert_eq!(list(&vectors, "e2e").len(), 27);
        for vector in list(&vectors, "e2e") {
            let schema = LinkageSchema::parse(&vector["schema"].to_string()).unwrap();
            let SchemaBody::Clkhash(body) = schema.body() else { unreachable!() };
            let secret = Zeroizing::new(vector["secret"].as_str().unwrap().as_bytes().to_vec());
            let plan = ClkhashPlan::new(body, &LinkageKey::from_clkhash_secret(&secret).unwrap()).unwrap();
            let mut memo = ClkhashMemo::default();
            let rows = plan.encode(&mut memo, records.len(), 1, &|row, column| records[row][column]).unwrap();
            let clks: Vec<String> = rows.chunks(plan.bits() / 8).map(|row| STANDARD.encode(row)).collect();
            let expected: Vec<&str> = list(vector, "clks").iter().map(|clk| clk.as_str().unwrap()).collect();
            assert_eq!(clks, expected, "{}", vector["schema"]);
        }
    }
}
