//! Attacks on pair tokens. Each runs on sealed rows, where it must find nothing, and on the old form or
//! another control, where it must succeed.

mod alone;
mod known;
mod neighbors;
mod pairs_kit;
mod picked;
mod runs;
