//! Processes a table in chunks, which several threads read in turn, and one takes in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use mizuhiki_columnar::{TableReader, TextChunk, UnreadableValues};

use crate::error::CustodianError;

/// The work of one thread.
pub(crate) trait ChunkWorker: Send {
    /// The result of a chunk.
    type Output: Send;

    /// Processes a chunk.
    fn work(&mut self, chunk: &TextChunk) -> Result<Self::Output, CustodianError>;
}

/// A chunk and its result, or an error.
type Outcome<W> = Result<(TextChunk, <W as ChunkWorker>::Output), CustodianError>;

/// Processes the columns `wanted` of a table on as many threads as there are workers. `take` gets the results
/// in the order of the rows, and returns the number of records so far. Returns the workers, and what was
/// masked.
pub(crate) fn work_chunks<W: ChunkWorker>(
    reader: TableReader,
    wanted: &[usize],
    workers: Vec<W>,
    mut take: impl FnMut(&TextChunk, W::Output) -> Result<u64, CustodianError>,
    on_progress: crate::people::progress::OnRecords<'_>,
) -> Result<(Vec<W>, Vec<UnreadableValues>), CustodianError> {
    let input = Mutex::new((reader, 0_usize, false));
    let threads = workers.len();
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<(usize, Outcome<W>)>(threads * 2);
        let handles: Vec<_> = workers
            .into_iter()
            .map(|mut worker| {
                let (input, send) = (&input, send.clone());
                scope.spawn(move || {
                    run(&mut worker, input, wanted, &send);
                    worker
                })
            })
            .collect();
        drop(send);
        let mut waiting: BTreeMap<usize, Outcome<W>> = BTreeMap::new();
        let (mut next, mut records, mut failure) = (0, 0, None);
        for (index, outcome) in receive {
            waiting.insert(index, outcome);
            while let Some(outcome) = waiting.remove(&next) {
                next += 1;
                if failure.is_some() {
                    continue;
                }
                match outcome.and_then(|(chunk, made)| take(&chunk, made)) {
                    Ok(so_far) => records = so_far,
                    Err(error) => {
                        failure = Some(error);
                        input.lock().unwrap_or_else(PoisonError::into_inner).2 = true;
                    }
                }
            }
            let progress = input.lock().unwrap_or_else(PoisonError::into_inner).0.progress();
            on_progress(records, progress);
        }
        let mut workers = Vec::with_capacity(threads);
        for handle in handles {
            workers.push(handle.join().map_err(|_| CustodianError::Thread)?);
        }
        let unreadable = input.lock().unwrap_or_else(PoisonError::into_inner).0.unreadable();
        failure.map_or(Ok((workers, unreadable)), Err)
    })
}

/// One thread: reads the next chunk, processes it, and sends it with its number.
fn run<W: ChunkWorker>(
    worker: &mut W,
    input: &Mutex<(TableReader, usize, bool)>,
    wanted: &[usize],
    send: &SyncSender<(usize, Outcome<W>)>,
) {
    loop {
        let (index, chunk) = {
            let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
            if input.2 {
                break;
            }
            let chunk = input.0.next_chunk(wanted);
            // After the end or an error, no thread reads further.
            input.2 = !matches!(chunk, Ok(Some(_)));
            let index = input.1;
            input.1 += 1;
            (index, chunk)
        };
        let outcome = match chunk {
            Ok(None) => break,
            Err(error) => Err(error.into()),
            Ok(Some(chunk)) => worker.work(&chunk).map(|made| (chunk, made)),
        };
        if send.send((index, outcome)).is_err() {
            break;
        }
    }
}
