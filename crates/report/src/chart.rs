//! Geometry of the similarity histogram.

use serde::Serialize;

use crate::error::ReportError;
use crate::link::report::ThresholdSummary;
use crate::number;

/// Drawing area in user units; the margins hold axes and labels.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 42.0;
const BOTTOM: f64 = 48.0;
const PLOT_WIDTH: f64 = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT: f64 = HEIGHT - TOP - BOTTOM;

/// Maximum number of bars that fit the width.
const MAX_BARS: usize = 80;
/// The axis starts and ends at multiples of 1/20.
const GRID: usize = 20;
/// Heights follow the square root if the largest count is at least this many times the median.
const SKEW: u64 = 12;

/// A histogram, ready to be drawn.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    base: f64,
    middle: f64,
    bars: Vec<Bar>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    markers: Vec<Marker>,
    square_root: bool,
    has_candidates: bool,
    has_links: bool,
    /// Ends of the axis.
    from: String,
    to: String,
    /// Whether the axis omits empty ranges.
    trimmed: bool,
}

/// One bin, or a few adjacent ones.
#[derive(Debug, Serialize)]
struct Bar {
    from: String,
    to: String,
    candidates: String,
    links: String,
    /// In drawing order: the taller one first, so that both are visible.
    rects: Vec<Rect>,
}

#[derive(Debug, Serialize)]
struct Rect {
    /// `candidate` or `link`.
    class: &'static str,
    x: String,
    y: String,
    width: String,
    height: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tick {
    pub(crate) at: String,
    pub(crate) label: String,
}

/// A threshold: a line with a label.
#[derive(Debug, Serialize)]
struct Marker {
    x: String,
    top: f64,
    label: String,
    label_x: String,
    label_y: f64,
    anchor: &'static str,
}

impl Chart {
    /// `None` if there is nothing to draw.
    pub(crate) fn new(
        candidates: &[u64],
        links: &[u64],
        thresholds: &ThresholdSummary,
    ) -> Result<Option<Self>, ReportError> {
        if !candidates.is_empty() && !links.is_empty() && candidates.len() != links.len() {
            return Err(ReportError::Bins { candidates: candidates.len(), links: links.len() });
        }
        let bins = candidates.len().max(links.len());
        let at = |counts: &[u64], bin: usize| counts.get(bin).copied().unwrap_or(0);
        let used = |bin: &usize| at(candidates, *bin) > 0 || at(links, *bin) > 0;
        let (Some(first), Some(last)) = ((0..bins).find(used), (0..bins).rfind(used)) else {
            return Ok(None);
        };
        let axis = Axis::new(first, last, bins, thresholds);
        let start = axis.from * bins / GRID;
        let end = (axis.to * bins).div_ceil(GRID);
        let step = (end - start).div_ceil(MAX_BARS);
        let sums: Vec<Sums> = (start..end)
            .step_by(step)
            .map(|from| {
                let to = (from + step).min(end);
                let sum = |counts| (from..to).fold(0_u64, |sum, bin| sum.saturating_add(at(counts, bin)));
                let edge = |bin: usize| bin as f64 / bins as f64;
                Sums { from: edge(from), to: edge(to), candidates: sum(candidates), links: sum(links) }
            })
            .collect();
        let scale = Scale::new(&sums);
        Ok(Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            base: HEIGHT - BOTTOM,
            middle: LEFT + PLOT_WIDTH / 2.0,
            bars: sums.iter().map(|sums| sums.bar(&axis, &scale)).collect(),
            x_ticks: axis.ticks(),
            y_ticks: scale.ticks(),
            markers: markers(&axis, thresholds),
            square_root: scale.square_root,
            has_candidates: !candidates.is_empty(),
            has_links: !links.is_empty(),
            from: number::similarity(axis.start()),
            to: number::similarity(axis.end()),
            trimmed: axis.from > 0 || axis.to < GRID,
        }))
    }
}

/// The range of similarities shown, in twentieths.
struct Axis {
    from: usize,
    to: usize,
}

impl Axis {
    /// All used bins and both thresholds, with a small margin.
    fn new(first: usize, last: usize, bins: usize, thresholds: &ThresholdSummary) -> Self {
        let (mut from, mut to) = (first * GRID / bins, ((last + 1) * GRID).div_ceil(bins));
        for threshold in [thresholds.accept, thresholds.borderline] {
            if (0.0..=1.0).contains(&threshold) {
                let twentieths = threshold * GRID as f64;
                from = from.min(twentieths.floor() as usize);
                to = to.max(twentieths.ceil() as usize);
            }
        }
        if to - from < 2 {
            (from, to) = (from.saturating_sub(1), (to + 1).min(GRID));
        }
        Self { from, to }
    }

