//! Only test targets: see the folders beside this one.
