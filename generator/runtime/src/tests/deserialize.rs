//! Generated types read from deserializers other than serde_json's.

use serde::Deserialize;
use serde::de::value::{Error, F64Deserializer, I128Deserializer, MapDeserializer, SeqDeserializer, U64Deserializer};
use serde_json::{Value, json};

use crate::runtime::{AnyJson, raw_json};
use crate::tests::sample::Service;

/// Returns the JSON text of a value, or the error.
fn text<'de>(deserializer: impl serde::Deserializer<'de, Error = Error>) -> String {
    raw_json(deserializer).map_or_else(|error| error.to_string(), |json| json.get().to_owned())
}

#[test]
fn the_json_text_of_a_value_keeps_its_digits_and_its_order() {
    let map = |pairs: &[(&'static str, &'static str)]| text(MapDeserializer::new(pairs.iter().copied()));
    for (text, expected) in [
        (text(I128Deserializer::new(i128::MIN)), "-170141183460469231731687303715884105728"),
        (text(U64Deserializer::new(u64::MAX)), "18446744073709551615"),
        (text(F64Deserializer::new(0.1)), "0.1"),
        (text(F64Deserializer::new(-0.0)), "-0.0"),
        (
            text(F64Deserializer::new(f64::NAN)),
            "invalid value: floating point `NaN`, expected a value that JSON can represent",
        ),
        (text(SeqDeserializer::new(["a\"b", ""].into_iter())), r#"["a\"b",""]"#),
        (text(SeqDeserializer::new(std::iter::empty::<u64>())), "[]"),
        (map(&[("z", "1"), ("a", "2")]), r#"{"z":"1","a":"2"}"#),
        (map(&[]), "{}"),
        // Numbers of serde_json with the feature `arbitrary_precision` are maps with this name.
        (map(&[("$serde_json::private::Number", "1.5")]), "1.5"),
        (map(&[("$serde_json::private::Number", "1,2")]), "invalid number at line 1 column 2"),
        (map(&[("a", "1"), ("$serde_json::private::Number", "2")]), r#"{"a":"1","$serde_json::private::Number":"2"}"#),
        (text(MapDeserializer::new([(1_u64, 1_u64)].into_iter())), "invalid type: integer `1`, expected a string"),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn models_are_read_from_buffers_and_other_formats() {
    #[derive(Deserialize)]
    struct Stored {
        #[serde(flatten)]
        others: std::collections::BTreeMap<String, Either>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Service(Box<Service>),
        Other(AnyJson),
    }

    let stored = json!({"service": {"sid": "IS1"}, "other": [1, -1, 0.5, null, true, {"a": "b"}]});
    let mut stored: Stored = serde_json::from_value(stored).unwrap();
    let Some(Either::Service(service)) = stored.others.remove("service") else { panic!() };
    assert_eq!(service.sid.unwrap().as_str(), "IS1");
    let Some(Either::Other(other)) = stored.others.remove("other") else { panic!() };
    assert_eq!(Value::clone(&other), json!([1, -1, 0.5, null, true, {"a": "b"}]));
    let yaml = serde_yaml::from_str::<Service>("sid: IS1\nfriendly_name: Support\n").unwrap();
    assert_eq!(yaml.friendly_name.as_deref(), Some("Support"));
    let error = serde_yaml::from_str::<Service>("sid: [1]").unwrap_err();
    assert_eq!(error.to_string(), "expected a string, found an array, in `sid`");
}
