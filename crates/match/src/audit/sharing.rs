//! Records that several links share are explained once (`protocols/05-audit.md` §3).

use super::patterns::Sharing;

/// What the links of one record reveal about each other: the one most likely to be right is taken for its
/// holder's.
///
/// `links` are the links of the record; `probability` gives the probability that a link is wrong.
pub fn holders<L: Copy>(links: &[L], probability: impl Fn(L) -> f64) -> Vec<(L, Sharing)> {
    let all: Vec<f64> = links.iter().map(|&link| probability(link)).collect();
    let lowest = all.iter().copied().fold(f64::INFINITY, f64::min);
    let is_one = all.iter().filter(|&&probability| probability <= lowest).count() == 1;
    let of = |probability: f64| {
        if is_one && probability <= lowest { Sharing::Open } else { Sharing::Beside }
    };
    links.iter().zip(all).map(|(&link, probability)| (link, of(probability))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_link_is_the_holders_and_all_others_are_beside_it() {
        let told = |all: &[f64]| -> Vec<Sharing> {
            let links: Vec<usize> = (0..all.len()).collect();
            holders(&links, |link| all[link]).into_iter().map(|(_, sharing)| sharing).collect()
        };
        assert_eq!(told(&[0.9, 1e-9]), [Sharing::Beside, Sharing::Open]);
        assert_eq!(told(&[0.9, 0.2, 0.99]), [Sharing::Beside, Sharing::Open, Sharing::Beside]);
        // Of equal ones, the holder's cannot be determined.
        assert_eq!(told(&[1e-9, 1e-9]), [Sharing::Beside, Sharing::Beside]);
        assert_eq!(told(&[1e-9]), [Sharing::Open]);
    }
}
