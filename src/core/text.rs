//! What people may call things and write about them, and when two such texts are the same. Which characters are
//! invisible, turn text around or belong to an emoji is in the tables of ICU4X, what case folding does in those of
//! `unicase`.
//!
//! In scope: the rules, for texts in composed form (NFC). Out of scope: making that form. Its tables are large and the
//! platform has them, so requests are composed as they are read.

use icu_properties::CodePointSetData;
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, ExtendedPictographic};
use unicase::UniCase;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';

/// Why a text is not one that people can read and tell from others. No variant holds any part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing is left of it without the white space around it.
    #[error("must not be empty; white space alone does not count")]
    Empty,
    /// It has control characters or line breaks.
    #[error("must not hold control characters or line breaks")]
    Control,
    /// It has characters that turn text around.
    #[error("must not hold characters that change the direction of text, such as U+202E")]
    Direction,
    /// It has characters that cannot be seen.
    #[error(
        "must not hold invisible characters, such as U+200B or U+00AD; joiners and variation selectors are allowed only within emoji, and joiners in scripts that need them"
    )]
    Invisible,
    /// All of it is blank.
    #[error("must hold something that can be seen")]
    Blank,
    /// It is too long.
    #[error("must be at most {max} characters, not counting white space around them")]
    TooLong {
        /// Characters allowed.
        max: usize,
    },
}

/// The text without white space around it, if people can read it and it has at most `max` characters.
///
/// # Errors
/// The first [`TextError`] that applies, in the order of its variants.
pub(crate) fn legible(text: &str, max: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().any(breaks_lines) {
        return Err(TextError::Control);
    }
    if !text.is_ascii() {
        require_visible(text)?;
    }
    if text.chars().nth(max).is_some() { Err(TextError::TooLong { max }) } else { Ok(text) }
}

/// Whether it is a control character, or ends a line as some are known to do.
pub(crate) fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// The text, cut to `max` characters, as people can read it, with U+FFFD for what they could not see or what would change how
/// they see the rest. `None` if there is nothing to be seen.
pub(crate) fn made_legible(text: &str, max: usize) -> Option<String> {
    if let Ok(text) = legible(text, max) {
        return Some(text.to_owned());
    }
    let directions = CodePointSetData::new::<BidiControl>();
    let is_seen = |c: char| !(breaks_lines(c) || directions.contains(c) || is_invisible(c));
    let seen = |c| if is_seen(c) { c } else { char::REPLACEMENT_CHARACTER };
    let text: String = text.trim().chars().map(seen).take(max).collect();
    legible(&text, max).ok().map(str::to_owned)
}

#[cold]
fn require_visible(text: &str) -> Result<(), TextError> {
    let directions = CodePointSetData::new::<BidiControl>();
    if text.chars().any(|character| directions.contains(character)) {
        return Err(TextError::Direction);
    }
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_invisible(character) && !has_use(before, character, characters.peek().copied()) {
            return Err(TextError::Invisible);
        }
        before = Some(character);
    }
    // The empty pattern of Braille is a symbol, not white space.
    let is_blank = |character: char| character.is_whitespace() || character == '\u{2800}';
    if text.chars().all(is_blank) { Err(TextError::Blank) } else { Ok(()) }
}

/// Whether it cannot be seen by itself: what fonts ignore by default, and marks of annotations.
#[inline(never)]
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{fff9}'..='\u{fffb}')
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Whether an invisible character changes what can be seen between these two.
fn has_use(before: Option<char>, character: char, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after.unwrap_or_default()) else { return false };
    let is_picture = |character: char| CodePointSetData::new::<ExtendedPictographic>().contains(character);
    let in_script = needs_joiners(before) && needs_joiners(after);
    match character {
        JOINER => {
            let is_emoji = is_picture(before) || matches!(before, EMOJI_STYLE | '\u{1f3fb}'..='\u{1f3ff}');
            in_script || is_emoji && is_picture(after)
        }
        NON_JOINER => in_script,
        '\u{fe0e}' => is_picture(before),
        // Digits become keycaps with one more character.
        EMOJI_STYLE => is_picture(before) || before.is_ascii() && after == '\u{20e3}',
        _ => false,
    }
}

