//! The platform behind the ports: the only place, with the Durable Object, that touches it. Translates; decides
//! nothing.

pub mod clock;
pub mod entropy;
mod identity;
pub(crate) mod js;
pub mod kv;
pub mod ledgers;
pub mod platform;
pub mod serve;
