//! Models that are read with serde: from other formats, from serde's buffers, and inside types of the program.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::runtime::{AnyJson, Reading, decode_json, deserialize_json};
use crate::tests::sample::Service;

#[test]
fn models_are_read_from_other_formats() {
    for (yaml, expected) in [
        ("sid: IS1\nfriendly_name: Support\n", "Support"),
        ("friendly_name: Support\nundocumented: .nan\n", "Support"),
        ("friendly_name: Support\nundocumented: { 1: 2, [3]: !Tag 4 }\n", "Support"),
        ("friendly_name: Support\nsid: [1]\n", "expected a string, found an array, in `sid`"),
        ("friendly_name: Support\nundocumented: *a\n", "unknown anchor at line 2 column 15"),
    ] {
        let service = serde_yaml::from_str::<Service>(yaml);
        let found = service.map_or_else(|error| error.to_string(), |service| service.friendly_name.unwrap());
        assert_eq!(found, expected);
    }
}

#[test]
fn errors_of_the_deserializer_are_returned() {
    for (json, expected) in [
        (r#"{"undocumented": tru}"#, "expected ident at line 1 column 21"),
        (r#"{"sid": "IS1", "#, "EOF while parsing a value at line 1 column 15"),
        (r#"{"sid": "IS1""#, "EOF while parsing an object at line 1 column 13"),
        (r#"{"types": ["a""#, "EOF while parsing a list at line 1 column 14"),
    ] {
        assert_eq!(serde_json::from_str::<Service>(json).unwrap_err().to_string(), expected);
    }
}

#[test]
fn models_are_read_from_buffers() {
    #[derive(Deserialize)]
    struct Stored {
        #[serde(flatten)]
        others: BTreeMap<String, Either>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Service(Box<Service>),
        Other(AnyJson),
    }

    let json = json!({"service": {"sid": "IS1"}, "other": [1, -1, 0.5, null, true, {"a": "b"}]});
    let mut stored: Stored = serde_json::from_value(json).unwrap();
    let Some(Either::Service(service)) = stored.others.remove("service") else { panic!() };
    assert_eq!(service.sid.unwrap().as_str(), "IS1");
    let Some(Either::Other(other)) = stored.others.remove("other") else { panic!() };
    assert_eq!(Value::clone(&other), json!([1, -1, 0.5, null, true, {"a": "b"}]));
}

/// A model and a type of the program that contain each other.
struct Model {
    custom: Option<Box<Custom>>,
    number: Option<i64>,
}

impl_model!(Model { custom: "custom" optional serde, number: "number" optional });

#[derive(Debug, Deserialize, serde::Serialize)]
struct Custom {
    model: Option<Box<Model>>,
    number: Option<i64>,
}

/// Returns a model of several levels, with a JSON value as the innermost `number`.
fn nested(levels: usize, number: &str) -> String {
    let (start, end) = (r#"{"custom":{"model":"#.repeat(levels), "}}".repeat(levels));
    format!(r#"{start}{{"custom":{{"number":{number}}}}}{end}"#)
}

#[test]
fn models_and_types_of_the_program_can_alternate() {
    let decode = |levels, number, reading| {
        let json = nested(levels, number);
        let result = decode_json::<Model>(json.as_bytes(), reading);
        let result = result.map_err(|mismatch| format!("{} in {}", mismatch.problem(), mismatch.path()));
        result.map(|mut model| {
            loop {
                let custom = model.custom.take().unwrap();
                match custom.model {
                    Some(inner) => model = *inner,
                    None => return custom.number,
                }
            }
        })
    };
    for levels in [0, 1, 3, 60] {
        let path = format!("custom.model.{}custom.number", "custom.model.".repeat(levels.max(1) - 1));
        let path = if levels == 0 { "custom.number".to_owned() } else { path };
        assert_eq!(decode(levels, "5", Reading::Strict), Ok(Some(5)));
        assert_eq!(decode(levels, "\"5\"", Reading::Lenient), Ok(Some(5)));
        for (number, reading) in [("\"5\"", Reading::Strict), ("true", Reading::Lenient)] {
            let error = decode(levels, number, reading).unwrap_err();
            assert!(error.starts_with("expected ") && error.ends_with(&format!(" in {path}")), "{error}");
        }
    }
    for levels in [100, 10_000] {
        assert_eq!(decode(levels, "5", Reading::Lenient), Err("the JSON is nested too deep in ".to_owned()));
        let custom = format!("{{\"model\":{}}}", nested(levels, "5"));
        let error = serde_json::from_str::<Custom>(&custom).unwrap_err().to_string();
        assert!(error.contains("nested too deep") || error.contains("recursion limit exceeded"), "{error}");
    }
}

#[test]
fn lenient_decoding_reads_names_of_all_types() {
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    struct Name(Option<String>);

    #[derive(Debug, PartialEq, Deserialize)]
    struct Maps {
        /// A number in a string needs lenient decoding.
        number: u64,
        by_id: BTreeMap<u64, bool>,
        by_side: BTreeMap<Side, bool>,
        by_name: BTreeMap<Name, bool>,
    }

    let json = br#"{"number":"1","by_id":{"7":true},"by_side":{"left":true},"by_name":{"a b":true}}"#;
    let maps = deserialize_json::<Maps>(json, Reading::Lenient).unwrap();
    let by_name = BTreeMap::from([(Name(Some("a b".to_owned())), true)]);
    let expected =
        Maps { number: 1, by_id: BTreeMap::from([(7, true)]), by_side: BTreeMap::from([(Side::Left, true)]), by_name };
    assert_eq!(maps, expected);
}

/// A type of the program may swallow the error of a model, so a nested value must be decoded leniently at once.
#[test]
fn lenient_decoding_reaches_models_whose_errors_are_swallowed() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Item {
        Model(Model),
        Other(Value),
    }

    #[derive(Debug, Deserialize)]
    struct Items {
        items: Vec<Item>,
        #[allow(dead_code, reason = "the number only has to be decoded")]
        count: u64,
    }

    for count in ["1", "\"1\""] {
        let json =
            format!(r#"{{"items":[{{"custom":{{"number":"5"}}}},{{"custom":{{"number":5}}}},7],"count":{count}}}"#);
        let Items { items, .. } = deserialize_json(json.as_bytes(), Reading::Lenient).unwrap();
        let numbers = items.iter().map(|item| match item {
            Item::Model(model) => model.custom.as_ref().and_then(|custom| custom.number),
            Item::Other(value) => value.as_i64().map(|number| -number),
        });
        assert_eq!(numbers.collect::<Vec<_>>(), [Some(5), Some(5), Some(-7)], "{json}");
    }
}

#[test]
fn lenient_decoding_lets_types_borrow_strings() {
    #[derive(Debug, PartialEq)]
    struct Upper(String);

    impl<'de> Deserialize<'de> for Upper {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(Self(<&str>::deserialize(deserializer)?.to_uppercase()))
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Both {
        name: Upper,
        count: u64,
    }

    let both = deserialize_json::<Both>(br#"{"name":"a","count":"1"}"#, Reading::Lenient).unwrap();
    assert_eq!(both, Both { name: Upper("A".to_owned()), count: 1 });
}