    fn start(&self) -> f64 {
        self.from as f64 / GRID as f64
    }

    fn end(&self) -> f64 {
        self.to as f64 / GRID as f64
    }

    fn x(&self, similarity: f64) -> f64 {
        let share = (similarity - self.start()) / (self.end() - self.start());
        LEFT + share.clamp(0.0, 1.0) * PLOT_WIDTH
    }

    fn ticks(&self) -> Vec<Tick> {
        let step = if self.to - self.from <= 10 { 1 } else { 2 };
        (self.from..=self.to)
            .filter(|twentieth| twentieth % step == 0)
            .map(|twentieth| {
                let similarity = twentieth as f64 / GRID as f64;
                Tick { at: units(self.x(similarity)), label: number::similarity(similarity) }
            })
            .collect()
    }
}

/// From counts to heights.
struct Scale {
    top: u64,
    square_root: bool,
}

impl Scale {
    fn new(sums: &[Sums]) -> Self {
        let mut counts: Vec<u64> = sums.iter().flat_map(|sums| [sums.candidates, sums.links]).collect();
        counts.retain(|&count| count > 0);
        counts.sort_unstable();
        let largest = counts.last().copied().unwrap_or(1);
        let median = counts.get(counts.len() / 2).copied().unwrap_or(1);
        Self { top: largest, square_root: largest / median.max(1) >= SKEW }
    }

    fn height(&self, count: u64) -> f64 {
        let share = (count as f64 / self.top as f64).min(1.0);
        PLOT_HEIGHT * if self.square_root { share.sqrt() } else { share }
    }

    /// Round counts upward from the axis, with room for a label between them.
    fn ticks(&self) -> Vec<Tick> {
        let tick = |count| Tick {
            at: units(HEIGHT - BOTTOM - self.height(count)),
            label: number::short_count(count),
        };
        let mut ticks = vec![tick(0)];
        if self.square_root {
            let mut above = 0.0;
            for count in round_counts().take_while(|&count| count <= self.top) {
                if self.height(count) - above >= 0.15 * PLOT_HEIGHT {
                    above = self.height(count);
                    ticks.push(tick(count));
                }
            }
        } else {
            let step = round_counts().find(|&step| self.top / step <= 5).unwrap_or(self.top);
            ticks.extend((1..=self.top / step).map(|index| tick(index * step)));
        }
        ticks
    }
}

/// 1, 2, 5, 10, 20, 50 … as far as 64 bits go.
fn round_counts() -> impl Iterator<Item = u64> {
    (0..19).map(|power| 10_u64.pow(power)).flat_map(|unit| [unit, 2 * unit, 5 * unit])
}

/// The counts under one bar.
struct Sums {
    from: f64,
    to: f64,
    candidates: u64,
    links: u64,
}

impl Sums {
    fn bar(&self, axis: &Axis, scale: &Scale) -> Bar {
        let (from, to) = (axis.x(self.from), axis.x(self.to));
        let gap = (0.06 * (to - from)).min(1.0);
        let mut counts = [("candidate", self.candidates), ("link", self.links)];
        if self.links > self.candidates {
            counts.reverse();
        }
        let rects = counts.into_iter().filter(|&(_, count)| count > 0).map(|(class, count)| {
            // Every count above 0 is visible.
            let height = scale.height(count).max(1.5);
            Rect {
                class,
                x: units(from + gap),
                y: units(HEIGHT - BOTTOM - height),
                width: units((to - from - 2.0 * gap).max(0.5)),
                height: units(height),
            }
        });
        Bar {
            from: number::similarity(self.from),
            to: number::similarity(self.to),
            candidates: number::count(self.candidates),
            links: number::count(self.links),
            rects: rects.collect(),
        }
    }
}

/// Lines for both thresholds, or one if they are equal. Labels are in two rows, beside their lines.
fn markers(axis: &Axis, thresholds: &ThresholdSummary) -> Vec<Marker> {
    let marker = |similarity: f64, name: &str, row: f64, to_the_left: bool| {
        (0.0..=1.0).contains(&similarity).then(|| {
            let x = axis.x(similarity);
            let (anchor, offset) = if to_the_left { ("end", -6.0) } else { ("start", 6.0) };
            let label_y = 12.0 + 17.0 * row;
            Marker {
                x: units(x),
                top: label_y - 10.0,
                label: format!("{name} {}", number::similarity(similarity)),
                label_x: units(x + offset),
                label_y,
                anchor,
            }
        })
    };
    let place = |similarity: f64| (axis.x(similarity) - LEFT) / PLOT_WIDTH;
    let (accept, borderline) = (thresholds.accept, thresholds.borderline);
    if accept == borderline {
        return marker(accept, "accept = borderline", 0.0, place(accept) > 0.6).into_iter().collect();
    }
    let upper = marker(accept, "accept", 0.0, place(accept) > 0.8);
    let lower = marker(borderline, "borderline", 1.0, place(borderline) > 0.2);
    upper.into_iter().chain(lower).collect()
}

