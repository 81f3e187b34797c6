#![doc = include_str!("README.md")]
#![forbid(unsafe_code)]

mod answer;
mod builder;
mod clock;
mod error;
#[cfg(feature = "tower")]
mod gate;
mod kept;
mod keyward;
mod question;
#[cfg(feature = "reqwest")]
mod reqwest;
mod send;
mod transport;

pub use answer::{Answer, Refusal, RefusalCode, RefusedKey, VerifiedKey};
pub use builder::{Builder, ConfigError};
pub use error::{Error, FieldError};
#[cfg(feature = "tower")]
pub use gate::{Gate, Place, RequireKey};
pub use keyward::Keyward;
pub use keyward_core::record::{KeyType, Status};
pub use keyward_core::{Environment, Owner, Scopes, Timestamp};
pub use question::{OnOutage, Question};
#[cfg(feature = "reqwest")]
pub use reqwest::Reqwest;
pub use transport::{Body, Transport, Unreachable};
