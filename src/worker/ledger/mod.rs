//! The ledger: the strongly consistent truth about one owner's keys, members and events.
//!
//! [`handle()`] carries a [`Call`] out on [`Rows`](rows::Rows): authorize, let the core decide, commit. It is the same code in the
//! Durable Object ([`object`], rows in SQLite) and in native tests (rows in memory).

pub mod call;
pub mod clock;
pub mod handle;
mod keys;
mod members;
pub mod object;
mod organizations;
pub mod outbox;
pub mod rows;
mod sql;

pub use call::{Call, Reply};
pub use handle::{Handler, handle};
pub use organizations::with_claims;
