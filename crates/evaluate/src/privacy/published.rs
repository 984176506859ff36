//! What papers of others report of attacks of the same kind.

use mizuhiki_report::PublishedFigure;

/// Figures with their sources, by the name of the attack here. Each was read in its source: the tables of results
/// that the authors publish, or the paper.
const PUBLISHED: [(&str, &str, &str); 9] = [
    ("graph matching by embeddings", CLKS, GRAPH_MATCHING),
    (
        "graph matching by embeddings",
        "tabulation min-hash and two-step hash of 10,000 synthetic people: 100% and 100% re-identified if all are in \
         the list, 97.0% and 97.0% if a fifth are",
        GRAPH_MATCHING,
    ),
    (
        "graph matching by embeddings",
        "CLKs with linear diffusion of 10,000 synthetic people, all in the list: 94.5% re-identified with t = 2, \
         50.6% with t = 4, 0.54% with t = 5, 0.01% (one record) with t = 8",
        GRAPH_MATCHING,
    ),
    (
        "graph matching by embeddings",
        "CLKs of 100,000 voters of North Carolina: 99.8% re-identified if all are in the list, 98.2% if a fifth are",
        GRAPH_MATCHING,
    ),
    ("graph matching by landmarks", CLKS, GRAPH_MATCHING),
    (
        "neural network",
        "Bloom filters and two hashes that keep similarity, many known pairs: up to 33.05% of other records \
         reconstructed exactly, Dice similarity of bigrams up to 0.997",
        "Neural pattern learning attack (NEPAL), “Climbing toward the peak of re-identification in \
         privacy-preserving record linkage”, 2025/26",
    ),
    (
        "neural network",
        "trained with the pairs that graph matching found: on average 1.71%, at most 13.47% of the other records \
         reconstructed exactly",
        "Dataset extension attack, 2025",
    ),
    (
        "frequent patterns of bits",
        "works on Bloom filters even if no two are equal; no single figure can be compared",
        "Christen, Vidanage, Ranbaduge, Schnell, “Pattern-mining based cryptanalysis of Bloom filters for \
         privacy-preserving record linkage”, PAKDD 2018",
    ),
    (
        "values from sizes of classes",
        "match keys under a keyed hash are aligned by their frequencies; no single figure can be compared",
        "Vidanage et al., International Journal of Population Data Science, 2020",
    ),
];

const CLKS: &str = "CLKs of 10,000 synthetic people: 100% re-identified if all are in the attacker's list, 99.98% if half \
                    are, 89.4% if a fifth are";

const GRAPH_MATCHING: &str = "Schäfer, Armknecht, Heng, “R+R: Revisiting graph matching attacks on privacy-preserving record \
                              linkage”, ACSAC 2024, and its tables of results";

/// The figures beside attacks that are run, or left out, in a result.
pub(super) fn published<'n>(attacks: impl Iterator<Item = &'n str>) -> Vec<PublishedFigure> {
    let named: Vec<&str> = attacks.collect();
    let there = PUBLISHED.iter().filter(|(attack, ..)| named.contains(attack));
    there
        .map(|(attack, figure, source)| PublishedFigure {
            attack: (*attack).to_owned(),
            figure: (*figure).to_owned(),
            source: (*source).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_of_named_attacks() {
        assert!(published(["ridge regression"].into_iter()).is_empty());
        let found = published(["neural network", "graph matching by landmarks"].into_iter());
        assert_eq!(found.len(), 3);
        assert!(found[0].figure.contains("99.98% if half are"));
    }
}
