//! Unions: the selection of the alternative, and the decoding and encoding of values.

use std::cell::Cell;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::runtime::{
    Alternative, AnyJson, Date, Decoding, Kind, Literal, Match, Mismatch, Reading, Timestamp, read_union,
};

#[derive(Clone, PartialEq)]
struct On {
    on: Option<bool>,
    level: Option<i128>,
    note: Option<String>,
}
impl_model!(On { on: "on", level: "level", note: "note" });

#[derive(Clone, PartialEq)]
struct Off {
    on: Option<bool>,
    reason: Option<String>,
}
impl_model!(Off { on: "on", reason: "reason" });

#[derive(Clone, Debug, PartialEq)]
enum Switch {
    On(Box<On>),
    Off(Box<Off>),
    Broken(Box<Off>),
    Unknown(AnyJson),
}

impl_union!(Switch by "on" {
    On(Box<On>) = [Boolean(true), Integer(1)] => Object { properties: &["on", "level", "note"] },
    Off(Box<Off>) = [Boolean(false)] => Object { properties: &["on", "reason"] },
    Broken(Box<Off>) = [Boolean(false)] => Object { required: &["reason"], properties: &["on", "reason"] },
} else Unknown);

#[derive(Clone, Debug, PartialEq)]
enum Untagged {
    Yes(bool),
    Whole(i64),
    Number(f64),
    Id(String),
    Text(String),
    Pair((i64, String)),
    List(Vec<Untagged>),
    Switch(Switch),
    First(Box<On>),
    Second(Box<Off>),
    Unknown(AnyJson),
}

impl_union!(Untagged {
    Yes(bool) => Boolean {},
    Whole(i64) => Number {},
    Number(f64) => Number {},
    Id(String) => Uuid {},
    Text(String) => String {},
    Pair((i64, String)) => Array {},
    List(Vec<Untagged>) => Array {},
    Switch(Switch) => Union { constants: &[(&["on"], &[Boolean(true), Boolean(false)])], required: &["on"] },
    First(Box<On>) => Object { constants: &[(&["note"], &[String("first")])], properties: &["note", "level"] },
    Second(Box<Off>) => Object { constants: &[(&["reason"], &[Null, Integer(2)])], properties: &["reason"] },
} else Unknown);

fn any(json: Value) -> Untagged {
    serde_json::from_value(json).unwrap()
}

#[test]
fn the_tag_takes_precedence_over_the_structure() {
    let read = |json: Value| serde_json::from_value::<Switch>(json);
    assert!(matches!(read(json!({"on": true, "level": 1})), Ok(Switch::On(_))));
    assert!(read(json!({"on": 1.0})).is_err(), "the tag selects a type that has no such number");
    assert!(matches!(read(json!({"on": false})), Ok(Switch::Off(_))));
    assert!(
        matches!(read(json!({"on": false, "reason": "rain"})), Ok(Switch::Off(_))),
        "the first of two matching alternatives"
    );
    for unknown in [json!({"on": "true"}), json!({"on": null}), json!({}), json!([]), json!("on"), json!({"on": 0})] {
        assert_eq!(read(unknown.clone()).unwrap(), Switch::Unknown(unknown.into()));
    }
}

