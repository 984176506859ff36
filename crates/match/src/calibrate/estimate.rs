//! Expected number of non-matches in each band of similarity (`protocols/04-matching.md` §7).

use super::mixture::{Expected, non_matches_among};
use super::sample::WithinFile;
use super::scale::Scale;

/// Non-matches expected a priori, per record, in a band below solid pairs: twins, relatives and namesakes
/// whose records differ in one field.
const RELATIVES: f64 = 0.005;
/// Factor for bands of solid pairs: relatives with similar names.
const SOLID_RELATIVES: f64 = 0.03;
/// Certainty of this prior: the shape of a gamma distribution.
const RELATIVES_SHAPE: f64 = 2.0;
/// The same for solid pairs, where less is known a priori.
const SOLID_SHAPE: f64 = 0.1;

/// Matches expected a priori in a band, as a share of those in all bands above, and the certainty of this
/// prior. If persons have many records, more of their pairs differ much: then as a share of those in the next
/// band above.
const MATCHES: f64 = 0.4;
const MATCHES_OF_MANY: f64 = 2.0;
const MATCHES_SHAPE: f64 = 0.5;

/// Persons have many records if the solid pairs that are not links exceed this share of the solid links.
pub(super) const MANY_RECORDS: f64 = 0.3;

/// Files have duplicates if solid pairs within files exceed this share of the links, and a file has more
/// solid partners per record than this. Fewer may be relatives.
const DUPLICATES: f64 = 0.01;
const PARTNERS: f64 = 0.004;

/// Minimum number of pairs of a level whose ratio to the level below is used.
const ENOUGH: u64 = 30;

/// Solid pairs are taken for non-matches up to twice the expected number and this many. With symbols, they
/// are also taken for non-matches up to this share of the band below, because some relatives are similar in
/// the field in which they differ.
const FEW_SOLID: f64 = 3.0;
const SOLID_SHARE: f64 = 0.3;

/// Candidates by level.
#[derive(Debug, Clone)]
pub struct Counts {
    /// The levels.
    pub scale: Scale,
    /// The first level that candidates cover completely.
    pub lowest: usize,
    /// One-to-one links of each level.
    pub links: Vec<u64>,
    /// All candidates of each level; at least as many as the links.
    pub pairs: Vec<u64>,
    /// Records of the left file, or of the only one.
    pub left: usize,
    /// Records of the right file; `None` within one file.
    pub right: Option<usize>,
}

/// A band of levels and its counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Band {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Pairs that were split.
    pub(super) pairs: f64,
    /// Of these, non-matches.
    pub(super) non_matches: f64,
}

impl Counts {
    fn all_pairs(&self) -> f64 {
        self.free(0.0)
    }

    /// Pairs of records without a link, given the number of links.
    fn free(&self, links: f64) -> f64 {
        let left = self.left as f64;
        match self.right {
            Some(right) => (left - links).max(0.0) * (right as f64 - links).max(0.0),
            None => (left - 2.0 * links).max(0.0) * (left - 2.0 * links - 1.0).max(0.0) / 2.0,
        }
    }

    /// The highest level that at least half of the solid links reach.
    fn core(&self) -> usize {
        let solid = self.scale.solid();
        let half = Self::sum(&self.links, solid, usize::MAX) / 2.0;
        let reached = |level: &usize| Self::sum(&self.links, *level, usize::MAX) >= half;
        (solid..self.links.len()).rev().find(reached).unwrap_or(solid)
    }

    /// Pairs at or above `level` that are not links, as a share of the links there.
    pub(super) fn beside_links(&self, level: usize) -> f64 {
        let sum = |of: &[u64]| Self::sum(of, level, usize::MAX);
        let (links, pairs) = (sum(&self.links), sum(&self.pairs));
        if links > 0.0 { (pairs - links) / links } else { 0.0 }
    }

