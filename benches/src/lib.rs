//! Only benches and examples: see `speed`.
