//! What the worker guarantees, tested over ports in memory.

mod credentials;
mod invisible;
mod lists;
mod management;
mod members;
mod membership;
mod problems;
mod random;
mod shapes;
mod verify;
