//! The shapes in which resources are shown. They are written, never read.

mod event;
mod invitation;
mod key;
mod organization;
mod page;
mod session;

#[cfg(feature = "schema")]
pub use event::EventList;
pub use event::{Event, StoredEvent};
pub use invitation::Invitation;
#[cfg(feature = "schema")]
pub use invitation::InvitationList;
#[cfg(feature = "schema")]
pub use key::KeyList;
pub use key::{
    ChangedKey, Effective, IssuedKey, Key, KeyFacts, MadeKey, PublicKey, Removed, RevokedKey, RevokedKeys,
    RolledKey, Shown, VerifiedKey,
};
pub use organization::{ListedOrganization, Member, Membership, Organization, memberships};
#[cfg(feature = "schema")]
pub use organization::{MemberList, OrganizationList, UserOrganizationList};
pub use page::{PageFacts, ShownPage, part};
#[cfg(feature = "schema")]
pub use session::SessionList;
pub use session::{CurrentSession, EndedSessions, Session, SignIn, SignInType};
