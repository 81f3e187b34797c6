//! The shapes in which values are stored. A change here needs a migration of what is stored.

mod callers;
mod events;
mod keys;

use keyward_core::principal::Role;
use keyward_core::verify::Verdict;
use keyward_core::{Consistency, ErrorCode, KeyId, KeyType, SessionId, Status};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::support::shape;

const KEY: &str = "apk_01KAHQ0000000000000000000A";
const SESSION: &str = "ses_01KAHQ0000000000000000000A";

fn read<T: DeserializeOwned>(shape: &Value) -> Option<T> {
    // By way of text, as storage does.
    serde_json::from_str(&shape.to_string()).ok()
}

/// The shape with one more field in every object, as a later version might write it.
fn extended(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let extend = |(name, field): (&String, &Value)| {
                let extended = match name.as_str() {
                    "metadata" => field.clone(),
                    "subject" => extended_variant(field),
                    _ => extended(field),
                };
                (name.clone(), extended)
            };
            fields.iter().map(extend).chain([("colour".to_owned(), json!("blue"))]).collect()
        }
        Value::Array(items) => items.iter().map(extended).collect(),
        other => other.clone(),
    }
}

/// The same for an object whose only field says what kind of thing is in it.
fn extended_variant(value: &Value) -> Value {
    match value {
        Value::Object(variant) => {
            variant.iter().map(|(name, field)| (name.clone(), extended(field))).collect()
        }
        other => other.clone(),
    }
}

/// `value` is written in this shape and read back from it, whatever fields a later version has added.
fn assert_pinned<T: Serialize + DeserializeOwned>(value: &T, pinned: &Value) {
    assert_eq!(&shape(value), pinned);
    for stored in [pinned, &extended(pinned)] {
        assert_eq!(read::<T>(stored).map(|read| shape(&read)).as_ref(), Some(pinned), "{stored}");
    }
}

/// The shape with another value at `path`, a JSON pointer.
fn with(shape: &Value, path: &str, value: Value) -> Value {
    let mut shape = shape.clone();
    *shape.pointer_mut(path).expect("a field") = value;
    shape
}

/// The name of each field of the object at `path`, with the shape that has lost this field.
fn losses(shape: &Value, path: &str) -> Vec<(String, Value)> {
    let fields = shape.pointer(path).and_then(Value::as_object).expect("an object");
    let without = |name: &String| {
        let mut rest = fields.clone();
        rest.remove(name);
        (name.clone(), with(shape, path, rest.into()))
    };
    fields.keys().map(without).collect()
}

fn key_id() -> KeyId {
    KeyId::parse(KEY).expect("key id")
}

fn session_id() -> SessionId {
    SessionId::parse(SESSION).expect("session id")
}

#[test]
fn words_are_the_same_in_storage_in_responses_and_in_code() {
    fn check<T: Serialize + DeserializeOwned + Copy>(all: &[T], word: fn(T) -> &'static str) {
        for value in all {
            assert_pinned(value, &json!(word(*value)));
        }
        assert!(read::<T>(&json!("")).is_none() && read::<T>(&json!("Fast")).is_none());
    }
    assert_eq!(Status::ALL.map(Status::as_str), ["active", "retiring", "expired", "revoked"]);
    check(&Status::ALL, Status::as_str);
    check(&Consistency::ALL, Consistency::as_str);
    check(&KeyType::ALL, KeyType::as_str);
    check(&Role::ALL, Role::as_str);
    check(&Verdict::ALL, Verdict::as_str);
    check(ErrorCode::ALL, ErrorCode::as_str);
}
