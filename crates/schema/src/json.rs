//! Strict JSON: a repeated member name is a fault, because two parties could read different values.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fault::SchemaError;

/// Largest schema document that is read, in bytes.
pub const MAX_SCHEMA_BYTES: usize = 1 << 20;

/// Reads a document; `what` names the expected kind of document in the error for one that is too long.
pub(crate) fn parse(text: &str, what: &str) -> Result<Value, SchemaError> {
    if text.len() > MAX_SCHEMA_BYTES {
        return Err(SchemaError::single(
            "$",
            format!("the document has {} bytes; the limit is {MAX_SCHEMA_BYTES}", text.len()),
            format!("{what} is a short document: check that this is the right file"),
        ));
    }
    serde_json::from_str::<Strict>(text).map(|strict| strict.0).map_err(|error| {
        // serde_json quotes no document text in syntax errors, and our own message contains only a member
        // name.
        SchemaError::single("$", format!("not valid JSON: {error}"), "fix the JSON at that line and column")
    })
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let Strict(value) = access.next_value()?;
            if members.contains_key(&key) {
                return Err(serde::de::Error::custom(format_args!("member {key:?} occurs twice")));
            }
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_member_is_a_fault() {
        let error = parse(r#"{"a": {"b": 1, "b": 2}}"#, "a schema").unwrap_err().to_string();
        assert!(error.contains("member \"b\" occurs twice"), "{error}");
        assert_eq!(
            parse(r#"{"a": [1, -2.5, null, true, "x"]}"#, "a schema").unwrap().to_string(),
            r#"{"a":[1,-2.5,null,true,"x"]}"#
        );
    }

    #[test]
    fn a_document_has_a_size() {
        let text = |spaces: usize| format!("{{}}{}", " ".repeat(spaces));
        assert!(parse(&text(MAX_SCHEMA_BYTES - 2), "a schema").is_ok());
        let error = parse(&text(MAX_SCHEMA_BYTES - 1), "a schema").unwrap_err().to_string();
        assert!(
            error.contains("the limit is 1048576") && error.contains("a schema is a short document"),
            "{error}"
        );
    }
}
