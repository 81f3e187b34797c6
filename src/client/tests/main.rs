//! What the crate guarantees: natively, with answers as a test tells them, and time that passes when a test says so.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod configuration;
mod errors;
mod gate;
mod http;
mod keeping;
mod retries;
mod sharing;
mod told;
mod verdicts;
