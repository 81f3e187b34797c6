//! The shapes in which resources are shown.

mod event;
mod key;
mod organization;

pub(crate) use event::StoredEvent;
pub use event::{Event, EventList};
pub use key::{
    Effective, IssuedKey, Key, KeyFacts, KeyList, MadeKey, RevokedKey, RevokedKeys, RolledKey, VerifiedKey,
};
pub use organization::{Member, MemberList, Membership, Organization, OrganizationList, memberships};
