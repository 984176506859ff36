//! A custodian's own ledger on disk (`protocols/06-confirm.md` §7).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use mizuhiki_confirm::{ConfirmError, CustodianLedger, Hash};

use crate::confirm::asked::{Asked, ConfirmTerms, in_file};
use crate::error::CustodianError;

/// The ledger, locked while this process uses it.
pub(crate) struct OwnLedger {
    path: PathBuf,
    file: File,
    ledger: CustodianLedger,
    /// Whether it was empty.
    pub(crate) begun: bool,
}

/// Why a batch cannot be entered.
pub(crate) enum NotEntered {
    /// The ledger's budgets forbid it.
    Refused(ConfirmError),
    /// The file cannot be written.
    Failed(CustodianError),
}

impl NotEntered {
    /// The error, attributed to a file of tickets.
    pub(crate) fn of(self, tickets: &Path) -> CustodianError {
        match self {
            Self::Refused(reason) => in_file(tickets)(reason),
            Self::Failed(error) => error,
        }
    }
}

impl OwnLedger {
    /// Opens a ledger, or creates one.
    pub(crate) fn open(path: &Path) -> Result<Self, CustodianError> {
        let failed = |error: std::io::Error| in_file(path)(error.into());
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(CustodianError::LedgerBusy { file: path.display().to_string() });
        }
        let mut log = Vec::new();
        file.read_to_end(&mut log).map_err(failed)?;
        let (ledger, whole) = CustodianLedger::read(&log).map_err(in_file(path))?;
        // An incomplete entry was never acted on.
        file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file, ledger, begun: whole == 0 })
    }

    /// Enters a batch, with a mark per ticket, and returns when it is on disk.
    pub(crate) fn enter<B>(
        &mut self,
        asked: &Asked,
        marks: Vec<Hash>,
        terms: &ConfirmTerms<'_, B>,
    ) -> Result<(), NotEntered> {
        let line = self
            .ledger
            .enter((asked.batch(), asked.public.header.signer), marks, terms.per_record, terms.now)
            .map_err(NotEntered::Refused)?;
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| NotEntered::Failed(in_file(&self.path)(error.into())))
    }

    /// Number of tickets approved so far.
    pub(crate) fn approved(&self) -> u64 {
        self.ledger.approved()
    }
}