/// Whether it is of a script whose letters change with their neighbours, so that people write joiners between them:
/// from Arabic to Sinhala, Tibetan and Myanmar, Khmer and Mongolian.
fn needs_joiners(character: char) -> bool {
    matches!(character, '\u{600}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
}

/// A composed text as it is searched for and sorted by: with full case folding, and without what cannot be seen.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let seen: String = text.chars().filter(|character| !is_invisible(*character)).collect();
    UniCase::unicode(seen).to_folded_case()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Option<TextError> {
        legible(text, 20).err()
    }

    #[test]
    fn texts_are_trimmed_and_counted_in_characters() {
        assert_eq!(legible("  CI deploys ", 10), Ok("CI deploys"));
        assert_eq!(legible(&"🔑".repeat(10), 10).map(str::len), Ok(40));
        assert_eq!(error(&"é".repeat(21)), Some(TextError::TooLong { max: 20 }));
    }

    #[test]
    fn what_is_wrong_with_a_text_is_told_apart() {
        for (expected, texts) in [
            (TextError::Empty, &["", "   ", "\u{3000}\u{a0}", "\n"][..]),
            (TextError::Control, &["a\0b", "a\nb", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "a\u{7f}"]),
            (TextError::Direction, &["a\u{202e}b", "\u{2066}a\u{2069}", "a\u{200e}", "\u{61c}a", "\u{200f}"]),
            (
                TextError::Invisible,
                &[
                    "a\u{200b}b",
                    "\u{200b}",
                    "a\u{ad}b",
                    "a\u{feff}",
                    "a\u{2060}b",
                    "a\u{180e}b",
                    "\u{3164}",
                    "\u{115f}",
                    "a\u{34f}b",
                    "a\u{e0041}",
                    "a\u{e0100}",
                    "a\u{fff9}b",
                    "\u{17b4}",
                    "a\u{2063}b",
                    "\u{1d173}a",
                ],
            ),
            (TextError::Blank, &["\u{2800}", "\u{2800} \u{2800}"]),
        ] {
            for text in texts {
                assert_eq!(error(text), Some(expected), "{}", text.escape_unicode());
            }
        }
    }

    #[test]
    fn joiners_are_allowed_where_they_change_what_is_seen_and_nowhere_else() {
        for good in ["👩‍💻 deploys", "👩🏽‍🚀", "🏳️‍🌈", "❤️", "1️⃣ #️⃣", "☎︎", "🕵🏻‍♂️", "👨‍👩‍👧‍👦", "می‌خواهم", "क्‍ष", "ශ්‍රී"]
        {
            assert_eq!(error(good), None, "{}", good.escape_unicode());
        }
        for bad in [
            "a\u{200d}b",
            "a\u{200c}b",
            "👩\u{200d}",
            "\u{200d}👩",
            "👩\u{200d}\u{200d}💻",
            "👩\u{200d}a",
            "a\u{fe0f}",
            "1\u{fe0f}",
            "👩\u{fe0f}\u{fe0f}",
            "\u{fe0f}",
            "ا\u{200c}",
            "ا\u{200c}\u{200c}ا",
            "日\u{fe00}",
        ] {
            assert_eq!(error(bad), Some(TextError::Invisible), "{}", bad.escape_unicode());
        }
    }

    #[test]
    fn texts_are_the_same_whatever_their_case_and_whatever_cannot_be_seen() {
        for (one, other) in [
            ("STRASSE", "straße"),
            ("ẞ", "ss"),
            ("ΟΔΟΣ", "οδος"),
            ("ÄRGER", "ärger"),
            ("ﬁ", "FI"),
            ("CI Deploys", "ci dEPLOYS"),
            ("ԱՒ", "աւ"),
            ("👩‍💻", "👩💻"),
            ("می‌خواهم", "میخواهم"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("e", "é"), ("i", "ı"), ("a", "b")] {
            assert_ne!(fold(one), fold(other));
        }
    }
}
