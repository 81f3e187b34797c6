//! Reads our types from JSON, where one with named fields is an object and nothing else.
//!
//! A text is first read into a tree, then a type is read from that. Every type brings code of its own for everything
//! through which it is read, and for a tree that is a third less than for the text: this is the only place where our
//! types are read. `serde_json` would also take an array of the fields' values, in the order of their declaration.
//! Nothing of ours is written so.

mod fault;

use std::borrow::Cow;
use std::{fmt, vec};

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

pub(crate) use fault::Fault;

/// Reads a value from a text that holds nothing else, as [`serde_json::from_str`] does.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    T::deserialize(parse(text)?)
}

/// Not a part of each type's code.
#[inline(never)]
fn parse(text: &str) -> Result<Json<'_>, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::of(error.to_string()))
}

/// A value of JSON. Texts are those of the text where they have no escapes.
enum Json<'de> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'de, str>),
    List(Vec<Json<'de>>),
    /// Names, which are texts, with values. Types refuse a name that is given twice.
    Object(Vec<(Json<'de>, Json<'de>)>),
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Signed(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        // Room for many at once would be a kilobyte for each of the ten thousand empty objects that a body may hold.
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}

/// Methods that take one kind of value.
macro_rules! takes {
    ($($kind:ident as $visit:ident: $($name:ident)+;)+) => {$($(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self {
                Self::$kind(value) => visitor.$visit(value),
                _ => Err(Fault::expected(&visitor)),
            }
        }
    )+)+};
}

/// Methods that take any number; whether it is of the type's range is the visitor's to say.
macro_rules! take_numbers {
    ($($name:ident)+) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self {
                Self::Unsigned(number) => visitor.visit_u64(number),
                Self::Signed(number) => visitor.visit_i64(number),
                Self::Float(number) => visitor.visit_f64(number),
                _ => Err(Fault::expected(&visitor)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => self.deserialize_f64(visitor),
            Self::Text(_) => self.deserialize_str(visitor),
            Self::List(_) => self.deserialize_seq(visitor),
            Self::Object(_) => self.deserialize_map(visitor),
        }
    }

    takes! {
        Bool as visit_bool: deserialize_bool;
    }

    take_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Text(text) => visitor.visit_str(&text),
            _ => Err(Fault::expected(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self::List(list) = self else { return Err(Fault::expected(&visitor)) };
        let mut items = Items(list.into_iter());
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Object(object) => {
                visitor.visit_map(Members { left: object.into_iter(), value: Self::Null })
            }
            _ => Err(Fault::expected(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.variant() {
            Some(variant) => visitor.visit_enum(variant),
            None => Err(Fault::expected(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple_struct }
}

/// The items of a list.
struct Items<'de>(vec::IntoIter<Json<'de>>);

impl Items<'_> {
    /// Refuses items that nobody has asked for.
    fn end(self) -> Result<(), Fault> {
        match self.0.len() {
            0 => Ok(()),
            _ => Err(Fault::of("must have fewer items")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The members of an object. Whoever reads some of them reads all.
struct Members<'de> {
    left: vec::IntoIter<(Json<'de>, Json<'de>)>,
    /// That of the name which was read last.
    value: Json<'de>,
}

impl<'de> Members<'de> {
    fn next_name(&mut self) -> Option<Json<'de>> {
        let (name, value) = self.left.next()?;
        self.value = value;
        Some(name)
    }

    fn value(&mut self) -> Json<'de> {
        std::mem::replace(&mut self.value, Json::Null)
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.next_name().map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self.value())
    }
}

/// A variant of an enum: its name alone, or an object of its name with what is inside.
struct Variant<'de> {
    name: Json<'de>,
    inside: Option<Json<'de>>,
}

impl<'de> Json<'de> {
    fn variant(self) -> Option<Variant<'de>> {
        match self {
            Self::Text(_) => Some(Variant { name: self, inside: None }),
            Self::Object(mut object) if object.len() == 1 => {
                object.pop().map(|(name, inside)| Variant { name, inside: Some(inside) })
            }
            _ => None,
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Inside<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Inside<'de>), Fault> {
        Ok((seed.deserialize(self.name)?, Inside(self.inside)))
    }
}

/// What is inside of a variant, if anything.
struct Inside<'de>(Option<Json<'de>>);

impl<'de> Inside<'de> {
    fn value(self) -> Result<Json<'de>, Fault> {
        self.0.ok_or_else(|| Fault::expected(&"a variant with something inside"))
    }
}

impl<'de> VariantAccess<'de> for Inside<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0 {
            None | Some(Json::Null) => Ok(()),
            _ => Err(Fault::expected(&"a variant with nothing inside")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.value()?.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests;