    /// Expected number of pairs of relatives and namesakes in a band.
    fn relatives(&self) -> f64 {
        let most = self.left.max(self.right.unwrap_or(0)) as f64;
        RELATIVES * self.all_pairs() / most.max(1.0)
    }

    fn sum(counts: &[u64], start: usize, end: usize) -> f64 {
        counts[start.min(counts.len())..end.min(counts.len())].iter().sum::<u64>() as f64
    }
}

/// The bands of a comparison from the highest down, with expected non-matches whose share never decreases.
pub(super) fn bands(counts: &Counts, files: &[WithinFile]) -> Vec<Band> {
    let bands = counts.scale.bands(counts.lowest, counts.scale.solid());
    let judged = if counts.right.is_some() { between(counts, &bands, files) } else { within(counts, &bands) };
    pooled(judged)
}

/// Two files: the pairs within each give the expected number of non-matches in a band.
fn between(counts: &Counts, bands: &[(usize, usize)], files: &[WithinFile]) -> Vec<Band> {
    let (all, solid) = (counts.all_pairs(), counts.scale.solid());
    let solid_links = Counts::sum(&counts.links, solid, usize::MAX).max(1.0);
    let solid_within: Vec<f64> = files.iter().map(|file| file.between(solid, usize::MAX)).collect();
    let sizes = [counts.left, counts.right.unwrap_or(counts.left)];
    let partners = files
        .iter()
        .zip(sizes)
        .map(|(file, records)| file.between(solid, usize::MAX) * records as f64 / file.of.max(1.0));
    let duplicates = solid_within.iter().sum::<f64>() > DUPLICATES * solid_links
        && partners.fold(0.0, f64::max) > PARTNERS;
    let few = few_solid(counts, &counts.links);
    let tail = tail(counts);
    let (mut links, mut matches) = (0.0, 0.0);
    let judge = |&(start, end): &(usize, usize)| {
        let here = Counts::sum(&counts.links, start, end);
        let free = counts.free(links + here / 2.0);
        let prior = (tail[start..end].iter().sum::<f64>() + counts.relatives()) * free / all.max(1.0);
        let random = free * (start..end).map(|level| counts.scale.random_share(level)).sum::<f64>();
        // Duplicates within a file are as similar as links are.
        let of_file = |(file, solid_within): (&WithinFile, &f64)| match (duplicates, start >= solid) {
            (true, true) => 0.0,
            (true, false) => (file.between(start, end) - solid_within / solid_links * here).max(0.0),
            _ => file.between(start, end),
        };
        let seen: f64 = files.iter().zip(&solid_within).map(of_file).sum();
        let exposed = files.iter().map(|file| file.of).sum::<f64>() / free.max(1.0);
        let mut expected = if files.is_empty() {
            Expected { shape: RELATIVES_SHAPE, mean: prior }
        } else {
            Expected { shape: 0.5 + seen, mean: ((seen + 0.5) / exposed.max(f64::MIN_POSITIVE)).max(random) }
        };
        if duplicates && expected.mean > prior {
            expected = Expected { shape: 1.0, mean: prior };
        }
        let non_matches = if start >= solid {
            of_solid(here, expected.mean, few)
        } else {
            below(here, expected, Expected { shape: MATCHES_SHAPE, mean: MATCHES * matches })
        };
        links += here;
        matches += here - non_matches;
        Band { start, end, pairs: here, non_matches }
    };
    bands.iter().map(judge).collect()
}

/// One file.
fn within(counts: &Counts, bands: &[(usize, usize)]) -> Vec<Band> {
    if counts.beside_links(counts.scale.solid()) <= MANY_RECORDS {
        of_few(counts)
    } else if counts.scale.is_of_symbols() {
        of_many(counts, bands)
    } else {
        of_many_filters(counts, bands)
    }
}

