//! What the crate guarantees.
