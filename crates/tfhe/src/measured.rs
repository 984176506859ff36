//! Measured noise, compared with the noise from which `noise.rs` derives the error.

use mizuhiki_confirm::{Circuit, Encryptor as _, Evaluator as _, Filters, Mask, Rule};
use mizuhiki_schema::LinkageSchema;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tfhe::core_crypto::prelude::{
    CiphertextModulusLog, LweCiphertext, LweSecretKeyOwned, ModulusSwitchedLweCiphertext as _,
    decrypt_lwe_ciphertext, lwe_ciphertext_centered_binary_modulus_switch,
};
use zeroize::Zeroizing;

use crate::encrypt::TfheEncryptor;
use crate::evaluate::{ANSWER, TfheEvaluator};
use crate::pack::unpack;
use crate::params::{ANSWER_BITS, BIG, COARSE, COEFFICIENTS, FINE, LOG_POSITIONS, POSITION, modulus};
use crate::plans::Plans;
use crate::{keys, noise};

/// Samples of each kind of noise.
fn samples() -> usize {
    std::env::var("MIZUHIKI_NOISE_SAMPLES").ok().and_then(|count| count.parse().ok()).unwrap_or(160)
}

struct Parties {
    circuit: Circuit,
    plans: Plans,
    encryptor: TfheEncryptor,
    evaluator: TfheEvaluator,
    big: LweSecretKeyOwned<u64>,
    small: LweSecretKeyOwned<u64>,
    random: ChaCha20Rng,
}

fn parties() -> Parties {
    let schema = include_str!("../../../protocols/schema/examples/people-five-fields.json");
    let schema = LinkageSchema::parse(schema).unwrap();
    let circuit = Circuit::new(Rule::of_schema(&schema).unwrap()).unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(3);
    let (big, small) = keys::secrets(&mut random);
    let public = keys::public_key(&big, &mut random);
    let evaluation = keys::evaluation_key(&big, &small, &mut random);
    let plans = Plans::of(&circuit).unwrap();
    let encryptor = TfheEncryptor::new(&circuit, &public).unwrap();
    let evaluator = TfheEvaluator::new(&circuit, &public, &evaluation).unwrap();
    Parties { circuit, plans, encryptor, evaluator, big: big.into_lwe_secret_key(), small, random }
}

impl Parties {
    /// Random filters that overlap in about this share of their bits.
    fn filters(&mut self, overlap: f64) -> (Filters, Filters) {
        let bytes = self.circuit.rule().bits() / 8;
        let draw = |random: &mut ChaCha20Rng| -> Vec<u8> {
            (0..bytes)
                .map(|_| random.random::<u8>() & (random.random::<u8>() | random.random::<u8>()))
                .collect()
        };
        let (left, other) = (draw(&mut self.random), draw(&mut self.random));
        let right =
            left.iter().zip(other).map(|(&a, b)| if self.random.random_bool(overlap) { a } else { b });
        let right = right.collect();
        let rule = self.circuit.rule();
        (Filters::new(rule, left).unwrap(), Filters::new(rule, right).unwrap())
    }

    fn phase(&self, ciphertext: &LweCiphertext<Vec<u64>>) -> u64 {
        decrypt_lwe_ciphertext(&self.big, ciphertext).0
    }
}

fn positions(torus: u64) -> f64 {
    torus as i64 as f64 / POSITION as f64
}

fn variance(errors: &[f64]) -> f64 {
    errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64
}

/// Keeps the error of a sign that was read, unless the sign is wrong. Without a zoom the sign of a score at
/// the threshold may be wrong, and that is not noise of the result.
fn keep(errors: &mut Vec<f64>, read: u64, phase: u64) {
    let answer = if positions(phase) > 0.0 { ANSWER } else { ANSWER.wrapping_neg() };
    let error = positions(read.wrapping_sub(answer));
    if error.abs() < 256.0 {
        errors.push(error);
    }
}

