//! Frequencies of events in a synthetic Japanese population, with their sources.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};

/// The unit of a rate: 10⁻⁹.
pub(crate) const WHOLE: u64 = 1_000_000_000;

macro_rules! rates {
    ($($(#[$section:meta])* $field:ident $name:literal $value:literal $meaning:literal $source:literal;)+) => {
        /// Rates by name, each from 0 to 1, stored in units of 10⁻⁹.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Rates {
            $(pub(crate) $field: u64,)+
        }

        impl Rates {
            /// Name, value, meaning and source of every rate, in order.
            #[must_use]
            pub fn list(&self) -> Vec<SynthRate> {
                vec![$(SynthRate { name: $name, value: self.$field as f64 / WHOLE as f64, meaning: $meaning, source: $source },)+]
            }

            /// Sets a rate; `None` if the name is unknown or the value is not from 0 to 1.
            pub fn set(&mut self, name: &str, value: f64) -> Option<()> {
                let slot = match name {
                    $($name => &mut self.$field,)+
                    _ => return None,
                };
                *slot = (0.0..=1.0).contains(&value).then(|| parts(value))?;
                Some(())
            }

            fn has(name: &str) -> bool {
                [$($name,)+].contains(&name)
            }
        }

        impl Default for Rates {
            fn default() -> Self {
                Self { $($field: parts($value),)+ }
            }
        }
    };
}

/// A rate with its documentation.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SynthRate {
    /// Name in rate files and manifests.
    pub name: &'static str,
    /// From 0 to 1.
    pub value: f64,
    /// The event with this rate.
    pub meaning: &'static str,
    /// Where the figure comes from.
    pub source: &'static str,
}

const fn parts(value: f64) -> u64 {
    (value * WHOLE as f64 + 0.5) as u64
}

