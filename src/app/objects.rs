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
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        x: i8,
        y: Option<f64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Named(Point);

    #[derive(Debug, PartialEq, Deserialize)]
    enum Shape {
        Nothing,
        At(Point),
        Between(Point, Point),
        Box { low: Point, high: Point },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "type", content = "at")]
    enum Tagged {
        At(Point),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        text: String,
        any: Value,
        nested: Box<Point>,
        perhaps: Option<Point>,
        #[serde(default)]
        left_out: Option<Point>,
        named: Named,
        list: Vec<Point>,
        pair: (u64, Point),
        map: BTreeMap<String, Point>,
        shapes: Vec<Shape>,
        tagged: Tagged,
        landed: Result<(), Point>,
    }

    fn object() -> Value {
        let point = json!({ "x": -1, "y": 2.5, "unknown": [{ "z": 0 }] });
        json!({
            "text": "é\n", "any": [null, true, -1, u64::MAX, 1.5, "é", { "a": [] }], "nested": point, "perhaps": point,
            "named": point, "list": [point, { "x": 7, "y": null }], "pair": [u64::MAX, point], "map": { "a": point },
            "shapes": ["Nothing", { "At": point }, { "Between": [point, point] }, { "Box": { "low": point, "high": point } }],
            "tagged": { "type": "At", "at": point }, "landed": { "Err": point },
        })
    }

    #[test]
    fn objects_are_read_as_serde_json_reads_them() {
        let text = object().to_string();
        let read: All = from_str(&text).expect("an object");
        assert_eq!(read, serde_json::from_str(&text).expect("an object"));
        assert_eq!(read.any, object()["any"]);
    }

    #[test]
    fn a_type_with_named_fields_is_never_read_from_a_list_however_deep() {
        fn refused<T: DeserializeOwned>(text: &str) {
            assert!(serde_json::from_str::<T>(text).is_ok(), "serde_json takes it: {text}");
            assert!(from_str::<T>(text).is_err(), "{text}");
        }
        refused::<Point>("[1,null]");
        refused::<Named>("[1,null]");
        refused::<Box<Point>>("[1,null]");
        refused::<Option<Point>>("[1,null]");
        refused::<Vec<Point>>(r#"[{"x":1,"y":null},[1,null]]"#);
        refused::<(u64, Point)>("[7,[1,null]]");
        refused::<BTreeMap<String, Point>>(r#"{"a":[1,null]}"#);
        refused::<Result<(), Point>>(r#"{"Err":[1,null]}"#);
        refused::<Shape>(r#"{"At":[1,null]}"#);
        refused::<Shape>(r#"{"Between":[{"x":1,"y":null},[1,null]]}"#);
        refused::<Shape>(r#"{"Box":[{"x":1,"y":null},{"x":1,"y":null}]}"#);
        refused::<Shape>(r#"{"Box":{"low":[1,null],"high":{"x":1,"y":null}}}"#);
        refused::<Tagged>(r#"["At",{"x":1,"y":null}]"#);
        refused::<Tagged>(r#"{"type":"At","at":[1,null]}"#);
        refused::<Vec<Option<BTreeMap<String, (Named, Shape)>>>>(r#"[null,{"a":[[1,null],"Nothing"]}]"#);
    }

    #[test]
    fn a_list_in_the_place_of_an_object_is_called_what_it_is() {
        let message = |text| from_str::<Named>(text).expect_err("no object").to_string();
        assert_eq!(message("[1,2.5]"), "invalid type: sequence, expected struct Point at line 1 column 0");
        let shape = |text| from_str::<Shape>(text).expect_err("no object").to_string();
        let expected = "invalid type: sequence, expected struct variant Shape::Box at line 1 column 7";
        assert_eq!(shape("{\"Box\":[]}"), expected);
    }

    #[test]
    fn errors_are_worded_and_placed_as_serde_json_does() {
        for text in [
            "",
            "{",
            "7",
            "null",
            "\"x\"",
            "{\"x\":1}",
            "{\"x\":1000,\"y\":null}",
            "{\"x\":1,\"y\":\"z\"}",
            "{\"x\":1,\"x\":1,\"y\":null}",
            "{\"x\":1,\"y\":null,}",
            "{\"x\":1 \"y\":null}",
            "{\"x\":1,\"y\":null}}",
            "{\"x\":1,\"y\":null} x",
        ] {
            let ours = from_str::<Point>(text).map_err(|error| error.to_string());
            assert_eq!(ours, serde_json::from_str(text).map_err(|error| error.to_string()), "{text}");
            let ours = from_str::<Shape>(text).map_err(|error| error.to_string());
            assert_eq!(ours, serde_json::from_str(text).map_err(|error| error.to_string()), "{text}");
        }
    }

    #[test]
    fn what_follows_is_refused_and_white_space_is_not() {
        let point = r#"{"x":1,"y":null}"#;
        assert!(from_str::<Point>(&format!(" {point}\n")).is_ok());
        for after in ["x", "{}", ",", "]", "\0"] {
            assert!(from_str::<Point>(&format!("{point}{after}")).is_err(), "{after}");
        }
    }

    #[test]
    fn depth_is_limited() {
        #[derive(Debug, Deserialize)]
        struct Chain {
            next: Option<Box<Chain>>,
        }
        let nested = |depth: usize| format!("{}null{}", "{\"next\":".repeat(depth), "}".repeat(depth));
        let mut chain = &from_str::<Chain>(&nested(100)).expect("deep");
        let mut depth = 1;
        while let Some(next) = &chain.next {
            (chain, depth) = (next, depth + 1);
        }
        assert_eq!(depth, 100);
        let error = from_str::<Chain>(&nested(200)).expect_err("too deep");
        assert!(error.to_string().starts_with("recursion limit exceeded"), "{error}");
        let lists = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(from_str::<Value>(&lists).is_err());
    }
}
