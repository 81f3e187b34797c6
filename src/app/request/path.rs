//! The ids in a path.

use keyward_core::{ErrorCode, KeyId, Owner, OwnerId, Principal, SessionId};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// The parameters of a path, still as they were sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PathParams(Vec<(String, String)>);

impl PathParams {
    pub(crate) fn new(params: &[(&str, &str)]) -> Self {
        Self(params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whose resources the path is about: the deployment's, if it names neither organization nor user. `me` is the calling
    /// user.
    ///
    /// # Errors
    /// `request.bad_id`; `owner.not_found` for `me` if no user is calling.
    pub fn owner(&self, caller: &Principal) -> Result<Owner, Problem> {
        if let Some(id) = self.get("organization") {
            return OwnerId::parse(id).map(Owner::Organization).map_err(|_| {
                let expected = "An organization's id is 1 to 64 characters of A-Z, a-z, 0-9, _ and -.";
                Problem::new(ErrorCode::RequestBadId).because(expected)
            });
        }
        if self.get("user").is_none() {
            return Ok(Owner::DEPLOYMENT);
        }
        self.user_or_me(caller)?.map(Owner::User).ok_or_else(|| {
            Problem::new(ErrorCode::OwnerNotFound)
                .because("`me` is the calling user, and no user is calling.")
        })
    }

    /// Says of an owner that is not found what it would be: the path says so already.
    pub(crate) fn explain(&self, problem: Problem) -> Problem {
        if problem.code != ErrorCode::OwnerNotFound || problem.detail.is_some() {
            problem
        } else if self.get("organization").is_some() {
            problem.because("There is no such organization.")
        } else if self.get("user").is_some() {
            problem.because("There is no such user.")
        } else {
            problem
        }
    }

    /// Which key.
    ///
    /// # Errors
    /// `request.bad_id`.
    pub fn key(&self) -> Result<KeyId, Problem> {
        let id = KeyId::parse(self.get("key").unwrap_or_default());
        id.map_err(|_| {
            Problem::new(ErrorCode::RequestBadId).because("A key's id is `apk_` and 26 characters.")
        })
    }

    /// What a path of Medusa's names, as it was sent.
    #[must_use]
    pub fn named(&self) -> &str {
        self.get("id").unwrap_or_default()
    }

    /// Which session.
    ///
    /// # Errors
    /// `request.bad_id`.
    pub fn session(&self) -> Result<SessionId, Problem> {
        let id = SessionId::parse(self.get("session").unwrap_or_default());
        id.map_err(|_| {
            Problem::new(ErrorCode::RequestBadId).because("A session's id is `ses_` and 26 characters.")
        })
    }

    /// Which member; `me` is the calling user.
    ///
    /// # Errors
    /// `request.bad_id`; `member.not_found` for `me` if no user is calling.
    pub fn member(&self, caller: &Principal) -> Result<OwnerId, Problem> {
        self.user_or_me(caller)?.ok_or_else(|| ErrorCode::MemberNotFound.into())
    }

    /// Who is invited; `me` is the calling user.
    ///
    /// # Errors
    /// `request.bad_id`; `invitation.not_found` for `me` if no user is calling.
    pub fn invited(&self, caller: &Principal) -> Result<OwnerId, Problem> {
        self.user_or_me(caller)?.ok_or_else(|| ErrorCode::InvitationNotFound.into())
    }

    fn user_or_me(&self, caller: &Principal) -> Result<Option<OwnerId>, Problem> {
        match self.get("user").unwrap_or_default() {
            "me" => Ok(caller.user().cloned()),
            id => OwnerId::parse_user(id).map(Some).map_err(|_| {
                let expected = "A user's id is 1 to 128 characters of A-Z, a-z, 0-9, _ and -; any other is written as ~ and two digits 0-9A-F for each byte of its UTF-8.";
                Problem::new(ErrorCode::RequestBadId).because(expected)
            }),
        }
    }
}