/// Nearly all persons have at most two records: pairs of linked records with others are non-matches, and give
/// an estimate for the rest. Third records of persons are assumed equally frequent at links above and below
/// `core`.
fn of_few(counts: &Counts) -> Vec<Band> {
    let (all, solid) = (counts.all_pairs(), counts.scale.solid());
    let core = counts.core();
    let beside = counts.beside_links(core);
    let bands = counts.scale.bands(counts.lowest, core);
    let (tail, few) = (tail(counts), few_solid(counts, &counts.links));
    let (mut links, mut matches) = (0.0, 0.0);
    let judge = |&(start, end): &(usize, usize)| {
        let here = Counts::sum(&counts.links, start, end);
        let losers = Counts::sum(&counts.pairs, start, end) - here;
        let taken = links + here / 2.0;
        let free = counts.free(taken);
        let extrapolated = tail[start..end].iter().sum::<f64>();
        let (share, sure) =
            if start >= solid { (SOLID_RELATIVES, SOLID_SHAPE) } else { (1.0, RELATIVES_SHAPE) };
        let relatives = share * counts.relatives();
        let non_matches = if start >= core {
            of_solid(here, extrapolated + relatives, few)
        } else {
            let prior = (extrapolated + relatives) * free / all.max(1.0);
            let seen = (losers - beside * here).max(0.0);
            let exposed = (all - free - taken).max(0.0) / free.max(1.0);
            let shape = sure + seen;
            let mean = shape / (sure / prior.max(f64::MIN_POSITIVE) + exposed);
            below(here, Expected { shape, mean }, Expected { shape: MATCHES_SHAPE, mean: MATCHES * matches })
        };
        links += here;
        matches += here - non_matches;
        Band { start, end, pairs: here, non_matches }
    };
    bands.iter().map(judge).collect()
}

/// Persons have many records: no pair is known to be a non-match.
fn of_many(counts: &Counts, bands: &[(usize, usize)]) -> Vec<Band> {
    let solid = counts.scale.solid();
    let (tail, few) = (tail(counts), few_solid(counts, &counts.pairs));
    let mut matches = 0.0;
    let judge = |&(start, end): &(usize, usize)| {
        let here = Counts::sum(&counts.pairs, start, end);
        let extrapolated = tail[start..end].iter().sum::<f64>();
        let non_matches = if start >= solid {
            of_solid(here, extrapolated + SOLID_RELATIVES * counts.relatives(), few)
        } else {
            let expected = Expected { shape: RELATIVES_SHAPE, mean: extrapolated + counts.relatives() };
            below(here, expected, Expected { shape: MATCHES_SHAPE, mean: MATCHES_OF_MANY * matches })
        };
        matches = here - non_matches;
        Band { start, end, pairs: here, non_matches }
    };
    bands.iter().map(judge).collect()
}

/// The same for filters. Their similarities have no gaps: going down, matches keep decreasing as before, and
/// non-matches only increase.
fn of_many_filters(counts: &Counts, bands: &[(usize, usize)]) -> Vec<Band> {
    let solid = counts.scale.solid();
    let tail = tail(counts);
    let here = |(start, end): (usize, usize)| Counts::sum(&counts.pairs, start, end);
    let last_solid = here((solid, solid + 2));
    let fall = last_solid / here((solid + 2, solid + 4)).max(1.0);
    let mut limits = vec![f64::INFINITY; bands.len()];
    for _ in 0..2 {
        let (mut expected, mut ratio) = (last_solid, fall.min(1.0));
        let mut excess = vec![f64::INFINITY; bands.len()];
        for (at, &(start, end)) in bands.iter().enumerate().filter(|(_, (start, _))| *start < solid) {
            let pairs = here((start, end));
            let fallen = expected * ratio;
            let extrapolated = tail[start..end].iter().sum::<f64>() + counts.relatives() / 10.0;
            let matches = pairs.min(fallen + fallen.sqrt());
            excess[at] = (pairs - matches).max(extrapolated.min(pairs)).min(limits[at]);
            let left = pairs - excess[at];
            ratio = (0.5 * ratio + 0.5 * left / expected.max(f64::MIN_POSITIVE)).clamp(0.2, 1.0);
            expected = left.min(fallen);
        }
        // Pairs that disappear further down were matches.
        let mut least = f64::INFINITY;
        for at in (0..bands.len()).rev() {
            least = least.min(excess[at]);
            limits[at] = least;
        }
    }
    let judge = |(&(start, end), &limit): (&(usize, usize), &f64)| {
        let pairs = here((start, end));
        let non_matches = if start >= solid {
            of_solid(
                pairs,
                tail[start..end].iter().sum::<f64>() + SOLID_RELATIVES * counts.relatives(),
                false,
            )
        } else {
            limit.min(pairs)
        };
        Band { start, end, pairs, non_matches }
    };
    bands.iter().zip(&limits).map(judge).collect()
}

