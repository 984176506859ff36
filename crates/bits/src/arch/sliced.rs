//! The tile kernel, written once over [`Vector`].

use crate::queries::STEP;
use crate::rows::BitRows;
use crate::tile::{PairHit, Tile, TileTask};
use crate::vector::Vector;

/// Queries that are counted before any of them is examined, so that counting need not wait for branches.
const BATCH: usize = 16;

/// Steps that a whole batch is counted through together, so that their columns stay in the nearest cache.
const SEGMENT: usize = 12;

/// With at most this many lanes alive, another step costs more than counting the lanes exactly.
const FEW: u32 = 1;

/// Misses of non-matching rows scatter around their expected number. The first check comes this many square
/// roots of the allowed misses late, when all but a few lanes of a tile have overflowed.
const SLACK: f32 = 4.0;

/// Planes of a counter: as many bits as the number of columns has.
const PLANES: usize = 13;

/// Misses of each lane, offset so that the first miss too many overflows.
#[derive(Clone, Copy)]
struct Counter<V> {
    /// Lanes that have overflowed.
    dead: V,
    planes: [V; PLANES],
}

/// A query that is being counted.
#[derive(Clone, Copy, Default)]
struct Item {
    /// Position among the queries.
    index: usize,
    /// Position among the counters.
    counter: usize,
    misses: u32,
    /// Steps that are done, and those to be done before the next check.
    done: usize,
    until: usize,
}

/// A pair to be counted exactly.
struct Candidate {
    /// Position among the queries.
    index: u32,
    lane: u32,
}

/// All queries against all tiles. The outer loop is over tiles: each is read repeatedly, from near caches.
///
/// # Safety
/// The processor must have the features of `V`, and the tiles columns of `V::WORDS` words.
#[inline(always)]
pub(super) unsafe fn common<V: Vector>(task: &TileTask<'_>, hits: &mut Vec<PairHit>) {
    // SAFETY: as the caller vouches.
    let zero = unsafe { V::splat(false) };
    let mut counters = [Counter { dead: zero, planes: [zero; PLANES] }; BATCH];
    let mut items = [Item::default(); BATCH];
    let mut candidates = Vec::new();
    for tile in task.tiles() {
        for first in (0..task.queries.len()).step_by(BATCH) {
            // SAFETY: as the caller vouches.
            unsafe {
                let mut active = begin(task, &tile, first, &mut items, &mut counters);
                while active > 0 {
                    advance(task, &tile, &mut items[..active], &mut counters);
                    active = look(task, &mut items[..active], &counters, &mut candidates);
                }
                verify::<V>(task, &tile, &candidates, hits);
            }
            candidates.clear();
        }
    }
}

/// Fills `items` with the queries from `first` on that a row of the tile can reach; returns how many.
///
/// # Safety
/// The processor must have the features of `V`.
#[inline(always)]
unsafe fn begin<V: Vector>(
    task: &TileTask<'_>,
    tile: &Tile<'_>,
    first: usize,
    items: &mut [Item; BATCH],
    counters: &mut [Counter<V>; BATCH],
) -> usize {
    let (lightest, heaviest) = (tile.weights[0], tile.weights[tile.weights.len() - 1]);
    let mut active = 0;
    for index in first..(first + BATCH).min(task.queries.len()) {
        let query = task.queries.query(index);
        let need = task.need[(query.weight + lightest) as usize];
        if need > query.weight.min(heaviest) {
            continue;
        }
        let misses = query.weight - need;
        let target = misses as f32 + SLACK * (misses as f32).sqrt();
        let planned = query.expected.partition_point(|&expected| f32::from(expected) < target) + 1;
        items[active] =
            Item { index, counter: active, misses, done: 0, until: planned.min(query.expected.len()) };
        let counter = &mut counters[active];
        // SAFETY: as the caller vouches.
        counter.dead = unsafe { absent_lanes(tile.members.len()) };
        let start = (1 << (4 + high_planes(misses))) - 1 - misses;
        for (plane, bits) in counter.planes.iter_mut().enumerate().take(4 + high_planes(misses)) {
            // SAFETY: as the caller vouches.
            *bits = unsafe { V::splat(start >> plane & 1 == 1) };
        }
        active += 1;
    }
    active
}

/// Planes beyond the lowest four that count `misses`.
#[inline(always)]
const fn high_planes(misses: u32) -> usize {
    match (u32::BITS - misses.leading_zeros()).saturating_sub(4) {
        0 => 1,
        few @ 1..=6 => few as usize,
        _ => PLANES - 4,
    }
}

