//! `mizuhiki key`.

use mizuhiki_custodian::{KeyKind, KeySource, read_key, write_new_key};
use mizuhiki_exchange::Run;
use mizuhiki_files::Target;
use serde_json::json;

use crate::args::tools::Key;
use crate::say::Say;

pub(super) fn run(key: Key, say: &Say) -> anyhow::Result<()> {
    match key {
        Key::New { output } => {
            let made = write_new_key(&Target::Path(output.clone()))?;
            let (path, fingerprint) =
                (output.display().to_string(), made.fingerprint(&Run::default()).to_string());
            let text = format!(
                "wrote {path}\nfingerprint {fingerprint}\nGive it to the other data custodians over a secure channel; never to the linkage unit."
            );
            say.result(&json!({ "file": path, "fingerprint": fingerprint }), &text, false);
        }
        Key::Fingerprint { file } => {
            let (key, warning) = read_key(&KeySource::from_argument(&file), KeyKind::Linkage)?;
            warning.iter().for_each(|warning| say.warn(warning));
            let fingerprint = key.fingerprint(&Run::default()).to_string();
            say.result(&json!({ "file": file, "fingerprint": fingerprint }), &fingerprint, false);
        }
    }
    Ok(())
}
