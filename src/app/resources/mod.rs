//! The shapes in which resources are shown. Ledgers answer with most of them, so these can be read back too.

mod event;
mod key;
mod organization;
mod session;

pub use event::{Event, EventList};
pub use key::{
    Effective, IssuedKey, Key, KeyFacts, KeyList, PublicKey, RevokedKey, RolledKey, Shown, VerifiedKey,
};
pub use organization::{Member, MemberList, Membership, Organization, OrganizationList, memberships};
pub use session::{CurrentSession, EndedSessions, Session, SessionList, SignIn, SignInType};
