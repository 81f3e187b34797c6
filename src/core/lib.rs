//! Keyward's core: the key format, a key's lifecycle, and who may do what.
//!
//! In scope: reading, issuing, sealing and redacting keys; what may become of a key and when it is valid;
//! policy. Out of scope: I/O, clocks, sources of randomness, async, platforms. Time comes in as a value,
//! randomness through [`Entropy`], state as a value; a value and the event to record come out.
//!
//! ```
//! use keyward_core::{ParseKeyError, WellFormedKey};
//!
//! // A sample with a deliberately wrong checksum.
//! let text = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk000000";
//! assert_eq!(WellFormedKey::parse(text), Err(ParseKeyError::BadChecksum));
//! ```

#![forbid(unsafe_code)]

pub mod actor;
mod base62;
pub mod channel;
mod checksum;
pub mod code;
pub mod digest;
pub mod entropy;
pub mod error;
pub mod event;
pub mod exposed;
mod external;
pub mod feed;
pub mod foreign;
pub mod format;
pub mod grant;
pub mod id;
pub mod idempotency;
pub mod import;
pub mod issue;
pub mod key;
pub mod lifecycle;
pub mod organization;
pub mod owner;
pub mod page;
pub mod policy;
pub mod principal;
pub mod query;
pub mod record;
pub mod redact;
pub mod scan;
#[cfg(feature = "schema")]
pub mod schema;
pub mod seal;
pub mod session;
pub mod settings;
pub mod source;
pub mod staleness;
pub mod text;
pub mod timestamp;
pub mod verifier;
pub mod verify;
mod word;

pub use actor::{Actor, ActorName};
pub use channel::{Channel, Links};
pub use code::ErrorCode;
pub use digest::KeyDigest;
pub use entropy::{Entropy, EntropyError};
pub use error::ParseKeyError;
pub use event::{Event, RequestContext};
pub use format::{Brand, Environment, Kind};
pub use id::{ChannelId, EventId, KeyId, RootKeyId, SessionId};
pub use issue::{IssuedKey, Issuer};
pub use key::{AuthenticKey, ShapedKey, WellFormedKey};
pub use organization::{Invitation, Member, Organization};
pub use owner::{LedgerLocator, Owner, OwnerId};
pub use principal::{AssertedMembership, Principal, Role};
pub use record::{Consistency, KeyRecord, KeyType, Revocation, Status};
pub use redact::Redacted;
pub use seal::KeyRing;
pub use settings::{KeySettings, Metadata, Reason, Scope, Scopes, Title};
pub use source::Source;
pub use timestamp::Timestamp;
