//! What the worker guarantees, tested over ports in memory.

mod credentials;
mod membership;
mod verify;