#[test]
fn noise_is_as_derived() {
    let mut parties = parties();
    let mut scratch = parties.evaluator.scratch();
    let (mut products, mut readings) = (Vec::new(), Vec::new());
    let (mut fine, mut coarse) = (Vec::new(), Vec::new());
    for _ in 0..samples() {
        let (a, b) = parties.filters(0.6);
        let score = parties.circuit.rule().score(&a, &b);
        let left = parties.encryptor.encrypt_left(&parties.circuit.left(&a), &mut parties.random);
        let right = parties.encryptor.encrypt_right(&parties.circuit.right(&b), &mut parties.random);
        TfheEvaluator::load(&right, &mut scratch);
        let product = TfheEvaluator::product(&left, &mut scratch);
        let phase = parties.phase(&product);
        products.push(positions(phase.wrapping_sub(parties.plans.last.torus(2 * score + 1))));
        parties.evaluator.bootstrap(&product, &[ANSWER; COEFFICIENTS], COARSE, &mut scratch);
        keep(&mut coarse, parties.phase(&scratch.read), phase);
        parties.evaluator.bootstrap(&product, &[ANSWER; COEFFICIENTS], FINE, &mut scratch);
        keep(&mut fine, parties.phase(&scratch.read), phase);
        let log = CiphertextModulusLog(LOG_POSITIONS);
        let switched =
            lwe_ciphertext_centered_binary_modulus_switch::<_, usize, _>(scratch.small.as_view(), log);
        let sum = switched
            .mask()
            .zip(parties.small.as_ref())
            .fold(0_usize, |sum, (a, &bit)| sum.wrapping_add(a.wrapping_mul(bit as usize)));
        let index = switched.body().wrapping_sub(sum) % (1 << LOG_POSITIONS);
        // The centered switch takes half a position away: index j is read for x between j and j + 1.
        let reading = (index as u64).wrapping_mul(POSITION).wrapping_add(POSITION / 2);
        readings.push(positions(reading.wrapping_sub(phase)));
    }
    for (name, errors, derived) in [
        ("inner product", &products, noise::inner_product(parties.circuit.most_ones())),
        ("key and modulus switch", &readings, noise::reading()),
        ("bootstrap, fine gadget", &fine, noise::bootstrap(FINE)),
        ("bootstrap, coarse gadget", &coarse, noise::bootstrap(COARSE)),
    ] {
        let (found, count) = (variance(errors), errors.len());
        println!(
            "{name}: standard deviation {:.5} positions of {count}, derived {:.5}; largest {:.5}",
            found.sqrt(),
            derived.sqrt(),
            errors.iter().fold(0.0_f64, |most, error| most.max(error.abs()))
        );
        assert!(count > samples() / 2);
        // The derivation may overestimate the noise, but not underestimate it by more than four standard
        // deviations of a sample variance.
        let most = derived * (1.0 + 4.0 * (2.0 / count as f64).sqrt());
        assert!(found < most && found > derived / 12.0, "{name}: {found} against {derived}");
    }
}

#[test]
fn what_the_authority_could_see_of_a_masked_answer_does_not_tell_the_answer() {
    let mut parties = parties();
    let mut scratch = parties.evaluator.scratch();
    let mut phases: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for at in 0..samples() {
        let (a, b) = parties.filters(if at % 2 == 0 { 1.0 } else { 0.0 });
        let accepted = parties.circuit.rule().score(&a, &b) >= 0;
        let left = parties.encryptor.encrypt_left(&parties.circuit.left(&a), &mut parties.random);
        let right = parties.encryptor.encrypt_right(&parties.circuit.right(&b), &mut parties.random);
        let mask = Mask { flip: parties.random.random(), seed: Zeroizing::new(parties.random.random()) };
        let answer = parties.evaluator.evaluate(&left, &right, &mask, &mut scratch).unwrap();
        let mut numbers = vec![0; BIG.0 + 1];
        unpack(&answer, ANSWER_BITS, &mut numbers);
        let ciphertext = LweCiphertext::from_container(numbers, modulus());
        phases[usize::from(accepted)].push(positions(parties.phase(&ciphertext)));
    }
    // Kolmogorov–Smirnov: the maximum distance of the two distributions.
    let share = |phases: &[f64], x: f64| {
        phases.iter().filter(|phase| **phase <= x).count() as f64 / phases.len() as f64
    };
    let all: Vec<f64> = phases.concat();
    let distance =
        all.iter().map(|&x| (share(&phases[0], x) - share(&phases[1], x)).abs()).fold(0.0, f64::max);
    let (n, m) = (phases[0].len() as f64, phases[1].len() as f64);
    assert!(n.min(m) > samples() as f64 / 3.0, "{n} and {m}");
    // Exceeded once in ten thousand runs; the seed is fixed.
    assert!(distance < 2.23 * ((n + m) / (n * m)).sqrt(), "{distance}");
    // Either phase lies around one of the two answers, flooded.
    assert!(all.iter().all(|phase| (phase.abs() - 1024.0).abs() < 513.0));
}
