//! Values that are read from JSON text, or from a deserializer, are those that serde_json reads.

use serde_json::{Map, Value};

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Reading, decode_json, read_object};

/// A JSON value of any type.
#[derive(Debug, Default, PartialEq)]
struct Tree(Value);

impl FromJson for Tree {
    const EXPECTED: &'static str = "a value";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        Ok(Self(match json {
            JsonNode::Null => Value::Null,
            JsonNode::Boolean(value) => value.into(),
            JsonNode::Unsigned(number) => number.into(),
            JsonNode::Signed(number) => number.into(),
            JsonNode::Float(number) => number.into(),
            JsonNode::String(text) => text.into(),
            JsonNode::Array(_) => Vec::<Self>::from_json(json, decoding)?.into_iter().map(|item| item.0).collect(),
            JsonNode::Object(_) => {
                let mut properties = indexmap::IndexMap::<String, Self>::new();
                read_object(json, &mut [], Some(&mut properties), decoding)?;
                Value::Object(properties.into_iter().map(|(name, value)| (name, value.0)).collect::<Map<_, _>>())
            }
            JsonNode::Text(_) => return Err(Mismatch::rejected()),
        }))
    }
}

impl_deserialize!(Tree);

const TEXTS: [&str; 25] = [
    "null",
    " true ",
    "false",
    "0",
    "-0",
    "-0.0",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "0.1e-7",
    "1E5",
    "1e400",
    "-1e400",
    r#""""#,
    r#""\"\\\/\b\f\n\r\t\u00e5\ud83d\ude00ø""#,
    r#""\ud800""#,
    r#""\u+041""#,
    r#""a\\""#,
    "[]",
    "{}",
    "\t[ [ ] , { } , [ 1 , \"]\" ] ]\r\n",
    r#"{"":{},"a":"}","\u0061":2,"b\"":[{"c":[]}]}"#,
    r#"{"a":1,"a":[2,{"a":3}]}"#,
    r#"{"\ud800":1}"#,
];

#[test]
fn values_are_those_that_serde_json_reads() {
    let mut texts: Vec<Vec<u8>> = TEXTS.iter().map(|text| text.as_bytes().to_vec()).collect();
    texts.extend(["[", "{\"a\":"].map(|open| {
        let close = if open == "[" { "]" } else { "}" };
        format!("{}1{}", open.repeat(120), close.repeat(120)).into_bytes()
    }));
    // Each text is also cut off after each byte, and read with one wrong byte.
    for text in TEXTS {
        for (index, byte) in text.bytes().enumerate() {
            texts.push(text.as_bytes()[..index].to_vec());
            for other in *b"\"\\,:[]{}-.e1n \x00\xff" {
                if other != byte {
                    let mut text = text.as_bytes().to_vec();
                    text[index] = other;
                    texts.push(text);
                }
            }
        }
    }
    for text in texts {
        let expected: Option<Value> = serde_json::from_slice(&text).ok();
        let shown = String::from_utf8_lossy(&text);
        assert_eq!(decode_json::<Tree>(&text, Reading::Strict).ok().map(|tree| tree.0), expected, "{shown}");
        assert_eq!(serde_json::from_slice::<Tree>(&text).ok().map(|tree| tree.0), expected, "{shown}");
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    decode_json::<Tree>(nested(128).as_bytes(), Reading::Strict).unwrap();
    for depth in [129, 100_000] {
        let mismatch = decode_json::<Tree>(nested(depth).as_bytes(), Reading::Strict).unwrap_err();
        assert_eq!(mismatch.to_string(), "the JSON is nested too deep");
    }
}
