//! Features of a normalized value (`protocols/03-tokens.md` §4).
//!
//! A feature is a short byte string: tag, size, number of earlier occurrences in this value, position, gram.
//! Counting occurrences makes a multiset, so that the number of bits does not depend on repetitions.

use mizuhiki_locale::WILDCARD;
use mizuhiki_schema::Feature;

/// Feature byte strings of one value, in order.
#[derive(Default)]
pub(crate) struct Features {
    bytes: Vec<u8>,
    /// End of each feature in `bytes`; masked features have none.
    ends: Vec<usize>,
    /// All features, including masked ones: the effective length over which budgets are shared.
    total: usize,
    characters: Vec<char>,
}

impl Features {
    /// Extracts the features of `value`.
    pub(crate) fn take(&mut self, value: &str, kinds: &[Feature]) {
        self.bytes.clear();
        self.ends.clear();
        self.total = 0;
        for kind in kinds {
            match kind {
                Feature::Ngram { n, positional, padded, positions } => {
                    let pad = if *padded { usize::from(*n) - 1 } else { 0 };
                    self.take_ngrams(value, (usize::from(*n), pad), *positional, positions);
                }
                _ => self.take_exact(value),
            }
        }
    }

    /// Number of features, including masked ones.
    pub(crate) const fn total(&self) -> usize {
        self.total
    }

    /// The features that are not masked.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }

    /// An empty list means the grams at all positions.
    fn take_ngrams(&mut self, value: &str, (n, pad): (usize, usize), positional: bool, positions: &[u16]) {
        self.characters.clear();
        self.characters.extend(std::iter::repeat_n(' ', pad));
        self.characters.extend(value.chars());
        self.characters.extend(std::iter::repeat_n(' ', pad));
        for at in 0..(self.characters.len() + 1).saturating_sub(n) {
            if !positions.is_empty() && !positions.contains(&(at as u16)) {
                continue;
            }
            self.total += 1;
            if self.characters[at..at + n].contains(&WILDCARD) {
                continue;
            }
            let start = self.bytes.len();
            self.bytes.extend([if positional { b'p' } else { b'g' }, n as u8, 0]);
            if positional {
                self.bytes.extend((at as u16).to_be_bytes());
            }
            let mut buffer = [0; 4];
            for index in at..at + n {
                self.bytes.extend_from_slice(self.characters[index].encode_utf8(&mut buffer).as_bytes());
            }
            self.number_and_keep(start);
        }
    }

    fn take_exact(&mut self, value: &str) {
        self.total += 1;
        if !value.contains(WILDCARD) {
            let start = self.bytes.len();
            self.bytes.extend([b'e', 0, 0]);
            self.bytes.extend_from_slice(value.as_bytes());
            self.number_and_keep(start);
        }
    }

    /// Writes the number of earlier occurrences in this value, up to 255, into the third byte of the feature
    /// at `start`; a positional feature occurs once.
    fn number_and_keep(&mut self, start: usize) {
        if self.bytes[start] == b'g' {
            let mut from = 0;
            let mut earlier = 0_u8;
            for &end in &self.ends {
                let (old, new) = (&self.bytes[from..end], &self.bytes[start..]);
                if old[..2] == new[..2] && old[3..] == new[3..] {
                    earlier = earlier.saturating_add(1);
                }
                from = end;
            }
            self.bytes[start + 2] = earlier;
        }
        self.ends.push(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: &str, kinds: &[Feature]) -> (Vec<String>, usize) {
        let mut features = Features::default();
        features.take(value, kinds);
        let show = |f: &[u8]| {
            let skip = if f[0] == b'p' { 5 } else { 3 };
            format!("{}{}{}:{}", f[0] as char, f[1], f[2], String::from_utf8_lossy(&f[skip..]))
        };
        (features.iter().map(show).collect(), features.total())
    }

    fn ngram(n: u8, positional: bool) -> Feature {
        // Only the schema crate builds features, so the test parses a document.
        let text = format!(
            r#"{{"format":"mizuhiki-linkage-schema","version":1,"name":"t","profile":"plain","locale":{{"pack":"en-Latn"}},
            "fields":[{{"name":"f","kind":"text","features":[{{"type":"ngram","n":{n},"positional":{positional}}}]}}],
            "thresholds":{{"accept":0.9,"borderline":0.8}}}}"#
        );
        match mizuhiki_schema::LinkageSchema::parse(&text).unwrap().body() {
            mizuhiki_schema::SchemaBody::Tokens(schema) => schema.fields[0].features[0].clone(),
            _ => unreachable!(),
        }
    }

    #[test]
    fn repeated_grams_are_numbered() {
        let (features, total) = show("ANAN", &[ngram(2, false)]);
        assert_eq!(features, ["g20: A", "g20:AN", "g20:NA", "g21:AN", "g20:N "]);
        assert_eq!(total, 5);
    }

    #[test]
    fn wildcards_mask_their_grams_and_keep_the_length() {
        let (features, total) = show("A\u{FFFD}C", &[ngram(2, false)]);
        assert_eq!(features, ["g20: A", "g20:C "]);
        assert_eq!(total, 4);
    }

    #[test]
    fn one_character_has_grams_and_no_character_has_none() {
        assert_eq!(show("A", &[ngram(2, true)]), (vec!["p20: A".into(), "p20:A ".into()], 2));
        assert_eq!(show("A", &[ngram(1, false)]).1, 1);
        assert_eq!(show("", &[ngram(1, false)]).1, 0);
    }
}
