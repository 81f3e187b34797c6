//! Reads our types from JSON, where one with named fields is an object and nothing else.
//!
//! `serde_json` also takes an array of the fields' values, in the order of their declaration. Nothing of ours is written
//! so, and the code for it, once more for every type, was 4 % of the worker. No crate reads without it.
//!
//! [`Objects`] is put around everything through which serde reads, so that what is inside of a value is read the same way.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Reads a value from a text that holds nothing else, as [`serde_json::from_str`] does.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Objects(&mut json))?;
    json.end()?;
    Ok(value)
}

/// Something of serde's, through which a type with named fields is read as a map.
struct Objects<T>(T);

/// The inside of a variant with named fields.
struct Fields<V>(V);

/// Methods that hand on what they are given; those with `within` have to do with values that others may be inside of.
macro_rules! hand_on {
    ($(fn $name:ident($($given:ident: $type:ty),*);)*) => {$(
        fn $name<V: Visitor<'de>>(self, $($given: $type,)* visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$name($($given,)* visitor)
        }
    )*};
    (within $(fn $name:ident($($given:ident: $type:ty),*);)*) => {$(
        fn $name<V: Visitor<'de>>(self, $($given: $type,)* visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$name($($given,)* Objects(visitor))
        }
    )*};
    (visit $(fn $name:ident($type:ty);)*) => {$(
        fn $name<E: Error>(self, value: $type) -> Result<Self::Value, E> {
            self.0.$name(value)
        }
    )*};
    (visit within $(fn $name:ident($bound:ident);)*) => {$(
        fn $name<A: $bound<'de>>(self, inside: A) -> Result<Self::Value, A::Error> {
            self.0.$name(Objects(inside))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    hand_on! {
        within
        fn deserialize_any();
        fn deserialize_option();
        fn deserialize_newtype_struct(name: &'static str);
        fn deserialize_seq();
        fn deserialize_tuple(len: usize);
        fn deserialize_tuple_struct(name: &'static str, len: usize);
        fn deserialize_map();
        fn deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    hand_on! {
        fn deserialize_bool();
        fn deserialize_i8();
        fn deserialize_i16();
        fn deserialize_i32();
        fn deserialize_i64();
        fn deserialize_i128();
        fn deserialize_u8();
        fn deserialize_u16();
        fn deserialize_u32();
        fn deserialize_u64();
        fn deserialize_u128();
        fn deserialize_f32();
        fn deserialize_f64();
        fn deserialize_char();
        fn deserialize_str();
        fn deserialize_string();
        fn deserialize_bytes();
        fn deserialize_byte_buf();
        fn deserialize_unit();
        fn deserialize_unit_struct(name: &'static str);
        fn deserialize_identifier();
        fn deserialize_ignored_any();
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(inside))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(inside))
    }

    hand_on! {
        visit within
        fn visit_seq(SeqAccess);
        fn visit_map(MapAccess);
        fn visit_enum(EnumAccess);
    }

    hand_on! {
        visit
        fn visit_bool(bool);
        fn visit_i64(i64);
        fn visit_i128(i128);
        fn visit_u64(u64);
        fn visit_u128(u128);
        fn visit_f64(f64);
        fn visit_str(&str);
        fn visit_borrowed_str(&'de str);
        fn visit_string(String);
        fn visit_bytes(&[u8]);
        fn visit_borrowed_bytes(&'de [u8]);
        fn visit_byte_buf(Vec<u8>);
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inside: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(inside))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        // A name is a text, with nothing inside.
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, inside) = self.0.variant_seed(seed)?;
        Ok((name, Objects(inside)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.newtype_variant_seed(Fields(visitor))
    }

    hand_on! {
        within
        fn tuple_variant(len: usize);
    }
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Fields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        inside.deserialize_map(self.0)
    }
}

#[cfg(test)]
mod tests;
