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
fn what_is_no_json_is_refused() {
    for text in [
        "",
        "{",
        "{\"x\":1,\"y\":null,}",
        "{\"x\":1 \"y\":null}",
        "{\"x\":1,\"y\":null}}",
        "{\"x\":1,\"y\":null} x",
        "{\"x\":1,\"y\":1e999}",
    ] {
        assert!(from_str::<Point>(text).is_err(), "{text}");
    }
}

#[test]
fn what_should_be_there_is_said_and_nothing_of_what_is() {
    fn said<T: DeserializeOwned + fmt::Debug>(text: &str) -> String {
        from_str::<T>(text).expect_err(text).into_detail().into_owned()
    }
    for (text, detail) in [
        ("7", "must be struct Point"),
        ("[1,2.5]", "must be struct Point"),
        (r#"{"y":null}"#, "lacks the field x"),
        (r#"{"x":1000,"y":null}"#, "must be i8"),
        (r#"{"x":-1000,"y":null}"#, "must be i8"),
        (r#"{"x":2.5,"y":null}"#, "must be i8"),
        (r#"{"x":1,"y":"hunter2"}"#, "must be f64"),
        (r#"{"x":1,"y":["hunter2"]}"#, "must be f64"),
        (r#"{"x":1,"x":1,"y":null}"#, "has a field twice"),
    ] {
        assert_eq!(said::<Point>(text), detail, "{text}");
    }
    assert_eq!(said::<Shape>(r#""hunter2""#), "must be one of Nothing, At, Between, Box");
    assert_eq!(said::<Shape>(r#"{"Box":[]}"#), "must be struct variant Shape::Box");
    assert_eq!(said::<Vec<Point>>("{}"), "must be an array");
    assert_eq!(said::<BTreeMap<String, Point>>("[]"), "must be a JSON object");
    assert_eq!(said::<(u64, u64)>("[1]"), "must be a tuple of size 2");
    assert_eq!(said::<(u64, u64)>("[1,2,3]"), "must have fewer items");
    assert_eq!(from_str::<Point>(r#"{"y":null}"#).expect_err("no x").missing(), Some("x"));
}

#[test]
fn a_variant_holds_what_it_declares() {
    let nothing = [r#""Nothing""#, r#"{"Nothing":null}"#];
    assert!(nothing.iter().all(|text| from_str::<Shape>(text).is_ok()));
    let point = r#"{"x":1,"y":null}"#;
    for text in [
        "7".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        r#""Circle""#.to_owned(),
        r#""At""#.to_owned(),
        r#""Box""#.to_owned(),
        r#""Between""#.to_owned(),
        r#"{"Nothing":1}"#.to_owned(),
        r#"{"Nothing":null,"Nothing":null}"#.to_owned(),
        format!(r#"{{"Between":[{point}]}}"#),
        format!(r#"{{"Between":[{point},{point},{point}]}}"#),
    ] {
        assert!(serde_json::from_str::<Shape>(&text).is_err(), "{text}");
        assert!(from_str::<Shape>(&text).is_err(), "{text}");
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
