//! The parts of a key's head: brand, kind and environment.

use core::fmt;

/// What kind of key it is: the middle word of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `sk`: a secret key of an organization.
    Secret,
    /// `pat`: a personal secret key of a user.
    Personal,
    /// `pk`: a publishable key of an organization.
    Publishable,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Secret, Self::Personal, Self::Publishable];

    /// The word in the key: `sk`, `pat` or `pk`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Personal => "pat",
            Self::Publishable => "pk",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Which environment a deployment serves, and so all its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// `live`
    Live,
    /// `test`
    Test,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// The word in the key: `live` or `test`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// Reads the word of an environment.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == word)
    }
}

/// A deployment's brand: a lowercase letter, then 1 to 11 lowercase letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Brand(String);

impl Brand {
    /// Reads a brand.
    ///
    /// # Errors
    /// [`BrandError`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, BrandError> {
        if is_brand(text) { Ok(Self(text.to_owned())) } else { Err(BrandError) }
    }

    /// The brand as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a brand is a lowercase letter, then 1 to 11 lowercase letters or digits")]
pub struct BrandError;

/// Longest brand, in characters.
pub(crate) const BRAND_MAX: usize = 12;

pub(crate) fn is_brand(text: &str) -> bool {
    (2..=BRAND_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && text.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_are_two_to_twelve_lowercase_letters_and_digits_after_a_letter() {
        for good in ["kw", "a1", "k9shop", "abcdefghijkl"] {
            assert!(Brand::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "k", "9a", "Kw", "k_w", "abcdefghijklm", "kä"] {
            assert_eq!(Brand::parse(bad), Err(BrandError), "{bad}");
        }
    }
}