/// The lanes behind the last of `members`.
///
/// # Safety
/// The processor must have the features of `V`.
#[inline(always)]
unsafe fn absent_lanes<V: Vector>(members: usize) -> V {
    let mask = Mask(std::array::from_fn(|word| match members.saturating_sub(word * 64) {
        64.. => 0,
        present => u64::MAX << present,
    }));
    // SAFETY: as the caller vouches; `mask` is aligned and has the words of the widest register.
    unsafe { V::load(mask.0.as_ptr()) }
}

/// The words of the widest register.
#[repr(align(64))]
struct Mask([u64; 8]);

/// Counts each of `items` up to its next check; all of them pass through one part of the tile before the next
/// part.
///
/// # Safety
/// The processor must have the features of `V`, and the tile columns of `V::WORDS` words.
#[inline(always)]
unsafe fn advance<V: Vector>(
    task: &TileTask<'_>,
    tile: &Tile<'_>,
    items: &mut [Item],
    counters: &mut [Counter<V>; BATCH],
) {
    let columns = tile.lines.as_ptr().cast();
    let mut end = items.iter().map(|item| item.done).min().unwrap_or(0);
    loop {
        end += SEGMENT;
        let mut rest = false;
        for item in &mut *items {
            let until = item.until.min(end);
            if item.done < until {
                let offsets = &task.queries.query(item.index).offsets[item.done * STEP..until * STEP];
                // SAFETY: as the caller vouches; offsets of queries lie within tiles of their order.
                unsafe { count_any(item.misses, columns, offsets, &mut counters[item.counter]) };
                item.done = until;
            }
            rest |= until < item.until;
        }
        if !rest {
            return;
        }
    }
}

/// Chooses the number of planes for [`count`].
///
/// # Safety
/// As [`count`].
#[inline(always)]
unsafe fn count_any<V: Vector>(misses: u32, columns: *const u64, offsets: &[u16], counter: &mut Counter<V>) {
    // SAFETY: as the caller vouches.
    unsafe {
        match high_planes(misses) {
            1 => count::<V, 1>(columns, offsets, counter),
            2 => count::<V, 2>(columns, offsets, counter),
            3 => count::<V, 3>(columns, offsets, counter),
            4 => count::<V, 4>(columns, offsets, counter),
            5 => count::<V, 5>(columns, offsets, counter),
            6 => count::<V, 6>(columns, offsets, counter),
            _ => count::<V, { PLANES - 4 }>(columns, offsets, counter),
        }
    }
}

/// Adds columns to a counter of `4 + U` planes. An overflow sticks: the lane is dead.
///
/// # Safety
/// As [`add_step`], for each [`STEP`] of `offsets`.
#[inline(always)]
unsafe fn count<V: Vector, const U: usize>(columns: *const u64, offsets: &[u16], counter: &mut Counter<V>) {
    let mut dead = counter.dead;
    let mut low: [V; 4] = std::array::from_fn(|plane| counter.planes[plane]);
    let mut high: [V; U] = std::array::from_fn(|plane| counter.planes[4 + plane]);
    let (pairs, last) = offsets.as_chunks::<{ 2 * STEP }>();
    for offsets in pairs {
        // SAFETY: as the caller vouches. Two steps share one walk through the high planes.
        unsafe {
            let first = add_step(columns, offsets.as_ptr(), &mut low);
            let second = add_step(columns, offsets[STEP..].as_ptr(), &mut low);
            let mut carry;
            (high[0], carry) = high[0].full_add(first, second);
            for plane in &mut high[1..] {
                (*plane, carry) = plane.half_add(carry);
            }
            dead = dead.or(carry);
        }
    }
    if !last.is_empty() {
        // SAFETY: as the caller vouches; `last` is a whole step.
        unsafe {
            let mut carry = add_step(columns, last.as_ptr(), &mut low);
            for plane in &mut high {
                (*plane, carry) = plane.half_add(carry);
            }
            dead = dead.or(carry);
        }
    }
    counter.dead = dead;
    counter.planes[..4].copy_from_slice(&low);
    counter.planes[4..4 + U].copy_from_slice(&high);
}

/// Drops the items whose lanes are all dead and counts items with few lanes left exactly. Moves the others to
/// the front and returns how many they are.
///
/// # Safety
/// The processor must have the features of `V`.
#[inline(always)]
unsafe fn look<V: Vector>(
    task: &TileTask<'_>,
    items: &mut [Item],
    counters: &[Counter<V>; BATCH],
    candidates: &mut Vec<Candidate>,
) -> usize {
    let mut active = 0;
    for at in 0..items.len() {
        let mut item = items[at];
        let dead = counters[item.counter].dead;
        let mut alive = [u64::MAX; 8];
        // SAFETY: as the caller vouches; `alive` has the words of the widest register.
        unsafe {
            if dead.is_full() {
                continue;
            }
            dead.store(alive.as_mut_ptr());
        }
        for word in &mut alive {
            *word = !*word;
        }
        let query = task.queries.query(item.index);
        let left: u32 = alive[..V::WORDS].iter().map(|word| word.count_ones()).sum();
        if left <= FEW || item.until == query.expected.len() {
            for (word, &lanes) in alive[..V::WORDS].iter().enumerate() {
                let mut rest = lanes;
                while rest != 0 {
                    let lane = word as u32 * 64 + rest.trailing_zeros();
                    candidates.push(Candidate { index: item.index as u32, lane });
                    rest &= rest - 1;
                }
            }
        } else {
            item.until += 1;
            items[active] = item;
            active += 1;
        }
    }
    active
}

