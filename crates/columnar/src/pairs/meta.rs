//! Metadata of a file of pair tokens (`protocols/08-file-formats.md` §11).

use mizuhiki_exchange::{CustodianId, FORMAT_VERSION, KeyId, PAIRS_VERSION, PairMeta, Side, Task};
use mizuhiki_schema::AuditSchema;
use serde::{Deserialize, Serialize};

use crate::error::ColumnarError;
use crate::tokens::meta::{check_version, read_run, shorten};

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
    project: String,
    run: String,
    side: String,
    /// The canonical audit schema, as text.
    schema: String,
}

pub(crate) fn to_json(meta: &PairMeta) -> String {
    let json = PairMetaJson {
        version: PAIRS_VERSION,
        schema_digest: meta.schema.digest().to_string(),
        key_id: meta.key_id.to_string(),
        custodian: meta.custodian.to_string(),
        epoch: meta.schema.body().epoch,
        project: meta.run.project.as_str().to_owned(),
        run: meta.run.name.as_str().to_owned(),
        side: meta.side.name().to_owned(),
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
    if check_version(file, text, PAIRS_VERSION)? == FORMAT_VERSION {
        let problem = "made before pair tokens were sealed: its rows reveal values without the key";
        let fix = "encode the links of both sides again with an audit schema of version 2, and keep this file as you \
                   keep names (CHANGELOG.md)";
        return Err(ColumnarError::file(file, problem, fix));
    }
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
    let run = read_run(Task::Audit.name(), &json.project, &json.run);
    let (Some(run), Some(side)) = (run, Side::from_name(&json.side)) else {
        return Err(ColumnarError::file(file, "its project, run or side is unusable", again));
    };
    Ok(PairMeta { schema, key_id, custodian, run, side })
}