rates! {
    size_1 "household.size_1" 0.381 "share of households of one person" "census 2020";
    size_2 "household.size_2" 0.281 "of two" "census 2020";
    size_3 "household.size_3" 0.166 "of three" "census 2020";
    size_4 "household.size_4" 0.119 "of four" "census 2020";
    size_5 "household.size_5" 0.038 "of five; the rest has six or seven" "census 2020";
    pair_is_couple "household.pair_is_couple" 0.70 "two people are a couple, not a parent with a child" "census 2020: couples alone 20.0 % of households";
    single_parent "household.single_parent" 0.12 "three people are one parent with two children" "census 2020: one parent with children 9.0 % of households";
    with_grandparent "household.with_grandparent" 0.12 "three people or four include a grandparent; of five or more, most do" "census 2020: three generations 4.2 % of households";
    old_single "household.old_single" 0.317 "a person living alone is 65 or older" "census 2020: 6.7 of 21.2 million";
    unmarried "household.unmarried" 0.02 "a couple bears two surnames" "assumption";
    husband_changes "household.husband_changes" 0.05 "at a wedding he takes her surname" "vital statistics: 5.0 % in 2020";
    step_child "household.step_child" 0.03 "a child of a couple bears a former partner's surname" "assumption";
    twin "household.twin" 0.034 "the next child of a household is a twin of the one before" "chosen so that 2 % of children have a twin (vital statistics: 1 % of births)";
    moved "household.moved" 0.60 "the household has a previous address in the registry" "assumption: 4–5 % move in a year, 85 % in a lifetime";
    apartment "household.apartment" 0.44 "the household lives in a flat" "housing survey 2018: 43.6 %";
    dormitory "household.dormitory" 0.02 "a person living alone is in one of a few dormitories or homes" "assumption";
    foreign "person.foreign" 0.028 "the household is foreign" "resident statistics 2024: 2.9 %";
    rare_surname "person.rare_surname" 0.20 "a surname is not among the 1,999 most common" "their bearers are 99.6 of 125 million";
    rare_variant "person.rare_variant" 0.08 "a character that has rare forms is written in one" "chosen so that 3–5 % of people are affected (insurers' check of 2023)";
    gaiji "person.gaiji" 0.0008 "the registry writes a character that is in no font but its own" "assumption; municipalities had 1.63 million";
    old_name "person.old_name" 0.95 "a former surname of a married person is on record" "assumption";

    insurer_share "insurer.share" 0.60 "people insured by the insurer" "assumption";
    insurer_variant_kept "insurer.variant_kept" 0.45 "a rare character is typed as the registry has it" "assumption";
    insurer_damage "insurer.damage" 0.60 "a character outside JIS X 0208 becomes ●, otherwise the common one" "central server of the insurers, 2023";
    insurer_old_name "insurer.old_name" 0.02 "a married person is recorded under the former surname" "assumption: 2–4 % of names change in a year";
    insurer_typo "insurer.typo" 0.002 "one kanji is mistyped" "assumption";
    insurer_misread "insurer.misread" 0.004 "the kana are another reading of the kanji" "assumption";
    insurer_swap "insurer.column_swap" 0.0003 "kanji and kana are in each other's column" "assumption";
    insurer_no_address "insurer.no_address" 0.10 "no address is held" "addresses are optional there";
    insurer_stale "insurer.stale_address" 0.25 "the address is an earlier one; at most household.moved" "insurers' check of 2023: 20–30 %";
    insurer_employer "insurer.employer_address" 0.01 "the address is an employer's" "assumption; reported in 2023";

    bank_share "bank.share" 0.75 "people of 15 or more with an account at the bank" "assumption";
    bank_stale "bank.stale_address" 0.06 "the address is an earlier one; at most household.moved" "assumption: 4–5 % move in a year";
    bank_old_name "bank.old_name" 0.015 "a married person is recorded under the former surname" "assumption: 2–4 % of names change in a year";
    bank_typo "bank.typo" 0.001 "one kana is mistyped" "assumption";
    bank_truncated "bank.truncated" 1.0 "names of more than 30 half-width characters are cut" "Zengin record: 30 characters";

    hospital_share "hospital.share" 0.40 "people known to the hospitals" "assumption";
    hospital_hiragana "hospital.hiragana" 0.05 "the kana are hiragana" "assumption";
    hospital_typo "hospital.typo" 0.006 "one character is mistyped" "assumption";
    hospital_stale "hospital.stale_address" 0.10 "the address is an earlier one; at most household.moved" "assumption";
    hospital_old_name "hospital.old_name" 0.01 "a married person is recorded under the former surname" "assumption";
    hospital_no_address "hospital.no_address" 0.03 "no address is held" "assumption";
    hospital_order "hospital.name_order" 0.001 "given name and surname exchanged" "assumption";

    handbook_share "handbook.share" 0.05 "people with a handbook" "white paper on disability: 4–8 %";
    handbook_typo "handbook.typo" 0.004 "one kanji is mistyped" "assumption: entered by hand";
    handbook_no_sex "handbook.no_sex" 0.50 "no sex is held" "guideline of 2023: not held everywhere";
    handbook_stale "handbook.stale_address" 0.15 "the address is an earlier one; at most household.moved" "assumption";
    handbook_partial "handbook.partial_address" 0.22 "the address ends before the block" "50 of 237 authorities used incomplete addresses, 2023";

    date_digit "date.digit" 0.0003 "one digit of the date of birth is mistyped" "date or sex differ for 2,779 of 160 million after checks; before them 1e-4 to 1e-3";
    date_day "date.day" 0.0002 "the day is one off" "as above; pension round 2 allows it";
    date_swap "date.swap" 0.0001 "day and month are exchanged" "as above";
    date_era "date.era" 0.0001 "the date is written in another era" "as above";
    date_missing "date.missing" 0.0005 "no date of birth" "assumption";
    sex_wrong "sex.wrong" 0.0001 "the sex is wrong" "as date.digit";
    sex_missing "sex.missing" 0.0005 "no sex" "assumption";
    building_dropped "address.building_dropped" 0.30 "building and room are omitted" "assumption";
    prefecture_dropped "address.prefecture_dropped" 0.08 "the prefecture is omitted" "assumption";

    parent_account "mislink.parent_account" 0.0024 "a parent's account is linked to a child's number" "130,000 of 54 million accounts, 2023";
    family_number "mislink.family_number" 0.00003 "the form had the number of another household member" "16 of 23 errors in Aichi, 10 of 12 in Shimane, 2023";
    homonym "mislink.homonym" 0.00003 "a clerk picks a person of the same kana, date of birth and sex" "main cause among insurers, 2023; all causes together 1e-4";
    number_typo "mislink.number_typo" 0.00001 "the number is mistyped and the check digit fits" "check digits miss 1.5 % of typos";
    prior_holder "mislink.prior_holder" 0.00001 "a record of the previous holder of the link was kept" "Miyazaki 2023: old rows not deleted";
    session_open "mislink.session_open" 0.000014 "the account of the next person at the kiosk is linked to the previous one" "748 of 54 million accounts, 2023";
    row_shift "mislink.row_shift" 0.0000003 "a row begins a run of 20 to 160 links pasted one row off" "Miyazaki 2023: 2,336 of 8,279";
}

