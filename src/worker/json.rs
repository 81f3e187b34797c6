//! Reads and writes the JSON that we store, and that the edge and the ledgers say to each other.
//!
//! `serde_json` can say in words what is wrong with a text. Nobody would read that here, and it would be a tenth of the
//! upload: so a text is read into a [`Value`], and that into a type, with an error that says nothing.

use std::fmt::{self, Display};

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::Value;

/// Reads a value of a known shape; nothing if it has another.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Shape(serde_json::from_str(text).ok()?)).ok()
}

/// Writes a value. Ours have only texts as keys, so they can always be written.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The value has another shape.
#[derive(Debug)]
struct Mismatch;

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another shape")
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// A value that is read into a type. Unlike `Value` itself it offers a type nothing but what the type asks for.
struct Shape(Value);

impl IntoDeserializer<'_, Mismatch> for Shape {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

type Read<'de, V> = Result<<V as Visitor<'de>>::Value, Mismatch>;

impl Shape {
    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        let Value::Array(items) = self.0 else { return Err(Mismatch) };
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Self)))
    }

    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        let Value::Object(object) = self.0 else { return Err(Mismatch) };
        visitor.visit_map(MapDeserializer::new(object.into_iter().map(|(name, value)| (name, Self(value)))))
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        let Value::String(text) = self.0 else { return Err(Mismatch) };
        visitor.visit_string(text)
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        match (self.0.as_u64(), self.0.as_i64(), self.0.as_f64()) {
            (Some(number), ..) => visitor.visit_u64(number),
            (_, Some(number), _) => visitor.visit_i64(number),
            (.., Some(number)) => visitor.visit_f64(number),
            _ => Err(Mismatch),
        }
    }
}

macro_rules! offer {
    ($($kind:ident: $($asked:ident)*;)*) => {
        $($(fn $asked<V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
            self.$kind(visitor)
        })*)*
    };
}

impl<'de> Deserializer<'de> for Shape {
    type Error = Mismatch;

    offer! {
        text: deserialize_str deserialize_string deserialize_identifier;
        number: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i64;
        list: deserialize_seq;
        object: deserialize_map;
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<'de, V> {
        self.object(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<'de, V> {
        self.list(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<'de, V> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<'de, V> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text.into_deserializer()),
            Value::Object(object) => {
                let object = object.into_iter().map(|(name, value)| (name, Self(value)));
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(object)))
            }
            _ => Err(Mismatch),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<'de, V> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(_) => self.number(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.list(visitor),
            Value::Object(_) => self.object(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}
