//! What went wrong, as it is answered: RFC 9457 problem details.

use std::borrow::Cow;

use keyward_core::ErrorCode;
use keyward_core::policy::Permission;

/// One field or parameter that is not as it should be. Never holds any part of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// JSON pointer into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// What it should be.
    pub detail: Cow<'static, str>,
}

/// A refusal. In a box, since every `?` moves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Box<Refused>);

/// Everything that the answer to a refusal says. Never holds any part of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which problem it is.
    pub code: ErrorCode,
    /// What it is this time, for people; the code's title when there is no more to say.
    pub detail: Option<Cow<'static, str>>,
    /// Which fields are concerned.
    pub errors: Vec<FieldProblem>,
    /// The scope that is lacking, for `WWW-Authenticate`.
    pub scope: Option<Cow<'static, str>>,
}

impl std::ops::Deref for Problem {
    type Target = Refused;
    fn deref(&self) -> &Refused {
        &self.0
    }
}

impl Problem {
    /// A problem with nothing more to say than its code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Refused { code, detail: None, errors: Vec::new(), scope: None }))
    }

    /// The same with a sentence for people.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// A field of the body that is not as it should be.
    #[must_use]
    pub fn field(pointer: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::fields(
            ErrorCode::RequestBadField,
            vec![FieldProblem { pointer: pointer.to_owned(), detail: detail.into() }],
        )
    }

    /// Several fields or parameters that are not as they should be.
    #[must_use]
    pub fn fields(code: ErrorCode, errors: Vec<FieldProblem>) -> Self {
        let mut problem = Self::new(code);
        problem.0.errors = errors;
        problem
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<Permission> for Problem {
    /// What stands against an action; [`Permission::Granted`] does not, and is a fault of the caller.
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Granted => Self::new(ErrorCode::ServerInternal),
            Permission::Forbidden => Self::new(ErrorCode::AuthForbidden),
            Permission::Invisible => Self::new(ErrorCode::OwnerNotFound),
            Permission::Taken => Self::new(ErrorCode::OrganizationIdTaken),
            Permission::LacksScope(scope) => {
                let mut problem = Self::new(ErrorCode::AuthInsufficientScope)
                    .because(format!("This needs the scope `{scope}`."));
                problem.0.scope = Some(scope.into());
                problem
            }
        }
    }
}

impl From<keyward_core::EntropyError> for Problem {
    fn from(_: keyward_core::EntropyError) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

impl From<keyward_core::life::Refusal> for Problem {
    fn from(refusal: keyward_core::life::Refusal) -> Self {
        match refusal {
            keyward_core::life::Refusal::ExpiryNotAhead => Self::field("/expires_at", "must lie ahead"),
            other => ErrorCode::from(other).into(),
        }
    }
}

impl From<crate::ledger::rows::RowsError> for Problem {
    fn from(_: crate::ledger::rows::RowsError) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}
