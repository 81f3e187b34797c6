//! Reads back what was written with serde: stored values, and what the worker and the ledgers say to each other.
//!
//! What serde derives for reading can say precisely what is wrong with a value. Here the only answer is whether the
//! value has its shape, and that takes a third of the code: see docs/adr/0002.

use serde_json::{Map, Value};

use crate::principal::Role;
use crate::{
    Actor, Consistency, EventId, KeyId, KeyType, Owner, OwnerId, Reason, Scopes, Timestamp, Title, json,
};

/// A value that was written with serde and can be read back.
pub trait Stored: Sized {
    /// Reads the value; nothing if it has another shape. What is not as it should be is never guessed at.
    fn read(value: Value) -> Option<Self>;
}

/// Reads a value from JSON; nothing if the text is no JSON, or has another shape.
#[must_use]
pub fn read<T: Stored>(text: &str) -> Option<T> {
    T::read(json::parse(text).ok()?)
}

/// The fields of an object, to be taken one by one. Others that are there do no harm: a later version wrote them.
pub struct Fields(Map<String, Value>);

/// Shows nothing of what is stored.
impl core::fmt::Debug for Fields {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Fields(***)")
    }
}

impl Fields {
    /// The fields of `value`, if it is an object.
    #[must_use]
    pub fn of(value: Value) -> Option<Self> {
        if let Value::Object(fields) = value { Some(Self(fields)) } else { None }
    }

    /// Takes a field, which has to be there even if it may be null: a key that lost its dates is not valid for ever.
    pub fn take<T: Stored>(&mut self, name: &str) -> Option<T> {
        T::read(self.0.get_mut(name)?.take())
    }
}

/// One of several alternatives, as serde writes them: its name, and what it holds (null if nothing).
#[must_use]
pub fn alternative(value: Value) -> Option<(String, Value)> {
    match value {
        Value::String(name) => Some((name, Value::Null)),
        Value::Object(one) if one.len() == 1 => one.into_iter().next(),
        _ => None,
    }
}

macro_rules! texts {
    ($($text:ty),*) => {
        $(impl Stored for $text {
            fn read(value: Value) -> Option<Self> {
                String::read(value)?.try_into().ok()
            }
        })*
    };
}

texts!(Actor, EventId, KeyId, Owner, OwnerId, Reason, Scopes, Title);

macro_rules! words {
    ($($word:ty),*) => {
        $(impl Stored for $word {
            fn read(value: Value) -> Option<Self> {
                let word = value.as_str()?;
                Self::ALL.into_iter().find(|one| one.as_str() == word)
            }
        })*
    };
}

words!(Consistency, KeyType, Role);

macro_rules! numbers {
    ($($number:ty = $read:ident),*) => {
        $(impl Stored for $number {
            fn read(value: Value) -> Option<Self> {
                value.$read()?.try_into().ok()
            }
        })*
    };
}

numbers!(u8 = as_u64, u16 = as_u64, u32 = as_u64, u64 = as_u64, Timestamp = as_i64);

impl Stored for Value {
    fn read(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl Stored for String {
    fn read(value: Value) -> Option<Self> {
        if let Value::String(text) = value { Some(text) } else { None }
    }
}

impl<T: Stored> Stored for Option<T> {
    fn read(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Stored> Stored for Box<T> {
    fn read(value: Value) -> Option<Self> {
        T::read(value).map(Self::new)
    }
}

fn items(value: Value) -> Option<Vec<Value>> {
    if let Value::Array(items) = value { Some(items) } else { None }
}

impl<T: Stored> Stored for Vec<T> {
    fn read(value: Value) -> Option<Self> {
        items(value)?.into_iter().map(T::read).collect()
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn read(value: Value) -> Option<Self> {
        let [a, b] = items(value)?.try_into().ok()?;
        Some((A::read(a)?, B::read(b)?))
    }
}

impl<A: Stored, B: Stored, C: Stored> Stored for (A, B, C) {
    fn read(value: Value) -> Option<Self> {
        let [a, b, c] = items(value)?.try_into().ok()?;
        Some((A::read(a)?, B::read(b)?, C::read(c)?))
    }
}
