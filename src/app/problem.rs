//! What went wrong, in the terms of RFC 9457. How it becomes a response is the worker's concern.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use keyward_core::grant::Excess;
use keyward_core::policy::Access;
use keyward_core::query::QueryError;
use keyward_core::{EntropyError, ErrorCode, Status, lifecycle};
use serde::{Deserialize, Serialize};

/// One field or parameter that is missing, unknown or invalid. Holds nothing of the input but the plain name of an unknown
/// field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. For a field whose name is not repeated it is that
    /// of the whole body, which is empty, or `?`.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^(?:|\?|/(?:[A-Za-z0-9_.-]|~[01]){1,64}|\?[A-Za-z0-9_./~-]{1,64})$"))
    )]
    pub pointer: String,
    /// What it should be.
    pub detail: Cow<'static, str>,
}

/// A refusal. Nearly everything can be refused, so it is no larger than a pointer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(Box<Details>);

/// What is wrong. Holds nothing of the input but plain names of unknown fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Which problem it is.
    pub code: ErrorCode,
    /// What went wrong this time, for people; if `None`, the code's title is all there is to say.
    pub detail: Option<Cow<'static, str>>,
    /// Which fields are concerned.
    pub errors: Vec<FieldProblem>,
    /// The scope that is missing, for `WWW-Authenticate`.
    pub scope: Option<Cow<'static, str>>,
    /// The methods that the path has, for `Allow`.
    pub allow: Option<Cow<'static, str>>,
}

impl Problem {
    /// A problem of which the code says everything.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Details { code, detail: None, errors: Vec::new(), scope: None, allow: None }))
    }

    /// The same, with a sentence for people.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A field of the body that is missing or invalid.
    #[must_use]
    pub fn field(pointer: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        let error = FieldProblem { pointer: pointer.to_owned(), detail: detail.into() };
        Self::new(ErrorCode::RequestBadField).with_errors(vec![error])
    }

    /// The same, about these fields.
    pub(crate) fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.errors = errors;
        self
    }
}

impl Deref for Problem {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// A problem that a field of the body has caused, though the field is as it should be.
pub(crate) fn caused_by(pointer: &str, code: ErrorCode) -> Problem {
    let mut problem = Problem::field(pointer, code.title());
    problem.code = code;
    problem
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

/// Refuses access that is not granted.
pub(crate) fn require(access: Access) -> Result<(), Problem> {
    if access == Access::Granted { Ok(()) } else { Err(refusal(access)) }
}

/// Why access is not granted.
#[must_use]
pub fn refusal(access: Access) -> Problem {
    match access {
        Access::Granted | Access::Forbidden => ErrorCode::AuthForbidden.into(),
        Access::NotVisible => ErrorCode::OwnerNotFound.into(),
        Access::MissingScope(scope) => {
            let mut problem = Problem::new(ErrorCode::AuthInsufficientScope)
                .because(format!("This requires the scope `{scope}`."));
            problem.scope = Some(scope.into());
            problem
        }
    }
}

/// A cursor of another list. What else a query cannot hold is found as it is read.
impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let error = FieldProblem { pointer: "?after".to_owned(), detail: error.to_string().into() };
        Self::new(ErrorCode::RequestBadParameter).with_errors(vec![error])
    }
}

impl From<EntropyError> for Problem {
    fn from(_: EntropyError) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

impl From<Excess> for Problem {
    fn from(excess: Excess) -> Self {
        Self::new(ErrorCode::from(excess)).because(excess.to_string())
    }
}

impl From<lifecycle::Refusal> for Problem {
    fn from(refusal: lifecycle::Refusal) -> Self {
        match refusal {
            lifecycle::Refusal::ExpiryNotAhead => Self::field("/expires_at", "must be in the future"),
            lifecycle::Refusal::LinksOfSecret => {
                Self::field("/links", "can be given to publishable keys only")
            }
            lifecycle::Refusal::AlreadyRolled(ref successor) => {
                let detail = format!("The key was rolled to {successor}; roll that one.");
                Self::new(ErrorCode::from(refusal)).because(detail)
            }
            other => ErrorCode::from(other).into(),
        }
    }
}

/// Why a change of a key of this status is refused.
pub(crate) fn refused(status: Status) -> impl Fn(lifecycle::Refusal) -> Problem {
    move |refusal| {
        let problem = Problem::from(refusal);
        match status {
            _ if problem.code != ErrorCode::KeyNotActive => problem,
            Status::Revoked => problem.because("The key is revoked."),
            Status::Expired => problem.because("The key has expired."),
            Status::Active | Status::Retiring => problem,
        }
    }
}
