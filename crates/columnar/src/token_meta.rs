//! What a token file says of itself, as JSON in the file's metadata (`protocols/08-file-formats.md` §2).

use mizuhiki_exchange::{CustodianId, FORMAT_VERSION, KeyId, TokenMeta};
use mizuhiki_schema::LinkageSchema;
use serde::{Deserialize, Serialize};

use crate::ColumnarError;

/// Metadata key in Parquet and Arrow files, and the mark of the first line in text files.
pub(crate) const META_KEY: &str = "mizuhiki-tokens";

const AGAIN: &str = "encode the records again, or ask the custodian for an intact file";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetaJson {
    version: u32,
    schema_digest: String,
    key_id: String,
    custodian: String,
    profile: String,
    epoch: u32,
    /// The canonical linkage schema, as text.
    schema: String,
}

pub(crate) fn to_json(meta: &TokenMeta) -> String {
    let json = MetaJson {
        version: FORMAT_VERSION,
        schema_digest: meta.schema.digest().to_string(),
        key_id: meta.key_id.to_string(),
        custodian: meta.custodian.to_string(),
        profile: meta.schema.profile_name().to_owned(),
        epoch: meta.schema.epoch(),
        schema: meta.schema.canonical().to_owned(),
    };
    match serde_json::to_string(&json) {
        Ok(text) => text,
        Err(_) => unreachable!("strings and numbers are always JSON"),
    }
}

/// Reads and checks the metadata: version, digest, names.
pub(crate) fn from_json(file: &str, text: &str) -> Result<TokenMeta, ColumnarError> {
    let again = AGAIN;
    check_version(file, text)?;
    let json: MetaJson = serde_json::from_str(text)
        .map_err(|_| ColumnarError::file(file, "its token metadata is not readable", again))?;
    let schema = LinkageSchema::parse(&json.schema)
        .map_err(|_| ColumnarError::file(file, "the linkage schema inside is not valid", again))?;
    if schema.digest().to_string() != json.schema_digest {
        let problem = format!(
            "wrong schema digest: the file states {}, the schema inside has {}",
            shorten(&json.schema_digest),
            schema.digest()
        );
        return Err(ColumnarError::file(file, problem, again));
    }
    if schema.epoch() != json.epoch || schema.profile_name() != json.profile {
        return Err(ColumnarError::file(
            file,
            "its stated profile or epoch is not that of the schema inside",
            again,
        ));
    }
    let key_id = KeyId::from_hex(&json.key_id)
        .ok_or_else(|| ColumnarError::file(file, "its key id is not 16 hexadecimal digits", again))?;
    let custodian = CustodianId::new(&json.custodian).map_err(|error| {
        ColumnarError::file(file, format!("its custodian's name is unusable: {error}"), again)
    })?;
    Ok(TokenMeta { schema, key_id, custodian })
}

/// The version is looked at first: later ones may have other members.
pub(crate) fn check_version(file: &str, text: &str) -> Result<(), ColumnarError> {
    let version = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| value.get("version").and_then(serde_json::Value::as_u64))
        .ok_or_else(|| ColumnarError::file(file, "its token metadata is not readable", AGAIN))?;
    if version != u64::from(FORMAT_VERSION) {
        let problem = format!("token file version {version}; this build reads version {FORMAT_VERSION}");
        return Err(ColumnarError::file(file, problem, "use the release that made the file"));
    }
    Ok(())
}

/// What a file states may be of any length; messages are not.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