/// Whether solid pairs of symbols are so few, compared with those of the band below, that all of them may be
/// relatives.
fn few_solid(counts: &Counts, of: &[u64]) -> bool {
    let solid = counts.scale.solid();
    let below = counts
        .scale
        .bands(counts.lowest, solid)
        .get(1)
        .map_or(0.0, |&(start, end)| Counts::sum(of, start, end));
    counts.scale.is_of_symbols() && Counts::sum(of, solid, usize::MAX) <= SOLID_SHARE * below
}

/// Non-matches among solid pairs: all of them, if chance or relatives can explain their number.
fn of_solid(pairs: f64, expected: f64, few: bool) -> f64 {
    if few || pairs <= 2.0 * expected + FEW_SOLID { pairs } else { expected.min(pairs) }
}

/// Non-matches among other pairs: all of them, if there is no solid match.
fn below(pairs: f64, non_matches: Expected, matches: Expected) -> f64 {
    if matches.mean <= 0.0 { pairs } else { non_matches_among(pairs as usize, non_matches, matches) }
}

/// Non-matches of each level, extrapolated from the lowest one, where nearly all pairs are non-matches. All
/// pairs count while they decrease at least as fast as before; beyond that, the last ratio continues.
fn tail(counts: &Counts) -> Vec<f64> {
    let mut tail = vec![0.0; counts.pairs.len()];
    let of = |level: usize| counts.pairs.get(level).copied().unwrap_or(0);
    let Some(first) = (counts.lowest..counts.pairs.len()).find(|&level| of(level) > 0) else { return tail };
    tail[first] = of(first) as f64;
    let symbols = counts.scale.is_of_symbols();
    let mut ratio = if symbols { 0.5 } else { 1.0 };
    let (mut follows, mut begun) = (true, false);
    for level in first..tail.len() - 1 {
        let fall = if of(level) > 0 { of(level + 1) as f64 / of(level) as f64 } else { 0.0 };
        follows &= of(level + 1) >= ENOUGH && fall <= ratio * if begun { 1.1 } else { 1.0 };
        if follows {
            ratio = ratio.min(fall);
            tail[level + 1] = of(level + 1) as f64;
        } else {
            if !begun && of(level) > ENOUGH {
                ratio = ratio.min(fall);
            }
            tail[level + 1] = tail[level] * ratio;
        }
        begun = true;
    }
    tail
}

/// Pools bands so that the share of non-matches never decreases going down (isotonic regression by pooling
/// adjacent violators; Ayer et al., Ann. Math. Statist. 26, 1955). Bands without pairs are joined to the next
/// below.
fn pooled(bands: Vec<Band>) -> Vec<Band> {
    let mut pools: Vec<Band> = Vec::new();
    let share = |band: &Band| if band.pairs > 0.0 { band.non_matches / band.pairs } else { f64::INFINITY };
    for band in bands {
        let mut pool = band;
        while let Some(last) = pools.last().filter(|last| last.pairs == 0.0 || share(last) > share(&pool)) {
            pool = Band {
                start: pool.start,
                end: last.end,
                pairs: last.pairs + pool.pairs,
                non_matches: last.non_matches + pool.non_matches,
            };
            pools.pop();
        }
        pools.push(pool);
    }
    pools
}
