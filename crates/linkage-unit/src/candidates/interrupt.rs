//! Stopping a search so that it can be resumed.

use std::sync::atomic::{AtomicU8, Ordering};

/// No search that could be resumed is at work.
const IDLE: u8 = 0;
/// One is.
const WORKING: u8 = 1;
/// It has been asked to stop.
const STOPPING: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(IDLE);

/// Asks the search at work to keep what it has found and to stop. False if there is none, or it has been asked already:
/// then nothing is lost by ending the process.
pub fn ask_to_stop() -> bool {
    STATE.compare_exchange(WORKING, STOPPING, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

/// Whether the search at work is to stop.
pub(crate) fn is_asked() -> bool {
    STATE.load(Ordering::SeqCst) == STOPPING
}

/// While this lives, a search is at work that can be resumed.
pub(crate) struct Working(());

impl Working {
    pub(crate) fn begin() -> Self {
        STATE.store(WORKING, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        STATE.store(IDLE, Ordering::SeqCst);
    }
}
