//! What a file of pair tokens says of itself (`protocols/08-file-formats.md` §11).

use mizuhiki_exchange::{CustodianId, FORMAT_VERSION, KeyId, PairMeta};
use mizuhiki_schema::AuditSchema;
use serde::{Deserialize, Serialize};

use crate::ColumnarError;
use crate::token_meta::{check_version, shorten};

/// Metadata key of the Arrow schema.
pub(crate) const PAIR_META_KEY: &str = "mizuhiki-pairs";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PairMetaJson {
    version: u32,
    schema_digest: String,
    key_id: String,
    custodian: String,
    epoch: u32,
    /// The canonical audit schema, as text.
    schema: String,
}

pub(crate) fn to_json(meta: &PairMeta) -> String {
    let json = PairMetaJson {
        version: FORMAT_VERSION,
        schema_digest: meta.schema.digest().to_string(),
        key_id: meta.key_id.to_string(),
        custodian: meta.custodian.to_string(),
        epoch: meta.schema.body().epoch,
        schema: meta.schema.canonical().to_owned(),
    };
    match serde_json::to_string(&json) {
        Ok(text) => text,
        Err(_) => unreachable!("strings and numbers are always JSON"),
    }
}

/// Reads and checks the metadata: version, digest, epoch, names.
pub(crate) fn from_json(file: &str, text: &str) -> Result<PairMeta, ColumnarError> {
    let again = "encode the links again, or ask the custodian for an intact file";
    check_version(file, text, FORMAT_VERSION)?;
    let json: PairMetaJson = serde_json::from_str(text)
        .map_err(|_| ColumnarError::file(file, "its token metadata is not readable", again))?;
    let schema = AuditSchema::parse(&json.schema)
        .map_err(|_| ColumnarError::file(file, "the audit schema inside is not valid", again))?;
    if schema.digest().to_string() != json.schema_digest {
        let problem = format!(
            "wrong schema digest: the file states {}, the schema inside has {}",
            shorten(&json.schema_digest),
            schema.digest()
        );
        return Err(ColumnarError::file(file, problem, again));
    }
    if schema.body().epoch != json.epoch {
        return Err(ColumnarError::file(file, "its stated epoch is not that of the schema inside", again));
    }
    let key_id = KeyId::from_hex(&json.key_id)
        .ok_or_else(|| ColumnarError::file(file, "its key id is not 16 hexadecimal digits", again))?;
    let custodian = CustodianId::new(&json.custodian).map_err(|error| {
        ColumnarError::file(file, format!("its custodian's name is unusable: {error}"), again)
    })?;
    Ok(PairMeta { schema, key_id, custodian })
}
