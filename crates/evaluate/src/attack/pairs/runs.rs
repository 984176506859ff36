//! Whether rows can be compared that are not of one link and one run.

use mizuhiki_exchange::Outcome;
use mizuhiki_match::audit::PairComparison;

use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::pairs::rows::PairSight;
use crate::attack::pairs::scene::PairScene;

/// The share of tags of three bytes that are equal by chance.
const EQUAL_TAGS: f64 = 1.0 / 16_777_216.0;

/// Comparisons that succeed between rows of one handle in two runs, and between rows of two handles.
pub(crate) fn beyond_a_link(scene: &PairScene<'_>, _: &Effort) -> Vec<Measured> {
    let comparison = PairComparison::new(scene.schema);
    let links = scene.len();
    let measured = |setting: &str, left: &PairSight, right: &PairSight, shift: usize| {
        let mut hits = 0;
        for link in 0..links {
            let vector = comparison.compare(left.row(link), right.row((link + shift) % links));
            let outcomes = comparison.outcomes().iter().zip(vector);
            hits += outcomes.filter(|(of, number)| of.outcome(*number) != Outcome::Missing).count() as u64;
        }
        let trials = links * comparison.outcomes().len();
        Measured::counted(setting, Goal::Structure, hits, trials as u64, EQUAL_TAGS)
    };
    let (left, right) = (&scene.left, &scene.right);
    [
        measured("left file with the right one of another run", &left.rows, &right.again, 0),
        measured("right file with the left one of another run", &left.again, &right.rows, 0),
        measured("another handle of the same run", &left.rows, &right.rows, 1),
    ]
    .into_iter()
    .flatten()
    .collect()
}
