//! What the operations and the ledger guarantee, tested over ports in memory.

mod credentials;
mod deletion;
mod invisible;
mod invitations;
mod lists;
mod management;
mod members;
mod membership;
mod operators;
mod organizations;
mod outbox;
mod permissions;
mod random;
mod sessions;
mod shapes;
mod verifier;
mod verify;
