//! Code shared by several test targets, which are in the neighboring folders.

mod clear;

pub use clear::Clear;
