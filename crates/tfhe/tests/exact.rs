//! Answers equal the rule in whole numbers, for pairs at and around the threshold.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use mizuhiki_confirm::{
    Backend as _, Circuit, Decryptor as _, Encryptor as _, Evaluator as _, Filters, Mask, Rule,
};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

/// Pairs per rule. `MIZUHIKI_EXACT_PAIRS=1000` gives the figure in `benches/record`.
fn pairs() -> usize {
    std::env::var("MIZUHIKI_EXACT_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(24)
}

fn rule(confirm: &str) -> Rule {
    let field =
        |name: &str| format!(r#"{{"name":"{name}","kind":"surname","features":[{{"type":"ngram","n":2}}]}}"#);
    let fields: Vec<String> = ["a", "b", "c", "d", "e"].map(field).to_vec();
    let document = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"test","profile":"hardened",
            "locale":{{"pack":"en-Latn"}},"fields":[{}],
            "views":[{{"name":"whole","fields":["a","b","c","d","e"]}}],"thresholds":{{"accept":0.8,"borderline":0.7}},"confirm":{confirm}}}"#,
        fields.join(",")
    );
    let schema = LinkageSchema::parse(&document).unwrap();
    Rule::of_schema(&schema).unwrap()
}

/// Filters of two records whose scores lie near the threshold: `target` is reached by moving bits one by one.
fn near(rule: &Rule, target: i64, random: &mut ChaCha20Rng) -> (Filters, Filters) {
    let bits = rule.bits();
    let fill = random.random_range(0.25..0.45);
    let left: Vec<bool> = (0..bits).map(|_| random.random_bool(fill)).collect();
    let mut right: Vec<bool> = left
        .iter()
        .map(|&bit| if random.random_bool(0.75) { bit } else { random.random_bool(fill) })
        .collect();
    let filters = |bits: &[bool]| {
        let mut packed = vec![0_u8; bits.len() / 8];
        bits.iter().enumerate().for_each(|(at, &bit)| packed[at / 8] |= u8::from(bit) << (7 - at % 8));
        Filters::new(rule, packed).unwrap()
    };
    let a = filters(&left);
    for _ in 0..20_000 {
        let score = rule.score(&a, &filters(&right));
        if score == target {
            break;
        }
        // Sets or clears a bit that both have, or that one has.
        let at = random.random_range(0..bits);
        if left[at] == (score < target) {
            right[at] = score < target || !right[at] && random.random_bool(0.3);
        } else if score > target {
            right[at] = !left[at] && random.random_bool(0.5);
        } else {
            right[at] = false;
        }
    }
    let b = filters(&right);
    (a, b)
}

#[test]
fn answers_are_exact() {
    let rules = [
        r#"{"rule":"record","bits":1024,"dice":0.74}"#,
        r#"{"rule":"fields","dice":0.7,"fields":[{"field":"a","weight":2},{"field":"b","weight":3},{"field":"c","weight":4}]}"#,
        r#"{"rule":"fellegi-sunter","accept":40,"fields":[
            {"field":"a","dice":0.8,"agree":60,"disagree":35},{"field":"b","dice":0.75,"agree":55,"disagree":20},
            {"field":"c","dice":0.8,"agree":90,"disagree":50},{"field":"d","dice":0.8,"agree":40,"disagree":15},
            {"field":"e","dice":0.7,"agree":30,"disagree":25}]}"#,
    ];
    let mut random = ChaCha20Rng::seed_from_u64(6);
    let keys = Tfhe.generate(&mut random);
    let decryptor = Tfhe.decryptor(&keys.secret).unwrap();
    for text in rules {
        let rule = rule(text);
        let circuit = Circuit::new(rule.clone()).unwrap();
        let cost = Tfhe::cost(&circuit).unwrap();
        assert!(cost.log2_failure <= -128.0, "{cost:?}");
        let encryptor = Tfhe.encryptor(&circuit, &keys.public).unwrap();
        let evaluator = Tfhe.evaluator(&circuit, &keys.public, &keys.evaluation).unwrap();
        let mut scratch = evaluator.scratch();
        let (mut fence, mut accepted) = (0, 0);
        let begin = std::time::Instant::now();
        let mut evaluating = std::time::Duration::ZERO;
        for pair in 0..pairs() {
            let target = match pair % 6 {
                0 => 0,
                1 => -1,
                2 => 1,
                3 => -2,
                _ => random.random_range(-400..200),
            };
            let (a, b) = near(&rule, target, &mut random);
            let score = rule.score(&a, &b);
            fence += usize::from(score == 0 || score == -1);
            accepted += usize::from(score >= 0);
            let left = encryptor.encrypt_left(&circuit.left(&a), &mut random);
            let right = encryptor.encrypt_right(&circuit.right(&b), &mut random);
            assert_eq!((left.len(), right.len()), (Tfhe.left_bytes(&circuit), Tfhe.right_bytes(&circuit)));
            let mask = Mask { flip: random.random(), seed: Zeroizing::new(random.random()) };
            let start = std::time::Instant::now();
            let answer = evaluator.evaluate(&left, &right, &mask, &mut scratch).unwrap();
            evaluating += start.elapsed();
            let opened = decryptor.open(&answer).unwrap() ^ mask.flip;
            assert_eq!(opened, score >= 0, "score {score} of pair {pair} under {text}");
        }
        println!(
            "{} pairs, {fence} at the threshold, {accepted} accepted, {cost:?}, {:.1} ms each, {:.1} ms with encryption; {} + {} bytes",
            pairs(),
            evaluating.as_secs_f64() * 1e3 / pairs() as f64,
            begin.elapsed().as_secs_f64() * 1e3 / pairs() as f64,
            Tfhe.left_bytes(&circuit),
            Tfhe.right_bytes(&circuit)
        );
    }
}
