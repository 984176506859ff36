//! Key files: 32 bytes, mode 0600.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;

use mizuhiki_encode::{KEY_BYTES, LinkageKey};
use mizuhiki_files::{Access, Target, WriteError, WriteFile};
use zeroize::Zeroizing;

use crate::error::CustodianError;

/// Maximum length of a clkhash secret.
const MAX_SECRET_BYTES: u64 = 1 << 16;

/// The source of a key: never a flag or the environment, which others can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl KeySource {
    /// `-` is standard input, anything else a path.
    #[must_use]
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::Path(argument.into()) }
    }

    fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
        }
    }
}

/// The kind of a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A linkage key of 32 bytes.
    Linkage,
    /// A clkhash secret: UTF-8 text.
    ClkhashSecret,
}

/// Reads a key. The second value warns if others can read the file.
///
/// # Errors
/// [`CustodianError::Key`] if the file cannot be read or does not contain such a key.
pub fn read_key(source: &KeySource, kind: KeyKind) -> Result<(LinkageKey, Option<String>), CustodianError> {
    let name = source.name();
    let error = |problem: String, fix| CustodianError::Key { file: name.clone(), problem, fix };
    let unreadable =
        |e: io::Error| error(format!("cannot read the key: {e}"), "check the path and its permissions");
    let mut bytes = Zeroizing::new(Vec::new());
    let mut warning = None;
    match source {
        KeySource::Path(path) => {
            let file = File::open(path).map_err(unreadable)?;
            warning = readable_by_others(&name, &file);
            file.take(MAX_SECRET_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        KeySource::Stdin => {
            io::stdin().take(MAX_SECRET_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        }
    }
    let key = match kind {
        KeyKind::Linkage if bytes.len() != KEY_BYTES => {
            let found = if bytes.len() as u64 > MAX_SECRET_BYTES {
                "more".to_owned()
            } else {
                bytes.len().to_string()
            };
            return Err(error(
                format!("a linkage key has {KEY_BYTES} bytes, this file has {found}"),
                "make one with `mizuhiki key new -o FILE` and share it among the custodians",
            ));
        }
        KeyKind::Linkage => LinkageKey::from_bytes(&bytes),
        KeyKind::ClkhashSecret if bytes.len() as u64 > MAX_SECRET_BYTES => {
            return Err(error(
                "the secret is longer than 65536 bytes".to_owned(),
                "check that this is the right file",
            ));
        }
        KeyKind::ClkhashSecret if std::str::from_utf8(&bytes).is_err() => {
            return Err(error(
                "the secret is not UTF-8 text".to_owned(),
                "use the text file that clkhash reads",
            ));
        }
        KeyKind::ClkhashSecret => LinkageKey::from_clkhash_secret(&bytes),
    };
    let key = key.map_err(|e| error(e.to_string(), "use the key on which the custodians agreed"))?;
    Ok((key, warning))
}

#[cfg(unix)]
fn readable_by_others(name: &str, file: &File) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata().ok()?;
    let mode = metadata.permissions().mode() & 0o777;
    (metadata.is_file() && mode & 0o077 != 0)
        .then(|| format!("{name}: others can read this key (mode {mode:04o}); run `chmod 600 {name}`"))
}

#[cfg(not(unix))]
fn readable_by_others(_name: &str, _file: &File) -> Option<String> {
    None
}

/// Generates a random linkage key and writes it into a new file of mode 0600.
///
/// # Errors
/// [`CustodianError::Key`] if the file exists: an overwritten key cannot be restored.
pub fn write_new_key(target: &Target) -> Result<LinkageKey, CustodianError> {
    let key = LinkageKey::random().ok_or(CustodianError::NoRandomness)?;
    let exists = |error| match error {
        WriteError::Exists { file } => CustodianError::Key {
            file,
            problem: "the file exists already".to_owned(),
            fix: "choose another name; an overwritten key cannot be restored",
        },
        other => other.into(),
    };
    let mut file = WriteFile::create_new(target, Access::Owner).map_err(exists)?;
    let written = file.write_all(key.expose());
    written.map_err(|source| CustodianError::Key {
        file: target.name(),
        problem: format!("cannot write the key: {source}"),
        fix: "check the folder and free space",
    })?;
    file.commit().map_err(exists)?;
    Ok(key)
}
