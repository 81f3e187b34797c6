//! What the operations and the ledger guarantee, tested over ports in memory.

mod credentials;
mod grants;
mod invisible;
mod lists;
mod makers;
mod management;
mod members;
mod membership;
mod outbox;
mod permissions;
mod random;
mod retries;
mod sessions;
mod shapes;
mod trail;
mod verifier;
mod verify;