/// Adds [`STEP`] columns to the four low planes and returns the carry out of them.
///
/// # Safety
/// The processor must have the features of `V`; `offsets` must be readable for [`STEP`] offsets, each of which
/// is eight times the rank of a column of `V::WORDS` aligned words at `columns`.
#[inline(always)]
unsafe fn add_step<V: Vector>(columns: *const u64, offsets: *const u16, low: &mut [V; 4]) -> V {
    // SAFETY: as the caller vouches. `offset * WORDS` bytes are `offset / 8 * WORDS` words.
    unsafe {
        // A volatile read keeps compilers from gathering offsets in a vector only to extract them one by one.
        let column = |index: usize| {
            V::load(columns.byte_add(usize::from(offsets.add(index).read_volatile()) * V::WORDS))
        };
        let [ones, twos, fours, eights] = *low;
        // Sums of columns come first and the planes last, so that one step need not wait for the other.
        let (sum_a, twos_a) = column(0).full_add(column(1), column(2));
        let (sum_b, twos_b) = column(3).full_add(column(4), column(5));
        let (sum_c, twos_c) = column(6).full_add(column(7), column(8));
        let (sum_a, twos_d) = sum_c.full_add(sum_a, sum_b);
        let (two_a, fours_a) = twos_c.full_add(twos_a, twos_b);
        let (sum_b, twos_a) = column(9).full_add(column(10), column(11));
        let (sum_c, twos_b) = column(12).full_add(column(13), column(14));
        let (sum_b, twos_c) = sum_c.full_add(sum_b, column(15));
        let (two_b, fours_b) = twos_b.full_add(twos_d, twos_a);
        let (two_a, fours_c) = twos_c.full_add(two_a, two_b);
        let (ones, twos_a) = ones.full_add(sum_a, sum_b);
        let (twos, fours_d) = twos.full_add(two_a, twos_a);
        let (four, eights_a) = fours_c.full_add(fours_a, fours_b);
        let (fours, eights_b) = fours.full_add(four, fours_d);
        let (eights, sixteens) = eights.full_add(eights_a, eights_b);
        *low = [ones, twos, fours, eights];
        sixteens
    }
}

/// Counts `candidates` exactly, one after the other so that their rows are fetched side by side.
///
/// # Safety
/// The processor must have the features of `V`.
#[inline(always)]
unsafe fn verify<V: Vector>(
    task: &TileTask<'_>,
    tile: &Tile<'_>,
    candidates: &[Candidate],
    hits: &mut Vec<PairHit>,
) {
    for &Candidate { index, lane } in candidates {
        let query = task.queries.query(index as usize);
        let row = tile.members[lane as usize];
        // SAFETY: as the caller vouches.
        let count = unsafe { V::common_bits(query.words, task.rows().row(row as usize)) };
        if count >= task.need[(query.weight + tile.weights[lane as usize]) as usize] {
            hits.push(PairHit { query: index, row, count });
        }
    }
}

/// Common bits of `query` with each of `members`.
///
/// # Safety
/// The processor must have the features of `V`.
#[inline(always)]
pub(super) unsafe fn counts<V: Vector>(query: &[u64], rows: &BitRows, members: &[u32], counts: &mut [u32]) {
    assert_eq!(query.len(), rows.stride(), "both sides have one width");
    let (eights, rest) = members.as_chunks::<8>();
    let (count_eights, count_rest) = counts.split_at_mut(eights.len() * 8);
    // SAFETY: as the caller vouches.
    unsafe {
        for (counts, eight) in count_eights.as_chunks_mut().0.iter_mut().zip(eights) {
            // `eight.map` is not inlined.
            let mut chosen = [query; 8];
            for (chosen, &row) in chosen.iter_mut().zip(eight) {
                *chosen = rows.row(row as usize);
            }
            *counts = V::common_bits_of_each(query, chosen);
        }
        for (count, &row) in count_rest.iter_mut().zip(rest) {
            *count = V::common_bits(query, rows.row(row as usize));
        }
    }
}
