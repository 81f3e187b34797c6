//! The shapes in which resources are shown. Ledgers answer with most of them, so these can be read back too.

mod event;
mod key;
mod organization;
mod session;

pub(crate) use event::StoredEvent;
pub use event::{Event, EventList};
pub use key::{
    Effective, IssuedKey, Key, KeyFacts, KeyList, MadeKey, PublicKey, RevokedKey, RevokedKeys, RolledKey,
    Shown, VerifiedKey,
};
pub use organization::{Member, MemberList, Membership, Organization, OrganizationList, memberships};
pub use session::{CurrentSession, EndedSessions, Session, SessionList, SignIn, SignInType};
