//! What the operations and the ledger guarantee, tested over ports in memory.

mod credentials;
mod invisible;
mod lists;
mod lookup;
mod management;
mod members;
mod membership;
mod outbox;
mod permissions;
mod random;
mod sessions;
mod shapes;
mod verifier;
mod verify;
