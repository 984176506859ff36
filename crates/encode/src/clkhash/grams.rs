//! Grams of a value as clkhash forms them.

use mizuhiki_schema::Comparison;

/// Grams of one value, in order, in one allocation.
#[derive(Default)]
pub(super) struct Grams {
    text: String,
    ends: Vec<usize>,
    starts: Vec<usize>,
    padded: String,
}

impl Grams {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn push(&mut self, gram: std::fmt::Arguments<'_>) {
        if std::fmt::Write::write_fmt(&mut self.text, gram).is_err() {
            unreachable!("writing into a String does not fail");
        }
        self.ends.push(self.text.len());
    }

    fn push_str(&mut self, gram: &str) {
        self.text.push_str(gram);
        self.ends.push(self.text.len());
    }

    /// Their number.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }
}

/// The grams of a value, in order.
pub(super) fn tokenize(value: &str, comparison: Comparison, grams: &mut Grams) -> Result<(), &'static str> {
    grams.clear();
    if value.is_empty() {
        return Ok(());
    }
    match comparison {
        Comparison::Ngram { n, positional } => ngrams(value, n, positional, grams),
        Comparison::Numeric { distance_interval, resolution, fractional_precision } => {
            return neighborhood(value, distance_interval, resolution, fractional_precision, grams);
        }
        Comparison::Exact => grams.push_str(value),
    }
    Ok(())
}

fn ngrams(value: &str, n: usize, positional: bool, grams: &mut Grams) {
    let mut padded = std::mem::take(&mut grams.padded);
    padded.clear();
    let pad = n.saturating_sub(1);
    padded.extend(std::iter::repeat_n(' ', pad));
    padded.push_str(value);
    padded.extend(std::iter::repeat_n(' ', pad));
    grams.starts.clear();
    grams.starts.extend(padded.char_indices().map(|(at, _)| at));
    grams.starts.push(padded.len());
    for at in 0..grams.starts.len().saturating_sub(n) {
        let gram = &padded[grams.starts[at]..grams.starts[at + n]];
        if positional {
            grams.push(format_args!("{} {gram}", at + 1));
        } else {
            grams.push_str(gram);
        }
    }
    grams.padded = padded;
}

/// Vatsalan & Christen's neighborhood of a number (J. Biomed. Inform. 59, 2016), scaled as clkhash does.
fn neighborhood(
    value: &str,
    interval: i64,
    resolution: i64,
    precision: u32,
    grams: &mut Grams,
) -> Result<(), &'static str> {
    const TOO_LARGE: &str = "the number is too large";
    let scale = 10_i128.pow(precision);
    let number = match python_integer(value) {
        Some(digits) => {
            digits.parse::<i128>().ok().and_then(|number| number.checked_mul(scale)).ok_or(TOO_LARGE)?
        }
        None => {
            let float: f64 = value.trim().parse().map_err(|_| "not a number")?;
            let scaled = if precision > 0 { (float * scale as f64).round_ties_even() } else { float.trunc() };
            if !scaled.is_finite() || scaled.abs() > 1e30 {
                return Err(TOO_LARGE);
            }
            scaled as i128
        }
    };
    let number = number.checked_mul(2 * i128::from(resolution)).ok_or(TOO_LARGE)?;
    let interval = i128::from(interval);
    let residue = number.rem_euclid(interval);
    // Half of the interval rounds up.
    let snapped = if 2 * residue < interval { number - residue } else { number + (interval - residue) };
    for step in -i128::from(resolution)..=i128::from(resolution) {
        grams.push(format_args!("{}", snapped + step * interval));
    }
    Ok(())
}

/// `value` as Python's `int()` reads it, without sign `+`, leading zeros, blanks and underscores.
pub(super) fn python_integer(value: &str) -> Option<String> {
    let trimmed = value.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let well_placed = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    if digits.is_empty() || !well_placed || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    {
        return None;
    }
    let plain: String = digits.chars().filter(|&c| c != '_').collect();
    let significant = plain.trim_start_matches('0');
    Some(match (negative, significant) {
        (_, "") => "0".to_owned(),
        (true, digits) => format!("-{digits}"),
        (false, digits) => digits.to_owned(),
    })
}
