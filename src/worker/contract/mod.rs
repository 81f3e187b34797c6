//! The HTTP contract as code: how a request is read into a command, and how things look in an answer. Strict, pure,
//! and the same at the edge and in the ledger: the edge reads a request to refuse what is wrong with it and to find
//! the ledger; the ledger reads it to carry it out.

pub mod command;
pub mod describe;
mod read;

pub use command::{Command, read_command, read_verify};
