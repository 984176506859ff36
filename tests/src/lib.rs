//! Code shared by several test targets, which are in the neighbouring folders.

mod clear;

pub use clear::Clear;
