//! Progress of work that takes longer than a second: amount, rate, time left.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nothing is shown before this time.
const QUIET: Duration = Duration::from_secs(1);

/// If standard error is not a terminal, a line is printed at this interval.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows progress of work that takes longer than a second.
pub(crate) struct Progress {
    unit: &'static str,
    state: Mutex<State>,
}

struct State {
    begun: Instant,
    last_line: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(unit: &'static str) -> Self {
        let now = Instant::now();
        Self { unit, state: Mutex::new(State { begun: now, last_line: now, bar: None }) }
    }

    /// Reports `done` units, the share `share` of all. Updates are throttled.
    pub(crate) fn update(&self, done: u64, share: Option<f64>) {
        self.update_of("", done, share);
    }

    /// As [`Progress::update`], within a named stage.
    pub(crate) fn update_of(&self, part: &str, done: u64, share: Option<f64>) {
        let Ok(mut state) = self.state.try_lock() else { return };
        let elapsed = state.begun.elapsed();
        if elapsed < QUIET {
            return;
        }
        let rate = done as f64 / elapsed.as_secs_f64();
        let left =
            share.filter(|share| *share > 0.0).map(|share| elapsed.mul_f64((1.0 / share - 1.0).max(0.0)));
        let part = if part.is_empty() { String::new() } else { format!("{part}: ") };
        let mut message = format!("{part}{} {}, {}/s", grouped(done), self.unit, grouped(rate as u64));
        if let Some(left) = left {
            message.push_str(&format!(", {} left", short(left)));
        }
        if std::io::stderr().is_terminal() {
            let bar = state.bar.get_or_insert_with(|| {
                let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::stderr());
                if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} % {msg}") {
                    bar.set_style(style);
                }
                bar
            });
            bar.set_position((share.unwrap_or(0.0) * 1_000.0) as u64);
            bar.set_message(message);
        } else if state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            let share = share.map_or_else(String::new, |share| format!("{:.0} %, ", share * 100.0));
            let _ = writeln!(std::io::stderr(), "{share}{message}");
        }
    }

    /// Starts counting again, for the next stage.
    pub(crate) fn restart(&self) {
        if let Ok(mut state) = self.state.lock() {
            if let Some(bar) = state.bar.take() {
                bar.finish_and_clear();
            }
            state.begun = Instant::now();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.restart();
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time in words.
pub(crate) fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_readable() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1_000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(short(Duration::from_secs(61)), "1 min 01 s");
        assert_eq!(short(Duration::from_secs(7261)), "2 h 01 min");
    }
}
