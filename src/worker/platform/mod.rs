//! The platform. Apart from it only HTTP, the ports, the Durable Object and the hot path touch it.

pub(crate) mod body;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod entropy;
pub(crate) mod identity;
pub(crate) mod kv;
pub(crate) mod ledgers;
pub(crate) mod log;
pub(crate) mod sql;
