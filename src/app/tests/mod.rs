//! What the operations and the ledger guarantee, tested over ports in memory.

mod configuration;
mod copies;
mod credentials;
mod damage;
mod grants;
mod invisible;
mod lists;
mod lookup;
mod makers;
mod management;
mod members;
mod membership;
mod outbox;
mod permissions;
mod queue;
mod random;
mod retries;
mod room;
mod sessions;
mod shapes;
mod signed_in;
mod trail;
mod users;
mod verifier;
mod verify;
