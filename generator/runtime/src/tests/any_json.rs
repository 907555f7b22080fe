//! Values of any type and additional properties keep the digits of their numbers.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::runtime::{AnyJson, BigNumber, FromJson, Nested, Reading, decode_json};

#[derive(Clone, PartialEq)]
struct WithAdditional {
    id: u64,
    kind: Option<String>,
    note: Option<Option<String>>,
    additional: BTreeMap<String, AnyJson>,
}
impl_model!(WithAdditional { id: "id", kind: "type" optional, note: "note" null } else additional);

#[derive(Clone, PartialEq)]
struct Prices {
    total: BigNumber,
    additional: Nested<BTreeMap<String, BigNumber>>,
}
impl_model!(Prices { total: "total" } else additional);

#[derive(Clone, PartialEq)]
struct Counts {
    additional: BTreeMap<String, i128>,
}
impl_model!(Counts {} else additional);

#[derive(Clone, PartialEq)]
struct InOrder {
    id: u64,
    next: Option<Arc<InOrder>>,
    additional: Nested<IndexMap<String, u64>>,
}
impl_model!(InOrder { id: "id", next: "next" optional } else additional: IndexMap);

#[derive(Clone, PartialEq)]
struct Addresses {
    id: u64,
    additional: HashMap<String, IpAddr>,
}
impl_model!(Addresses { id: "id" } else additional: HashMap serde);

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    WithAdditional(Box<WithAdditional>),
    Unknown(AnyJson),
}
impl_union!(Shape by "type" {
    WithAdditional(Box<WithAdditional>) = [String("record")] => Object { required: &["id"], properties: &["id", "type", "note"] },
} else Unknown);

/// Values of several types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Level {
    Low,
    Half,
    Name,
    Unknown(AnyJson),
}

impl Level {
    fn value(&self) -> AnyJson {
        match self {
            Self::Low => AnyJson::from(1),
            Self::Half => AnyJson::from(0.5),
            Self::Name => AnyJson::from("x"),
            Self::Unknown(value) => value.clone(),
        }
    }
}

impl_value_enum!(Level: AnyJson { Low, Half, Name } else Unknown);

const UNUSUAL_NUMBERS: [&str; 9] = [
    "1.100",
    "12345678901234567890123",
    "-0",
    "-0.0",
    "1E5",
    "[1.10,{\"a\\\"1\":[2.50]}]",
    "{\"b\":0.10000000000000000000001,\"a\":\"1.10\"}",
    "18446744073709551616",
    "\"12345678901234567890123\"",
];

/// Decodes JSON, and encodes the value.
fn decode_and_encode<T: FromJson + DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(json: &str) -> String {
    let value: T = decode_json(json.as_bytes(), Reading::Lenient).unwrap();
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), value, "{json}");
    serde_json::to_string(&value).unwrap()
}

#[test]
fn untyped_values_are_encoded_as_received() {
    for json in UNUSUAL_NUMBERS {
        assert_eq!(decode_and_encode::<AnyJson>(json), json);
        assert_eq!(json.parse::<AnyJson>().unwrap().to_string(), json);
        let record = format!("{{\"id\":1,\"extra\":{json}}}");
        assert_eq!(decode_and_encode::<WithAdditional>(&record), record);
        let unknown = format!("{{\"type\":\"new\",\"extra\":{json}}}");
        assert_eq!(decode_and_encode::<Shape>(&unknown), unknown);
        assert!(matches!(decode_json(unknown.as_bytes(), Reading::Lenient), Ok(Shape::Unknown(_))));
    }
}

#[test]
fn typed_additional_properties_are_exact() {
    let json = r#"{"total":1.10,"a":12345678901234567890123,"b":0.100}"#;
    assert_eq!(decode_and_encode::<Prices>(json), json);
    let json = r#"{"a":18446744073709551616,"b":-18446744073709551616}"#;
    assert_eq!(decode_and_encode::<Counts>(json), json);
}

