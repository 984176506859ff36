//! clkhash's `{"clks": ["<base64>", …]}`, streamed.

use std::fmt;
use std::io::{BufReader, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{RecordIds, TokenSet, ViewTokens};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::ColumnarError;

/// Maximum bytes of a CLK.
const MAX_CLK_BYTES: usize = 1 << 17;

/// Reads a list of CLKs. The ids of records are their positions, from 0, as in clkhash and anonlink.
pub(crate) fn read_clks(name: &str, read: Box<dyn Read + Send>) -> Result<TokenSet, ColumnarError> {
    let mut state = State::default();
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 17, read));
    let parsed = Document { state: &mut state }.deserialize(&mut json).and_then(|()| json.end());
    if let Some((index, problem)) = state.fault.take() {
        let fix = "use base64 CLKs of one length, as clkhash writes them";
        return Err(ColumnarError::file(name, format!("clks[{index}]: {problem}"), fix));
    }
    parsed.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let problem = match error.classify() {
            serde_json::error::Category::Eof => "the JSON ends too early".to_owned(),
            serde_json::error::Category::Io => "the file cannot be read completely".to_owned(),
            _ => format!("not of the form {{\"clks\": [\"…\"]}} at {place}"),
        };
        ColumnarError::file(name, problem, "copy or export the file again")
    })?;
    if !state.found {
        return Err(ColumnarError::file(
            name,
            "there is no member \"clks\"",
            "use the form {\"clks\": [\"…\"]}",
        ));
    }
    let count = state.rows.as_ref().map_or(0, BitRows::len);
    let mut ids = RecordIds::default();
    for row in 0..count {
        ids.push(&row.to_string())
            .map_err(|error| ColumnarError::file(name, error.to_string(), "report this"))?;
    }
    let rows = state.rows.unwrap_or_else(|| BitRows::new(8));
    let view = ViewTokens { name: "clk".to_owned(), present: vec![true; count], rows };
    TokenSet::new(None, ids, vec![view], Vec::new())
        .map_err(|error| ColumnarError::file(name, error.to_string(), "split the file"))
}

#[derive(Default)]
struct State {
    rows: Option<BitRows>,
    bytes: Vec<u8>,
    found: bool,
    /// Index of the invalid CLK, and the problem.
    fault: Option<(usize, String)>,
}

impl State {
    fn push(&mut self, text: &str) -> Result<(), String> {
        self.bytes.clear();
        // Base64 is sometimes split into lines.
        let compact: std::borrow::Cow<'_, str> = if text.contains(char::is_whitespace) {
            text.split_whitespace().collect::<String>().into()
        } else {
            text.into()
        };
        STANDARD.decode_vec(compact.as_bytes(), &mut self.bytes).map_err(|_| "not base64".to_owned())?;
        if self.bytes.is_empty() || self.bytes.len() > MAX_CLK_BYTES {
            return Err(format!("a CLK of {} bytes; it must have 1 to {MAX_CLK_BYTES}", self.bytes.len()));
        }
        let rows = self.rows.get_or_insert_with(|| BitRows::new(self.bytes.len() * 8));
        rows.push_bytes(&self.bytes)
            .map_err(|error| format!("{} bytes where the first has {}", error.found, error.expected))
    }
}

struct Document<'s> {
    state: &'s mut State,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the member clks")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(key) = access.next_key::<String>()? {
            if key == "clks" {
                if self.state.found {
                    // Readers differ in which of them counts.
                    return Err(serde::de::Error::custom("\"clks\" occurs twice"));
                }
                self.state.found = true;
                access.next_value_seed(List { state: &mut *self.state })?;
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct List<'s> {
    state: &'s mut State,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of base64 texts")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(text) = access.next_element::<String>()? {
            if let Err(problem) = self.state.push(&text) {
                self.state.fault = Some((index, problem));
                return Err(serde::de::Error::custom("a CLK is invalid"));
            }
            index += 1;
        }
        Ok(())
    }
}
