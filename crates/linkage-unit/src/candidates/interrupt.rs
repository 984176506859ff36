//! Stops a search in such a way that it can be resumed.

use std::sync::atomic::{AtomicU8, Ordering};

/// No resumable search is running.
const IDLE: u8 = 0;
/// One is running.
const WORKING: u8 = 1;
/// It was asked to stop.
const STOPPING: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(IDLE);

/// Asks the running search to save its results and stop. False if there is none, or if it was asked before;
/// then the process can be ended.
pub fn ask_to_stop() -> bool {
    STATE.compare_exchange(WORKING, STOPPING, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

/// Whether the running search should stop.
pub(crate) fn is_asked() -> bool {
    STATE.load(Ordering::SeqCst) == STOPPING
}

/// Marks a resumable search as running until dropped.
pub(crate) struct Working(());

impl Working {
    pub(crate) fn begin() -> Self {
        STATE.store(WORKING, Ordering::SeqCst);
        Self(())
    }

    /// Ends the search; whether it was asked to stop since it last looked.
    pub(crate) fn end(self) -> bool {
        STATE.swap(IDLE, Ordering::SeqCst) == STOPPING
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        STATE.store(IDLE, Ordering::SeqCst);
    }
}