pub(crate) fn units(value: f64) -> String {
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(accept: f64, borderline: f64) -> ThresholdSummary {
        ThresholdSummary { accept, borderline, origin: "schema".to_owned() }
    }

    fn bins(filled: &[(usize, u64)]) -> Vec<u64> {
        let mut bins = vec![0; 200];
        for &(bin, count) in filled {
            bins[bin] = count;
        }
        bins
    }

    fn chart(candidates: &[u64], links: &[u64], thresholds: &ThresholdSummary) -> Chart {
        Chart::new(candidates, links, thresholds).unwrap().unwrap()
    }

    #[test]
    fn nothing_to_draw_gives_no_chart() {
        for (candidates, links) in [(0, 0), (200, 200), (200, 0)] {
            let none = Chart::new(&vec![0; candidates], &vec![0; links], &thresholds(0.9, 0.8)).unwrap();
            assert!(none.is_none());
        }
    }

    #[test]
    fn bins_must_agree() {
        let error = Chart::new(&[1; 10], &[1; 20], &thresholds(0.9, 0.8)).unwrap_err();
        assert!(matches!(error, ReportError::Bins { candidates: 10, links: 20 }));
    }

    #[test]
    fn the_axis_holds_bins_and_thresholds_alone() {
        let drawn = chart(&bins(&[(170, 3), (181, 9)]), &[], &thresholds(0.97, 0.83));
        assert_eq!((drawn.from.as_str(), drawn.to.as_str()), ("0.80", "1.00"));
        assert_eq!(drawn.bars.len(), 40);
        assert!(drawn.trimmed && !drawn.has_links);
    }

    #[test]
    fn wide_ranges_join_bins_and_lose_nothing() {
        let counts = bins(&[(0, 1), (1, 2), (2, 4), (199, 8)]);
        let drawn = chart(&counts, &counts, &thresholds(1.0, 1.0));
        assert_eq!(drawn.bars.len(), 67);
        assert_eq!(drawn.bars[0].candidates, "7");
        assert_eq!(drawn.bars[66].links, "8");
        assert_eq!(drawn.bars[66].to, "1.00");
        assert!(!drawn.trimmed);
    }

    #[test]
    fn skewed_counts_take_the_square_root() {
        let skewed = bins(&[(150, 2), (160, 3), (190, 5_000)]);
        assert!(chart(&skewed, &[], &thresholds(0.9, 0.8)).square_root);
        let even = bins(&[(150, 40), (160, 50), (190, 60)]);
        assert!(!chart(&even, &[], &thresholds(0.9, 0.8)).square_root);
    }

    #[test]
    fn equal_thresholds_share_one_line_and_odd_ones_none() {
        let counts = bins(&[(180, 5)]);
        assert_eq!(chart(&counts, &[], &thresholds(0.8, 0.8)).markers.len(), 1);
        assert_eq!(chart(&counts, &[], &thresholds(0.9, 0.8)).markers.len(), 2);
        assert_eq!(chart(&counts, &[], &thresholds(f64::NAN, -1.0)).markers.len(), 0);
    }

    #[test]
    fn the_taller_bar_stands_behind() {
        let drawn = chart(&[5, 9], &[6, 2], &thresholds(1.0, 0.0));
        let classes = |bar: &Bar| bar.rects.iter().map(|rect| rect.class).collect::<Vec<_>>();
        assert_eq!(classes(&drawn.bars[0]), ["link", "candidate"]);
        assert_eq!(classes(&drawn.bars[1]), ["candidate", "link"]);
    }

    #[test]
    fn extreme_counts_stay_inside() {
        let drawn = chart(&[u64::MAX, u64::MAX, 1], &[1, 0, u64::MAX], &thresholds(1.0, 0.0));
        for rect in drawn.bars.iter().flat_map(|bar| &bar.rects) {
            assert!(rect.y.parse::<f64>().unwrap() >= TOP, "{rect:?}");
        }
        assert!((2..=8).contains(&drawn.y_ticks.len()));
    }

    #[test]
    fn axis_labels_are_few_at_any_size() {
        for top in [1, 2, 3, 7, 11, 99, 1_234, 9_999_999, u64::MAX] {
            for square_root in [false, true] {
                let ticks = Scale { top, square_root }.ticks();
                assert!((2..=8).contains(&ticks.len()), "{top}: {ticks:?}");
            }
        }
    }
}
