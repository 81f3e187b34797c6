//! The shapes in which resources are shown. They are written, never read.

mod event;
mod invitation;
mod key;
mod organization;
mod page;
mod session;

pub use event::{Event, EventList, StoredEvent};
pub use invitation::{Invitation, InvitationList};
pub use key::{
    Effective, IssuedKey, Key, KeyFacts, KeyList, MadeKey, PublicKey, RevokedKey, RevokedKeys, RolledKey,
    Shown, VerifiedKey,
};
pub use organization::{
    ListedOrganization, Member, MemberList, Membership, Organization, OrganizationList, UserOrganizationList,
    memberships,
};
pub use page::{PageFacts, part};
pub use session::{CurrentSession, EndedSessions, Session, SessionList, SignIn, SignInType};
