//! Reads JSON (RFC 8259). Every number means exactly what it says, so that what was read and written once can be read
//! and written again for ever: see docs/adr/0004.

use serde_json::{Map, Number, Value};

use crate::double;

/// Levels of lists and objects within each other that are read.
pub const DEPTH_MAX: usize = 128;

/// A text that is no JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no JSON: line {line}, column {column}")]
pub struct NotJson {
    /// Counted from 1.
    pub line: usize,
    /// In bytes, counted from 1.
    pub column: usize,
}

/// Reads a text that is one JSON value. Of a name that an object holds twice, the last counts.
///
/// # Errors
/// [`NotJson`], also for more than [`DEPTH_MAX`] levels, half a surrogate pair, and numbers beyond the range of a
/// double.
pub fn parse(text: &str) -> Result<Value, NotJson> {
    let mut reader = Reader { text, at: 0 };
    reader.whole().ok_or_else(|| reader.place())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn place(&self) -> NotJson {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let mut lines = before.split(|byte| *byte == b'\n').rev();
        let column = lines.next().map_or(0, <[u8]>::len) + 1;
        NotJson { line: lines.count() + 1, column }
    }

    fn whole(&mut self) -> Option<Value> {
        let value = self.value(0)?;
        (self.at == self.text.len()).then_some(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes a byte if it is the next one.
    fn pass(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes all next bytes of a kind, and says how many there were.
    fn pass_all(&mut self, kind: fn(u8) -> bool) -> usize {
        let start = self.at;
        while self.peek().is_some_and(kind) {
            self.at += 1;
        }
        self.at - start
    }

    fn pass_space(&mut self) {
        self.pass_all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// Reads a value with the white space around it.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.pass_space();
        let value = match self.peek()? {
            b'{' if depth < DEPTH_MAX => self.object(depth + 1)?,
            b'[' if depth < DEPTH_MAX => self.list(depth + 1)?,
            b'"' => Value::String(self.string()?),
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => Value::Number(self.number()?),
        };
        self.pass_space();
        Some(value)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found.then_some(value)
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut fields = Map::new();
        self.at += 1;
        self.pass_space();
        if self.pass(b'}') {
            return Some(Value::Object(fields));
        }
        loop {
            self.pass_space();
            let name = self.string()?;
            self.pass_space();
            if !self.pass(b':') {
                return None;
            }
            let value = self.value(depth)?;
            fields.insert(name, value);
            if self.pass(b'}') {
                return Some(Value::Object(fields));
            }
            if !self.pass(b',') {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.at += 1;
        self.pass_space();
        if self.pass(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.pass(b']') {
                return Some(Value::Array(items));
            }
            if !self.pass(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.pass(b'"') {
            return None;
        }
        let mut string = String::new();
        loop {
            let start = self.at;
            self.pass_all(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
            string.push_str(self.text.get(start..self.at)?);
            if self.pass(b'"') {
                return Some(string);
            }
            if !self.pass(b'\\') {
                return None;
            }
            let escaped = self.peek()?;
            self.at += 1;
            string.push(match escaped {
                b'"' | b'\\' | b'/' => char::from(escaped),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.escaped_character()?,
                _ => return None,
            });
        }
    }

    fn escaped_character(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if !(self.pass(b'\\') && self.pass(b'u')) {
            return None;
        }
        let second = self.four_digits()?.checked_sub(0xdc00).filter(|second| *second < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + char::from(self.peek()?).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }

    fn number(&mut self) -> Option<Number> {
        fn digit(byte: u8) -> bool {
            byte.is_ascii_digit()
        }
        let start = self.at;
        let is_negative = self.pass(b'-');
        if !self.pass(b'0') && self.pass_all(digit) == 0 {
            return None;
        }
        let whole = self.text.get(start..self.at)?;
        let mut is_whole = true;
        if self.pass(b'.') {
            is_whole = false;
            if self.pass_all(digit) == 0 {
                return None;
            }
        }
        if self.pass(b'e') || self.pass(b'E') {
            is_whole = false;
            let _sign = self.pass(b'+') || self.pass(b'-');
            if self.pass_all(digit) == 0 {
                return None;
            }
        }
        // Minus zero is none of the whole numbers.
        if is_whole && whole != "-0" {
            let exact = if is_negative {
                whole.parse::<i64>().ok().map(Number::from)
            } else {
                whole.parse::<u64>().ok().map(Number::from)
            };
            if exact.is_some() {
                return exact;
            }
        }
        Number::from_f64(double::nearest(self.text.get(start..self.at)?))
    }
}
