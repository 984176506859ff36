//! What several test targets share: see the folders beside this one.

mod clear;

pub use clear::Clear;