#[test]
fn any_json_behaves_like_a_serde_json_value() {
    let value: AnyJson = decode_json(br#"{"a":[1.10,"x"],"b":null}"#, Reading::Lenient).unwrap();
    assert_eq!(value["a"][1], "x");
    assert_eq!(value["a"][0].as_f64(), Some(1.1));
    assert_eq!(value.clone().into_value(), json!({"a": [1.1, "x"], "b": null}));
    assert_ne!(value, json!({"a": [1.1, "x"], "b": null}));
    assert_eq!(AnyJson::from("x"), json!("x"));
    assert_eq!(AnyJson::from(vec![1, 2]), "[1, 2]".parse::<AnyJson>().unwrap());
    assert_eq!(AnyJson::default(), AnyJson::from(()));
    assert_eq!((AnyJson::from(0.1_f32), AnyJson::from(Some("x"))), (AnyJson::from(0.1), AnyJson::from("x")));
    for not_finite in [AnyJson::from(f64::NAN), AnyJson::from(f32::INFINITY)] {
        assert!(serde_json::to_string(&not_finite).is_err());
    }
    for wrong in ["", "{", "\u{a0}1", "1e400", "\"\\ud800\"", &"[".repeat(1_000)] {
        assert!(wrong.parse::<AnyJson>().is_err(), "{wrong}");
    }
}

/// The values of an enum are compared as numbers.
#[test]
fn listed_numbers_are_recognized_in_any_spelling() {
    for (json, level) in [
        ("1.00", Level::Low),
        ("10e-1", Level::Low),
        ("0.50", Level::Half),
        ("5E-1", Level::Half),
        ("\"x\"", Level::Name),
    ] {
        assert_eq!(decode_json::<Level>(json.as_bytes(), Reading::Lenient).unwrap(), level, "{json}");
    }
    for json in ["1.000000000000000000001", "0.5000000000000000000001", "-1", "1e-99999999999999999999", "\"1\""] {
        assert!(matches!(decode_json(json.as_bytes(), Reading::Lenient), Ok(Level::Unknown(_))), "{json}");
        assert_eq!(decode_and_encode::<Level>(json), json);
        assert_eq!(
            crate::runtime::enum_param_value(decode_json::<Level>(json.as_bytes(), Reading::Lenient).unwrap()).text(),
            json.trim_matches('"')
        );
    }
}

#[test]
fn a_missing_repeated_or_wrong_property_is_an_error() {
    for (json, path, problem) in [
        (r#"{"extra":1}"#, "", "the property `id` is missing"),
        (r#"{"id":1,"id":2}"#, "", "the property `id` is repeated"),
        (r#"{"id":1,"type":2}"#, "type", "expected a string, found an integer"),
        ("[1]", "", "expected struct WithAdditional, found an array"),
    ] {
        let mismatch = decode_json::<WithAdditional>(json.as_bytes(), Reading::Lenient).unwrap_err();
        assert_eq!((mismatch.path().as_str(), mismatch.problem()), (path, problem), "{json}");
    }
    let mismatch = decode_json::<Counts>(br#"{"a":{}}"#, Reading::Lenient).unwrap_err();
    assert_eq!((mismatch.path().as_str(), mismatch.problem()), ("*", "expected i128, found an object"));
}

#[test]
fn absent_and_null_are_distinguished() {
    let record = |json: &str| decode_json::<WithAdditional>(json.as_bytes(), Reading::Lenient).unwrap();
    assert_eq!((record(r#"{"id":1}"#).note, record(r#"{"id":1,"note":null}"#).note), (None, Some(None)));
    assert_eq!(record(r#"{"id":1,"type":null}"#).kind, None);
    assert_eq!(record(r#"{"i\u0064":7,"n\u00e4":1}"#).additional["nä"], json!(1));
    assert_eq!(record(r#"{"id":1,"x":1,"x":2}"#).additional["x"], json!(2));
}

#[test]
fn a_model_can_have_other_maps_and_pointers() {
    let json = r#"{"id":1,"next":{"id":2,"z":3,"a":4},"z":5,"a":6}"#;
    assert_eq!(decode_and_encode::<InOrder>(json), json);
    let json = r#"{"id":1,"home":"127.0.0.1"}"#;
    assert_eq!(decode_and_encode::<Addresses>(json), json);
    let counts = |json: &str| decode_json::<HashMap<String, u64>>(json.as_bytes(), Reading::Lenient);
    assert_eq!(counts(r#"{"a":1}"#).unwrap(), HashMap::from([("a".to_owned(), 1)]));
    assert!(counts("[]").is_err());
}

/// The buffers inside serde keep values, but not their JSON text.
#[test]
fn models_can_be_nested_in_other_types() {
    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    #[serde(tag = "stored")]
    enum Stored {
        WithAdditional(WithAdditional),
        Shape(Shape),
    }
    for json in [
        r#"{"stored":"WithAdditional","id":1,"extra":{"a":[1.5]}}"#,
        r#"{"stored":"Shape","type":"new","extra":[true]}"#,
    ] {
        let stored: Stored = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&stored).unwrap(), json);
    }
    let record: WithAdditional = serde_json::from_value(json!({"id": 1, "extra": 1.5})).unwrap();
    assert_eq!(serde_json::to_value(record).unwrap(), json!({"id": 1, "extra": 1.5}));
}