impl Rates {
    /// The default rates, overridden by those of a table: columns `rate` and `value`, others ignored.
    ///
    /// # Errors
    /// [`ColumnarError`] with the row whose rate is unknown or whose value is not a number from 0 to 1.
    pub fn read(source: &Source) -> Result<Self, ColumnarError> {
        let mut reader = TableReader::open(source, &ReadOptions::default())?;
        let columns = reader.columns_named(&["rate", "value"])?;
        let name = reader.name().to_owned();
        let mut rates = Self::default();
        let mut set = BTreeSet::new();
        while let Some(chunk) = reader.next_chunk(&columns)? {
            for row in 0..chunk.rows() {
                let line = chunk.first_row() + row as u64;
                let fault = |column: &str, problem: String, fix: &str| ColumnarError::Cell {
                    file: name.clone(),
                    row: line,
                    column: column.to_owned(),
                    problem,
                    fix: fix.to_owned(),
                };
                let rate = chunk.get(row, 0).trim();
                if !Self::has(rate) {
                    let problem = "unknown rate".to_owned();
                    return Err(fault("rate", problem, "see `mizuhiki synth rates` for their names"));
                }
                if !set.insert(rate.to_owned()) {
                    return Err(fault(
                        "rate",
                        "the rate occurs twice".to_owned(),
                        "keep one of the two rows",
                    ));
                }
                let value = chunk.get(row, 1).trim().parse().ok();
                value.and_then(|value| rates.set(rate, value)).ok_or_else(|| {
                    fault("value", "not a number from 0 to 1".to_owned(), "write a share, such as 0.001")
                })?;
            }
        }
        if !rates.has_possible_sizes() {
            return Err(ColumnarError::File {
                file: name,
                problem: "the shares of household sizes sum to more than 1".to_owned(),
                fix: "lower household.size_1 to household.size_5".to_owned(),
            });
        }
        Ok(rates)
    }

    /// Whether the shares of household sizes sum to at most 1.
    pub(crate) fn has_possible_sizes(&self) -> bool {
        self.size_1 + self.size_2 + self.size_3 + self.size_4 + self.size_5 <= WHOLE
    }

    /// The rates as a table that [`Rates::read`] reads.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = "rate\tvalue\tmeaning\tsource\n".to_owned();
        for rate in self.list() {
            // Writing into a String does not fail.
            let _ = writeln!(text, "{}\t{}\t{}\t{}", rate.name, rate.value, rate.meaning, rate.source);
        }
        text
    }
}
