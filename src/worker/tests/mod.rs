//! What the worker guarantees, tested over ports in memory.

mod credentials;
mod management;
mod members;
mod membership;
mod verify;
