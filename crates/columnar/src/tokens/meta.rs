//! Metadata of a token file, as JSON in the file's own metadata (`protocols/08-file-formats.md` §2).

use mizuhiki_exchange::{CustodianId, FORMAT_VERSION, KeyId, Run, RunName, SYMBOLS_VERSION, Task, TokenMeta};
use mizuhiki_schema::LinkageSchema;
use serde::{Deserialize, Serialize};

use crate::error::ColumnarError;

/// Profiles whose files of version 1 contain diffused tokens.
const DIFFUSED: [&str; 2] = ["hardened", "max-privacy"];

/// Version of files of sealed symbols without the name of a project.
const UNNAMED_SYMBOLS: u32 = 2;

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
    /// For sealed symbols.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    /// For sealed symbols, and for filters if the parties named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// As `project`.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
}

pub(crate) fn to_json(meta: &TokenMeta) -> String {
    let sealed = meta.schema.symbols().is_some();
    let name = |name: &RunName| {
        let text = name.as_str();
        (sealed || !text.is_empty()).then(|| text.to_owned())
    };
    let json = MetaJson {
        version: if sealed { SYMBOLS_VERSION } else { FORMAT_VERSION },
        schema_digest: meta.schema.digest().to_string(),
        key_id: meta.key_id.to_string(),
        custodian: meta.custodian.to_string(),
        profile: meta.schema.profile_name().to_owned(),
        epoch: meta.schema.epoch(),
        schema: meta.schema.canonical().to_owned(),
        task: sealed.then(|| meta.run.task.name().to_owned()),
        project: name(&meta.run.project),
        run: name(&meta.run.name),
    };
    match serde_json::to_string(&json) {
        Ok(text) => text,
        Err(_) => unreachable!("strings and numbers are always JSON"),
    }
}

/// Reads and checks the metadata: version, digest, names.
pub(crate) fn from_json(file: &str, text: &str) -> Result<TokenMeta, ColumnarError> {
    let again = AGAIN;
    let version = check_version(file, text, SYMBOLS_VERSION)?;
    if version == UNNAMED_SYMBOLS {
        let problem = "made before projects had names, with keys that differ from today's";
        return Err(ColumnarError::file(file, problem, "encode the records again, with --project and --run"));
    }
    let json: MetaJson = serde_json::from_str(text)
        .map_err(|_| ColumnarError::file(file, "its token metadata is not readable", again))?;
    if version == FORMAT_VERSION && DIFFUSED.contains(&json.profile.as_str()) {
        let problem = format!("made before sealed symbols: the old profile {} is broken", json.profile);
        let fix = "encode again with a schema of version 2, and protect this file like names (CHANGELOG.md)";
        return Err(ColumnarError::file(file, problem, fix));
    }
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
    let run = match (schema.symbols().is_some(), version, &json.task, &json.project, &json.run) {
        (true, SYMBOLS_VERSION, Some(task), Some(project), Some(run)) => read_run(task, project, run),
        (false, FORMAT_VERSION, None, project, run) => {
            let [project, run] = [project, run].map(|name| name.as_deref().unwrap_or_default());
            read_run(Task::Link.name(), project, run)
        }
        _ => None,
    };
    let run = match run.filter(|run| run.task != Task::Audit) {
        Some(run) => run,
        None => {
            return Err(ColumnarError::file(
                file,
                "its version, task, project and run do not fit its schema",
                again,
            ));
        }
    };
    Ok(TokenMeta { schema, key_id, custodian, run })
}

pub(crate) fn read_run(task: &str, project: &str, run: &str) -> Option<Run> {
    let task = Task::from_name(task)?;
    Some(Run { task, project: RunName::new(project).ok()?, name: RunName::new(run).ok()? })
}

/// The version, at most `newest`, is checked first, because later versions may have other members.
pub(crate) fn check_version(file: &str, text: &str, newest: u32) -> Result<u32, ColumnarError> {
    let version = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| value.get("version").and_then(serde_json::Value::as_u64))
        .ok_or_else(|| ColumnarError::file(file, "its token metadata is not readable", AGAIN))?;
    match u32::try_from(version) {
        Ok(version) if (FORMAT_VERSION..=newest).contains(&version) => Ok(version),
        _ => {
            let problem = format!("token file version {version}; this build reads up to version {newest}");
            Err(ColumnarError::file(file, problem, "use the release that made the file"))
        }
    }
}

/// Shortens stated values of any length for messages.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
