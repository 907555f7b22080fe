//! Answers that are not quite what the document says.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::runtime::Mismatch;

/// Reads JSON as what it means.
fn tolerate<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    Mismatch::read(json).ok()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Kept {
    price: Option<f64>,
    counts: Vec<i32>,
    name: String,
    day: NaiveDate,
    time: DateTime<Utc>,
    tags: BTreeMap<String, u64>,
    any: serde_json::Value,
}

fn kept() -> Kept {
    let time = "2020-01-02T03:04:05Z".parse().unwrap();
    let day = NaiveDate::from_ymd_opt(2020, 1, 2).unwrap();
    let any = json!({ "3": "4.0" });
    Kept { price: Some(-0.5), counts: vec![3, 4], name: "7".to_owned(), day, time, tags: BTreeMap::new(), any }
}

#[test]
fn what_is_meant_is_read() {
    for time in ["2020-01-02T03:04:05", "2020-01-02 03:04:05.000", "2020-01-02T04:04:05+0100", "2020-01-02T03:04:05Z"] {
        let body = json!({
            "price": "-0.50", "counts": ["3", 4.0], "name": "7", "day": "2020-01-02T00:00:00.000Z", "time": time,
            "tags": {}, "any": { "3": "4.0" }
        });
        assert_eq!(tolerate::<Kept>(body.to_string().as_bytes()), Some(kept()), "{time}");
    }
    assert_eq!(tolerate::<DateTime<Utc>>(br#""2020-01-02""#).unwrap().to_rfc3339(), "2020-01-02T00:00:00+00:00");
    assert_eq!(tolerate::<BTreeMap<String, u64>>(br#"{"a": "1"}"#).unwrap()["a"], 1);
    assert_eq!(tolerate::<u64>(br#""18446744073709551615""#), Some(u64::MAX));
    assert_eq!(tolerate::<f64>(br#""2""#), Some(2.0));
    assert_eq!(tolerate::<Option<i32>>(b"null"), Some(None));
}

#[test]
fn what_is_in_doubt_is_not() {
    assert_eq!(tolerate::<i32>(br#""""#), None);
    assert_eq!(tolerate::<i32>(b"1.5"), None);
    assert_eq!(tolerate::<i32>(br#""0x10""#), None);
    assert_eq!(tolerate::<i32>(b"true"), None);
    assert_eq!(tolerate::<String>(b"7"), None);
    assert_eq!(tolerate::<bool>(br#""true""#), None);
    assert_eq!(tolerate::<NaiveDate>(br#""tomorrow""#), None);
    assert_eq!(tolerate::<NaiveDate>(br#""2020-01-02 or so""#), None);
    assert_eq!(tolerate::<DateTime<Utc>>("\"2020-01-0é\"".as_bytes()), None);
    assert_eq!(tolerate::<BTreeMap<String, u64>>(b"[]"), None);
    assert_eq!(tolerate::<Vec<u64>>(b"{}"), None);
}
