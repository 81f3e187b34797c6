//! The parameters of a query, read strictly: what is unknown, given twice or wrong is said, nothing is repeated.

use std::borrow::Cow;

use keyward_core::query::{LIMIT_DEFAULT, LIMIT_MAX, Page};
use keyward_core::{ErrorCode, Timestamp};

use super::fields::{Expected, words};
use crate::problem::{FieldProblem, Problem};

/// The parameters of a query, and what is wrong with them so far.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldProblem>,
}

impl Params {
    /// Reads a query that may have the `known` parameters, each once.
    ///
    /// # Errors
    /// `request.bad_parameter` when it has another, or one twice.
    pub fn read(query: &str, known: &'static [&'static str]) -> Result<Self, Problem> {
        let decoded = form_urlencoded::parse(query.as_bytes());
        let pairs: Vec<(String, String)> = decoded.map(|(name, value)| (name.into(), value.into())).collect();
        let problem = |detail: String| Problem::new(ErrorCode::RequestBadParameter).because(detail);
        if !pairs.iter().all(|(name, _)| known.contains(&name.as_str())) {
            return Err(problem(if known.is_empty() {
                "The query holds parameters, but this takes none.".into()
            } else {
                format!("The query holds a parameter that is not known here; known are {}.", known.join(", "))
            }));
        }
        let twice = known.iter().find(|name| pairs.iter().filter(|(given, _)| given == *name).count() > 1);
        match twice {
            Some(name) => Err(problem(format!("The parameter `{name}` is given more than once."))),
            None => Ok(Self { pairs, errors: Vec::new() }),
        }
    }

    /// A parameter that may be left out.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, Expected>,
    ) -> Option<T> {
        let (_, value) = self.pairs.iter().find(|(given, _)| given == name)?;
        match read(value) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.errors.push(FieldProblem { pointer: format!("?{name}"), detail });
                None
            }
        }
    }

    /// `limit` and `offset`.
    pub fn page(&mut self) -> Page {
        let limit = self.optional("limit", |text| match text.parse() {
            Ok(number) if (1..=LIMIT_MAX).contains(&number) && digits(text) => Ok(number),
            _ => Err(format!("must be a whole number from 1 to {LIMIT_MAX}").into()),
        });
        let offset = self.optional("offset", |text| match text.parse() {
            Ok(number) if digits(text) => Ok(number),
            _ => Err(format!("must be a whole number from 0 to {}", u32::MAX).into()),
        });
        Page { limit: limit.unwrap_or(LIMIT_DEFAULT), offset: offset.unwrap_or(0) }
    }

    /// What was read, if nothing is wrong.
    ///
    /// # Errors
    /// `request.bad_parameter` with everything that is.
    pub fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(Problem::fields(ErrorCode::RequestBadParameter, self.errors))
        }
    }
}

/// `parse` also takes a leading plus.
fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One word of several.
pub fn word<T: Copy>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl FnOnce(&str) -> Result<T, Expected> {
    move |text| {
        let found = all.iter().copied().find(|item| name(*item) == text);
        found.ok_or_else(|| format!("must be one of {}", words(all, name)).into())
    }
}

/// An instant.
///
/// # Errors
/// What it should have been.
pub fn timestamp(text: &str) -> Result<Timestamp, Expected> {
    Timestamp::parse(text).map_err(|error| Cow::from(error.to_string()))
}

/// `true` or `false`.
///
/// # Errors
/// What it should have been.
pub fn boolean(text: &str) -> Result<bool, Expected> {
    text.parse().map_err(|_| "must be true or false".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_bounds_and_defaults() {
        let page = |query| {
            let mut params = Params::read(query, &["limit", "offset"])?;
            let page = params.page();
            params.finish((page.limit, page.offset))
        };
        assert_eq!(page(""), Ok((20, 0)));
        assert_eq!(page("limit=100&offset=7"), Ok((100, 7)));
        for bad in
            ["limit=0", "limit=101", "limit=", "limit=+5", "limit=2.5", "offset=-1", "offset=99999999999"]
        {
            assert_eq!(page(bad).map_err(|problem| problem.errors.len()), Err(1), "{bad}");
        }
        assert!(page("limit=1&limit=2").is_err());
        assert!(page("order=x").is_err());
    }
}
