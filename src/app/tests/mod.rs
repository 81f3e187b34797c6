//! What the operations and the ledger guarantee, tested over ports in memory.

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
mod signed_in;
mod verifier;
mod verify;
