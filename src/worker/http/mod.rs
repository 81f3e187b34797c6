//! HTTP as plain values: what came in, what goes out, and how strictly it is read. No platform in here.

pub mod answer;
pub mod cookie;
pub mod fields;
pub mod incoming;
pub mod params;

pub use answer::Answer;
pub use incoming::Incoming;
