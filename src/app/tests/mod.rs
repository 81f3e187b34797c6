//! What the operations and the ledger guarantee, tested over ports in memory.

mod configuration;
mod credentials;
mod invisible;
mod lists;
mod management;
mod members;
mod membership;
mod outbox;
mod permissions;
mod random;
mod sessions;
mod shapes;
mod users;
mod verifier;
mod verify;