#[test]
fn a_union_selects_the_matching_alternative() {
    for (json, variant) in [
        (json!(true), "Yes"),
        (json!(7), "Whole"),
        (json!(7.5), "Number"),
        (json!("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), "Id"),
        (json!("f81d4fae"), "Text"),
        (json!([1, "a"]), "Pair"),
        (json!([1, "a", true]), "List"),
        (json!([]), "List"),
        (json!({"on": false, "reason": "rain"}), "Switch"),
        (json!({"note": "first", "level": 1}), "First"),
        (json!({"note": "second", "level": 1}), "Unknown"),
        (json!({"reason": null}), "Second"),
        (json!({"reason": "other"}), "Unknown"),
        (json!({"later": 1}), "Unknown"),
        (json!({}), "First"),
        (Value::Null, "Unknown"),
    ] {
        assert!(format!("{:?}", any(json.clone())).starts_with(variant), "{json} is {:?}", any(json.clone()));
    }
}

#[test]
fn a_missing_tag_is_added() {
    let off = Off { on: None, reason: Some("rain".to_owned()) };
    let encode = |value: &Switch| serde_json::to_string(value).unwrap();
    assert_eq!(encode(&Switch::Off(Box::new(off.clone()))), r#"{"on":false,"reason":"rain"}"#);
    assert_eq!(encode(&Switch::Off(Box::new(Off { on: Some(true), ..off }))), r#"{"on":true,"reason":"rain"}"#);
    assert_eq!(encode(&Switch::Unknown(json!([1]).into())), "[1]");
}

#[test]
fn numbers_keep_all_digits() {
    let json = r#"{"on":true,"level":170141183460469231731687303715884105727,"note":"a"}"#;
    let Switch::On(on) = serde_json::from_str(json).unwrap() else { panic!() };
    assert_eq!(on.level, Some(i128::MAX));
    assert_eq!(serde_json::to_string(&Switch::On(on)).unwrap(), json);
}

#[test]
fn deeply_nested_values_are_errors() {
    for levels in [200, 100_000] {
        let json = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(serde_json::from_str::<Untagged>(&json).is_err(), "{levels}");
    }
    let json = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(matches!(serde_json::from_str(&json), Ok(Untagged::List(_))));
}

/// A thread has 2 MiB by default, and a debug build uses the most.
#[test]
fn deeply_nested_unions_fit_on_the_stack() {
    #[derive(Debug)]
    enum Outer {
        Inner(Inner),
        Unknown(AnyJson),
    }
    impl_union!(Outer { Inner(Inner) => Union { required: &["kind"] } } else Unknown);
    #[derive(Debug)]
    enum Inner {
        Node(Box<Node>),
        Unknown(AnyJson),
    }
    impl_union!(Inner by "kind" {
        Node(Box<Node>) = [Integer(1)] => Object { properties: &["kind", "outer"] },
    } else Unknown);
    struct Node {
        outer: Option<Outer>,
    }
    impl_model!(Node { outer: "outer" optional });
    let json = format!("{}null{}", r#"{"kind":1,"outer":"#.repeat(127), "}".repeat(127));
    let read = move || {
        let mut outer = crate::runtime::decode_json(json.as_bytes(), Reading::Lenient).ok();
        let mut depth = 0;
        while let Some(Outer::Inner(Inner::Node(node))) = outer {
            outer = node.outer;
            depth += 1;
        }
        depth
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap();
    assert_eq!(thread.join().unwrap(), 127);
}

/// A value that is no object is unknown to a tagged union, so the other alternative is the better match.
#[test]
fn a_nested_value_that_is_no_object_counts_as_unknown() {
    struct Tagged {
        x: Switch,
    }
    impl_model!(Tagged { x: "x" });
    struct Plain {
        x: String,
    }
    impl_model!(Plain { x: "x" });
    #[derive(Debug)]
    enum Either {
        Tagged(Box<Tagged>),
        Plain(Box<Plain>),
        Unknown(AnyJson),
    }
    impl_union!(Either {
        Tagged(Box<Tagged>) => Object { required: &["x"], properties: &["x"] },
        Plain(Box<Plain>) => Object { required: &["x"], properties: &["x"] },
    } else Unknown);
    let read = |json: Value| format!("{:?}", serde_json::from_value::<Either>(json).unwrap());
    assert!(read(json!({"x": "text"})).starts_with("Plain"));
    assert!(read(json!({"x": {"on": true}})).starts_with("Tagged"));
}

/// Numbers in strings are decoded at any depth.
#[test]
fn lenient_decoding_applies_to_unions() {
    #[derive(PartialEq)]
    struct Room {
        switch: Switch,
        any: Vec<Untagged>,
        seats: i32,
    }
    impl_model!(response Room { switch: "switch", any: "any", seats: "seats" });
    let json = r#"{"switch":{"on":true,"level":"7"},"any":[{"note":"first","level":"8"},"9"],"seats":"3"}"#;
    let room: Room = crate::runtime::decode_json(json.as_bytes(), Reading::Lenient).unwrap();
    let on = |level, note: Option<&str>| {
        Box::new(On { on: note.is_none().then_some(true), level: Some(level), note: note.map(str::to_owned) })
    };
    let any = vec![Untagged::First(on(8, Some("first"))), Untagged::Text("9".to_owned())];
    assert_eq!(room, Room { switch: Switch::On(on(7, None)), any, seats: 3 });
    let decoded: Switch = serde_json::from_str(r#"{"on":true,"level":"7"}"#).unwrap();
    assert_eq!(decoded, Switch::On(on(7, None)));
    assert!(serde_json::from_str::<Switch>(r#"{"on":true,"level":"seven"}"#).is_err());
}

#[derive(Clone, Debug, PartialEq)]
enum Due {
    Day(Date),
    Time(Timestamp),
    Unknown(AnyJson),
}

impl_union!(Due { Day(Date) => String {}, Time(Timestamp) => String {} } else Unknown);

#[test]
fn lenient_decoding_prefers_the_alternative_that_keeps_the_time() {
    for (text, variant) in [
        ("2020-01-02", "Day(2020-01-02)"),
        ("2020-01-02T03:04:05Z", "Time(2020-01-02T03:04:05Z)"),
        ("2020-01-02T03:04:05", "Time(2020-01-02T03:04:05Z)"),
        ("tomorrow", "Unknown("),
    ] {
        let due: Due = serde_json::from_value(json!(text)).unwrap();
        assert!(format!("{due:?}").starts_with(variant), "{text} is {due:?}");
    }
}

#[test]
fn an_error_in_a_union_keeps_its_path() {
    struct Room {
        switches: Vec<Switch>,
    }
    impl_model!(response Room { switches: "switches" });
    let json = r#"{"switches":[{"on":false},{"on":true,"level":"seven"}]}"#;
    let mismatch = crate::runtime::decode_json::<Room>(json.as_bytes(), Reading::Lenient).unwrap_err();
    assert_eq!(mismatch.path(), "switches[1].level");
    assert_eq!(mismatch.problem(), "expected i128, found a string");
}

/// The names of additional properties may be personal data, so the path has `*` instead.
#[test]
fn an_error_in_an_alternative_with_additional_properties_keeps_declared_names() {
    #[derive(Clone, PartialEq)]
    struct Open {
        on: bool,
        level: Option<u64>,
        additional: std::collections::BTreeMap<String, Lamp>,
    }
    impl_model!(Open { on: "on", level: "level" } else additional);
    #[derive(Clone, Debug, PartialEq)]
    enum Lamp {
        Open(Box<Open>),
        Unknown(AnyJson),
    }
    impl_union!(Lamp by "on" {
        Open(Box<Open>) = [Boolean(true)] => Object { required: &["on"], properties: &["on", "level"] },
    } else Unknown);
    for (json, path) in [
        (r#"{"on":true,"level":-1}"#, "level"),
        (r#"{"on":true,"ana":{"on":true,"level":-1}}"#, "*.level"),
        (r#"{"on":true,"ana":{"on":true,"bob":{"on":true,"level":"x"}}}"#, "*.*.level"),
    ] {
        assert_eq!(
            crate::runtime::decode_json::<Lamp>(json.as_bytes(), Reading::Lenient).unwrap_err().path(),
            path,
            "{json}"
        );
    }
}

/// The number of alternatives of the large unions.
const LARGE: usize = 100;

/// Decodes a value as a union of [`LARGE`] objects, and returns the alternative and how often an alternative was decoded.
/// Alternative 42 has the tag `t42` and the properties `kind`, `common` and `p42`.
fn read_large_union(tag: Option<&str>, json: &str) -> (Option<i64>, usize) {
    thread_local! { static READS: Cell<usize> = const { Cell::new(0) }; }
    READS.set(0);
    let leak = |text: String| -> &'static str { text.leak() };
    let alternatives: Vec<Alternative<i64>> = (0..LARGE)
        .map(|index| Alternative {
            tags: vec![Literal::String(leak(format!("t{index}")))].leak(),
            conditions: Match {
                properties: vec!["kind", "common", leak(format!("p{index}"))].leak(),
                ..Match::of(Kind::Object)
            },
            read: |json, _| {
                READS.set(READS.get() + 1);
                let object: Value = serde_json::from_str(json.get()).unwrap();
                object["common"].as_i64().ok_or_else(Mismatch::default)
            },
        })
        .collect();
    let json = RawValue::from_string(json.to_owned()).unwrap();
    let value = read_union(&json, tag, &alternatives, &mut Decoding::default()).unwrap();
    (value, READS.get())
}

#[test]
fn a_tag_selects_the_only_alternative_that_is_decoded() {
    assert_eq!(read_large_union(Some("kind"), r#"{"kind": "t99", "common": 1}"#), (Some(1), 1));
    assert_eq!(read_large_union(Some("kind"), r#"{"kind": "new", "common": 1}"#), (None, 0));
}

#[test]
fn only_the_alternatives_with_the_smallest_distance_are_decoded() {
    // The best alternative is probed, and then decoded.
    assert_eq!(read_large_union(None, r#"{"common": 1, "p99": true}"#), (Some(1), 2));
    // All alternatives match equally well, so the first one is decoded.
    assert_eq!(read_large_union(None, r#"{"common": 1}"#), (Some(1), 2));
    // No alternative matches, in both modes.
    assert_eq!(read_large_union(None, r#"{"common": "a", "p99": true}"#), (None, 2 * LARGE));
}
