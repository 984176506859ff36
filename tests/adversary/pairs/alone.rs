//! A single row: every bit is uniform, whatever the record.

use mizuhiki_exchange::{Run, Side};

use super::pairs_kit::{KANA, KANJI, encoder};

const HANDLES: usize = 4_000;

/// Very different records: empty, names of one and of many characters, many readings, an alias and a previous
/// address, unknown characters.
const RECORDS: [&[(&str, &str)]; 5] = [
    &[],
    &[("name_kanji", "林　一"), ("birth_date", "1985-05-05"), ("sex", "男"), ("address", "東京都")],
    &[
        ("name_kanji", "小鳥遊　翔"),
        ("alias", "長谷川原　総一朗"),
        ("birth_date", "1985-12-11"),
        ("sex", "女"),
        ("address", "東京都千代田区一番町１番地　コーポ山田２０１"),
        ("previous_address", "大阪府大阪市北区梅田三丁目1番1号"),
    ],
    &[("name_kanji", "渡●　健●"), ("name_kana", "ワタナベ ケン"), ("birth_date", "198?-04-12")],
    &[("name_kana", "ヤ ア"), ("address", "東京都千代田区一番町")],
];

/// The largest deviation of a bit's share from one half, in standard deviations, over all bits of rows.
fn worst_bit(rows: &[Vec<u8>]) -> f64 {
    let mut set = vec![0_u32; rows[0].len() * 8];
    for row in rows {
        for (bit, set) in set.iter_mut().enumerate() {
            *set += u32::from(row[bit / 8] >> (7 - bit % 8) & 1);
        }
    }
    let (half, deviation) = (rows.len() as f64 / 2.0, (rows.len() as f64).sqrt() / 2.0);
    set.into_iter().map(|set| (f64::from(set) - half).abs() / deviation).fold(0.0, f64::max)
}

#[test]
fn every_bit_of_a_row_is_a_coin() {
    for (schema, side) in [(KANJI, Side::Left), (KANJI, Side::Right), (KANA, Side::Left), (KANA, Side::Right)]
    {
        let encoder = encoder(schema, side, &Run::default());
        let mut worker = encoder.worker();
        for (number, record) in RECORDS.iter().enumerate() {
            let columns = encoder.columns();
            let value = |column: usize| {
                record.iter().find(|(name, _)| *name == columns[column]).map_or("", |(_, value)| value)
            };
            worker.read(1, &value).unwrap();
            let rows: Vec<Vec<u8>> = (0..HANDLES)
                .map(|at| {
                    let (handle, next) = (format!("L{at:07}"), format!("L{:07}", at + 1));
                    let mut row = Vec::new();
                    worker.seal(&handle, &|_| Some(&next), &mut row);
                    row
                })
                .collect();
            // One of 3,000 bits exceeds 5.5 standard deviations in one of 10,000 tests.
            let worst = worst_bit(&rows);
            assert!(worst < 5.5, "record {number}, {}: {worst} standard deviations", side.name());
        }
    }
}

/// Two filters of one row are independent, even if two of the record's values are similar.
#[test]
fn filters_of_one_row_have_nothing_in_common() {
    // The example has one filter. Two would reveal more to an attacker with both files, but nothing in one
    // file.
    let schema = KANA.replacen("\"values\": 14", "\"values\": 14, \"filters\": 2", 1);
    let encoder = encoder(&schema, Side::Right, &Run::default());
    let layout = encoder.layout().clone();
    let given = layout.comparisons.iter().find(|of| of.filters > 1).unwrap();
    let mut worker = encoder.worker();
    let columns = encoder.columns();
    // Readings of one name: ヒナ, ヒナナ and others that share most of their features.
    worker.read(1, &|column| if columns[column] == "name_kanji" { "佐藤　陽菜" } else { "" }).unwrap();
    let (mut agreeing, rows) = (0_u32, 1_000_u32);
    for at in 0..rows {
        let mut row = Vec::new();
        worker.seal(&format!("L{at:07}"), &|_| None, &mut row);
        let pair = row[given.filter(0)].iter().zip(&row[given.filter(1)]);
        agreeing += pair.map(|(a, b)| (a ^ b).count_zeros()).sum::<u32>();
    }
    let bits = f64::from(rows) * 8.0 * given.filter(0).len() as f64;
    let deviations = (f64::from(agreeing) - bits / 2.0) / (bits / 4.0).sqrt();
    assert!(deviations.abs() < 5.0, "{deviations} standard deviations");
}

/// Control: a part of the row depends on the record alone, as the number of slots and their masks did.
#[test]
fn a_byte_that_depends_on_the_record_is_found() {
    let encoder = encoder(KANJI, Side::Right, &Run::default());
    let mut worker = encoder.worker();
    worker.read(1, &|_| "").unwrap();
    let rows: Vec<Vec<u8>> = (0..HANDLES)
        .map(|at| {
            let mut row = Vec::new();
            worker.seal(&format!("L{at:07}"), &|_| None, &mut row);
            row[0] = 2;
            row
        })
        .collect();
    assert!(worst_bit(&rows) > 60.0);
}
