//! A confirmation of m = 128 bits by the rule `record`, both in one process on one thread: the naive circuit
//! in tfhe's high-level interface (one encrypted boolean per bit, AND, sums, comparison), and ours; ours also
//! for m = 1,024. Prints JSON: milliseconds per pair, bytes, and the ratio.

use std::time::Instant;

use mizuhiki_confirm::{Backend as _, Circuit, Decryptor as _, Encryptor as _, Evaluator as _, Filters, Mask, Rule};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tfhe::prelude::*;
use tfhe::{ClientKey, ConfigBuilder, FheBool, FheUint16, ServerKey, set_server_key};
use zeroize::Zeroizing;

fn rule(bits: usize) -> Rule {
    let document = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"naive","profile":"hardened","locale":{{"pack":"en-Latn"}},
            "fields":[{{"name":"a","kind":"surname","features":[{{"type":"ngram","n":2}}]}}],
            "views":[{{"name":"whole","fields":["a"]}}],
            "thresholds":{{"accept":0.8,"borderline":0.7}},"confirm":{{"rule":"record","bits":{bits},"dice":0.74}}}}"#
    );
    let schema = LinkageSchema::parse(&document).expect("the document is a schema");
    Rule::of_schema(&schema).expect("it has a rule")
}

fn draw(rule: &Rule, random: &mut ChaCha20Rng) -> [Vec<bool>; 2] {
    let left: Vec<bool> = (0..rule.bits()).map(|_| random.random_bool(0.4)).collect();
    let right = left.iter().map(|&bit| if random.random_bool(0.8) { bit } else { random.random_bool(0.4) }).collect();
    [left, right]
}

fn filters(rule: &Rule, bits: &[bool]) -> Filters {
    let mut packed = vec![0_u8; bits.len() / 8];
    bits.iter().enumerate().for_each(|(at, &bit)| packed[at / 8] |= u8::from(bit) << (7 - at % 8));
    Filters::new(rule, packed).expect("the filters fit")
}

/// Milliseconds per pair of ours, bytes of both ciphertexts, and bootstraps.
fn ours(bits: usize, pairs: usize, random: &mut ChaCha20Rng) -> (f64, [usize; 2], usize) {
    let rule = rule(bits);
    let circuit = Circuit::new(rule.clone()).expect("the rule fits");
    let keys = Tfhe.generate(random);
    let encryptor = Tfhe.encryptor(&circuit, &keys.public).expect("a key");
    let evaluator = Tfhe.evaluator(&circuit, &keys.public, &keys.evaluation).expect("keys");
    let decryptor = Tfhe.decryptor(&keys.secret).expect("a key");
    let mut scratch = evaluator.scratch();
    let mut seconds = 0.0;
    for _ in 0..pairs {
        let [left, right] = draw(&rule, random).map(|bits| filters(&rule, &bits));
        let a = encryptor.encrypt_left(&circuit.left(&left), random);
        let b = encryptor.encrypt_right(&circuit.right(&right), random);
        let mask = Mask { flip: random.random(), seed: Zeroizing::new(random.random()) };
        let begun = Instant::now();
        let answer = evaluator.evaluate(&a, &b, &mask, &mut scratch).expect("ciphertexts");
        seconds += begun.elapsed().as_secs_f64();
        assert_eq!(decryptor.open(&answer).expect("an answer") ^ mask.flip, rule.score(&left, &right) >= 0);
    }
    let bytes = [Tfhe.left_bytes(&circuit), Tfhe.right_bytes(&circuit)];
    (seconds * 1e3 / pairs as f64, bytes, Tfhe::cost(&circuit).expect("it fits").bootstraps)
}

/// Milliseconds per pair in the high-level interface.
fn naive(bits: usize, random: &mut ChaCha20Rng) -> f64 {
    let rule = rule(bits);
    let client = ClientKey::generate(ConfigBuilder::default());
    set_server_key(ServerKey::new(&client));
    let [left, right] = draw(&rule, random);
    let encrypt = |bits: &[bool]| bits.iter().map(|&bit| FheBool::encrypt(bit, &client)).collect::<Vec<_>>();
    let (a, b) = (encrypt(&left), encrypt(&right));
    // The encrypting party knows the weights, so the costs are encrypted, too.
    let cost = |bits: &[bool]| ((2 * 7_400 * bits.iter().filter(|bit| **bit).count() + 10_000) / 20_000) as u16;
    let costs = FheUint16::encrypt(cost(&left) + cost(&right), &client);
    let begun = Instant::now();
    let both: Vec<FheUint16> = a.iter().zip(&b).map(|(a, b)| FheUint16::cast_from(a & b)).collect();
    let overlap: FheUint16 = both.iter().sum();
    let accepted = (overlap.clone() + overlap).ge(&costs);
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    let expected = rule.score(&filters(&rule, &left), &filters(&rule, &right)) >= 0;
    assert_eq!(accepted.decrypt(&client), expected);
    milliseconds
}

fn main() {
    let pairs = std::env::args().nth(1).and_then(|pairs| pairs.parse().ok()).unwrap_or(20);
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let (small, _, small_bootstraps) = ours(128, pairs, &mut random);
    let (large, bytes, bootstraps) = ours(1_024, pairs, &mut random);
    let high_level = naive(128, &mut random);
    let (small_again, _, _) = ours(128, pairs, &mut random);
    let ours_128 = (small + small_again) / 2.0;
    println!(
        "{}",
        serde_json::json!({
            "naive_128_ms": high_level,
            "ours_128_ms": ours_128,
            "ours_128_bootstraps": small_bootstraps,
            "ours_1024_ms": large,
            "ours_1024_bootstraps": bootstraps,
            "ours_bytes": bytes,
            "ratio_128": high_level / ours_128,
            "ratio_1024_against_naive_128_times_8": 8.0 * high_level / large,
        })
    );
}
