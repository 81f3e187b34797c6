//! Who may verify keys, and on whose behalf.

use crate::id::KeyId;
use crate::owner::{Owner, OwnerId};
use crate::policy::{Access, scope};
use crate::principal::{Principal, Role};
use crate::record::KeyType;
use crate::settings::Scopes;

/// On whose behalf a key is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnBehalfOf {
    /// The operator: sees every key.
    Root,
    /// An organization: sees its own keys and its members' personal keys.
    Organization(OwnerId),
    /// A publishable key that asks about itself: sees itself alone.
    Itself(KeyId),
}

impl OnBehalfOf {
    /// In which organization a key is looked for that does not say whose it is: the caller's own, or for the operator the one
    /// that is named.
    #[must_use]
    pub fn looks_in<'a>(&'a self, named: Option<&'a OwnerId>) -> Option<&'a OwnerId> {
        match self {
            Self::Root => named,
            Self::Organization(own) => Some(own),
            Self::Itself(_) => None,
        }
    }
}

/// What follows from a credential about who verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verifier {
    /// On whose behalf.
    Known(OnBehalfOf),
    /// Find out which role `user` has in `organization`, and ask [`verifies_for`].
    MemberOf {
        /// Which organization.
        organization: OwnerId,
        /// Which user.
        user: OwnerId,
    },
}

/// Whether `principal` may verify keys, and on whose behalf. People do it for an organization that they name, `organization`, and
/// belong to. A publishable key, which everybody may have, may ask about itself alone: `of_itself` says that the key in question is
/// the credential.
///
/// # Errors
/// The [`Access`] with which it is refused.
pub fn may_verify(
    principal: &Principal,
    of_itself: bool,
    organization: Option<&OwnerId>,
) -> Result<Verifier, Access> {
    let known = match principal {
        Principal::Key { key_type: KeyType::Publishable, id, .. } if of_itself => {
            OnBehalfOf::Itself(id.clone())
        }
        Principal::Key { key_type: KeyType::Publishable, .. } => return Err(Access::Forbidden),
        Principal::User { id: user, .. } | Principal::Key { owner: Owner::User(user), .. } => {
            let organization = organization.ok_or(Access::Forbidden)?;
            return if verifies_as_member(principal) {
                Ok(Verifier::MemberOf { organization: organization.clone(), user: user.clone() })
            } else {
                Err(Access::MissingScope(scope::KEYS_VERIFY))
            };
        }
        Principal::Root { .. } => OnBehalfOf::Root,
        Principal::Key { owner: Owner::Organization(id), scopes, .. } => {
            Binding { organization: Some(id), scopes: Some(scopes) }.may_verify()?
        }
        Principal::Key { owner: Owner::Deployment(()), scopes, .. } => {
            Binding { organization: None, scopes: Some(scopes) }.may_verify()?
        }
    };
    Ok(Verifier::Known(known))
}

/// Who verifies through a binding of a worker of the same account: as its props say, which only those can write who deploy to the
/// account. It may what a secret key of the same owner with the same scopes may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The organization, or else the operator.
    pub organization: Option<&'a OwnerId>,
    /// What it may do; if nothing is said, verify keys and nothing else.
    pub scopes: Option<&'a Scopes>,
}

impl Binding<'_> {
    /// Whether it may verify keys, and on whose behalf.
    ///
    /// # Errors
    /// The [`Access`] with which it is refused.
    pub fn may_verify(&self) -> Result<OnBehalfOf, Access> {
        if self.scopes.is_some_and(|scopes| !scopes.hold(scope::KEYS_VERIFY)) {
            return Err(Access::MissingScope(scope::KEYS_VERIFY));
        }
        Ok(match self.organization {
            Some(id) => OnBehalfOf::Organization(id.clone()),
            None => OnBehalfOf::Root,
        })
    }
}

/// Whether `principal` is a person, or a key of one that may verify for the organizations that its user belongs to.
#[must_use]
pub fn verifies_as_member(principal: &Principal) -> bool {
    match principal {
        Principal::User { .. } => true,
        Principal::Key { owner: Owner::User(_), scopes, .. } => scopes.hold(scope::KEYS_VERIFY),
        Principal::Root { .. } | Principal::Key { .. } => false,
    }
}

/// On whose behalf somebody verifies who has this role in the organization that they name.
///
/// # Errors
/// [`Access::NotVisible`] without a role: for them the organization does not exist.
pub fn verifies_for(organization: OwnerId, role: Option<Role>) -> Result<OnBehalfOf, Access> {
    role.map(|_| OnBehalfOf::Organization(organization)).ok_or(Access::NotVisible)
}

/// What [`may_verify`] comes to, where the person behind the principal has this role in the organization.
#[must_use]
pub fn authorize_verification(
    principal: &Principal,
    role: Option<Role>,
    of_itself: bool,
    organization: Option<&OwnerId>,
) -> Access {
    let found = match may_verify(principal, of_itself, organization) {
        Ok(Verifier::Known(on_behalf_of)) => Ok(on_behalf_of),
        Ok(Verifier::MemberOf { organization, .. }) => verifies_for(organization, role),
        Err(access) => Err(access),
    };
    found.map_or_else(|access| access, |_| Access::Granted)
}
