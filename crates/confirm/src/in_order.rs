//! Parallel work with results in order.

use std::sync::mpsc::sync_channel;

/// Maximum number of results that a thread may be ahead of `take`.
const AHEAD: usize = 2;

/// Runs `work` for each of `items` on `threads` threads, each with its own memory, and passes the results to
/// `take` in order. Results do not depend on the number of threads.
///
/// # Errors
/// The first error in order, of `work` or of `take`.
pub fn in_order<S, T: Send, E: Send>(
    items: std::ops::Range<u64>,
    threads: usize,
    scratch: impl Fn() -> Result<S, E> + Sync,
    work: impl Fn(&mut S, u64) -> Result<T, E> + Sync,
    mut take: impl FnMut(u64, T) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.max(1) as u64;
    std::thread::scope(|scope| {
        let receivers: Vec<_> = (0..threads)
            .map(|thread| {
                let (send, receive) = sync_channel::<Result<T, E>>(AHEAD);
                let (scratch, work, items) = (&scratch, &work, items.clone());
                scope.spawn(move || {
                    let mut memory = match scratch() {
                        Ok(memory) => memory,
                        Err(error) => return drop(send.send(Err(error))),
                    };
                    let own = items.skip(thread as usize).step_by(threads as usize);
                    for item in own {
                        let result = work(&mut memory, item);
                        let failed = result.is_err();
                        // After an error, no more results are taken.
                        if send.send(result).is_err() || failed {
                            return;
                        }
                    }
                });
                receive
            })
            .collect();
        for (at, item) in items.clone().enumerate() {
            // A thread that ended early sent its error first.
            let Ok(result) = receivers[at % threads as usize].recv() else { break };
            take(item, result?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 5] {
            let mut taken = Vec::new();
            let work = |_: &mut (), item: u64| if item == 90 { Err("stop") } else { Ok(item * item) };
            let done = in_order(
                3..100,
                threads,
                || Ok(()),
                work,
                |item, square| {
                    taken.push((item, square));
                    Ok(())
                },
            );
            assert_eq!(done, Err("stop"));
            assert_eq!(taken, (3..90).map(|item| (item, item * item)).collect::<Vec<_>>());
        }
    }
}
