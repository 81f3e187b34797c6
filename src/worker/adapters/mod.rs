//! The platform behind the ports. Beside it only the Durable Object, with its rows in SQLite, and the log touch the
//! platform. Translates; decides nothing.

pub mod clock;
pub mod config;
pub mod entropy;
mod identity;
pub(crate) mod js;
pub mod kv;
pub mod ledgers;
pub mod platform;
pub mod serve;
