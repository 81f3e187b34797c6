//! Why a type cannot be read, in our words. serde's own messages repeat what was sent; nothing here holds any of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// Why a type cannot be read.
pub(crate) struct Fault(Box<Kind>);

enum Kind {
    /// This field is missing.
    Missing(&'static str),
    /// What it should be.
    Other(Cow<'static, str>),
}

impl Fault {
    /// What is wrong, as clients are told.
    pub(super) fn of(said: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Kind::Other(said.into())))
    }

    /// That something else was expected.
    #[cold]
    #[inline(never)]
    pub(super) fn expected(what: &dyn Expected) -> Self {
        let what = what.to_string();
        let choices: Vec<&str> = what.split('`').skip(1).step_by(2).collect();
        Self::of(match (choices.as_slice(), what.as_str()) {
            ([], "a map") => "must be a JSON object".into(),
            ([], "a sequence") => "must be an array".into(),
            ([], what) => format!("must be {what}").into(),
            (choices, _) => one_of(choices),
        })
    }

    /// The field that is missing, if that is what is wrong.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match *self.0 {
            Kind::Missing(name) => Some(name),
            Kind::Other(_) => None,
        }
    }

    /// What is wrong with what should have been the type, as clients are told.
    pub(crate) fn into_detail(self) -> Cow<'static, str> {
        match *self.0 {
            Kind::Missing(name) => format!("lacks the field {name}").into(),
            Kind::Other(said) => said,
        }
    }
}

fn one_of(choices: &[&str]) -> Cow<'static, str> {
    format!("must be one of {}", choices.join(", ")).into()
}

impl Error for Fault {
    /// What our own types say. They say nothing of what was sent.
    #[cold]
    fn custom<T: fmt::Display>(said: T) -> Self {
        Self::of(said.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    #[cold]
    #[inline(never)]
    fn unknown_variant(_: &str, choices: &'static [&'static str]) -> Self {
        Self::of(one_of(choices))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::of("has a field that is not known")
    }

    #[cold]
    #[inline(never)]
    fn missing_field(name: &'static str) -> Self {
        Self(Box::new(Kind::Missing(name)))
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::of("has a field twice")
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Missing(name) => write!(f, "lacks the field {name}"),
            Kind::Other(said) => f.write_str(said),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
