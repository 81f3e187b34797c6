//! What the core guarantees to whoever uses it. One program, so that it is linked once.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that panics has failed, which is what it is for"
)]

mod feed;
mod foreign;
mod grant;
mod histories;
mod lifecycle;
mod policy;
mod problems;
mod properties;
mod query;
mod restrictions;
mod scan;
mod stored;
mod support;
mod vectors;
mod verdict;
