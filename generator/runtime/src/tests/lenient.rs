//! Responses that differ from the document.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::runtime::{AnyJson, BigNumber, FromJson, Reading, decode_json, deserialize_json};

/// Decodes JSON with `FromJson` and with serde, which must return the same value.
fn decode_leniently<T: FromJson + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &[u8]) -> Option<T> {
    let value = decode_json(json, Reading::Lenient).ok();
    assert_eq!(deserialize_json(json, Reading::Lenient).ok(), value);
    value
}

/// Returns the problem of a value, which must be the same with `FromJson` and with serde.
fn problem<T: FromJson + DeserializeOwned>(json: &str) -> String {
    let mismatch = decode_json::<T>(json.as_bytes(), Reading::Lenient).map(drop).unwrap_err();
    let mismatch_of_serde = deserialize_json::<T>(json.as_bytes(), Reading::Lenient).map(drop).unwrap_err();
    assert_eq!((mismatch_of_serde.problem(), mismatch_of_serde.path()), (mismatch.problem(), mismatch.path()));
    mismatch.problem().to_owned()
}

#[derive(PartialEq)]
struct Model {
    price: Option<f64>,
    counts: Vec<i32>,
    name: String,
    day: NaiveDate,
    time: DateTime<Utc>,
    tags: BTreeMap<String, u64>,
    any: AnyJson,
}
impl_model!(response Model {
    price: "price", counts: "counts", name: "name", day: "day", time: "time", tags: "tags", any: "any"
});

fn expected_model() -> Model {
    let time = "2020-01-02T03:04:05Z".parse().unwrap();
    let day = NaiveDate::from_ymd_opt(2020, 1, 2).unwrap();
    let any = json!({ "3": "4.0" }).into();
    Model { price: Some(-0.5), counts: vec![3, 4], name: "7".to_owned(), day, time, tags: BTreeMap::new(), any }
}

#[test]
fn unambiguous_values_are_decoded() {
    for time in ["2020-01-02T03:04:05", "2020-01-02 03:04:05.000", "2020-01-02T04:04:05+0100", "2020-01-02T03:04:05Z"] {
        let body = json!({
            "price": "-0.50", "counts": ["3", 4.0], "name": "7", "day": "2020-01-02T00:00:00.000Z", "time": time,
            "tags": {}, "any": { "3": "4.0" }
        });
        assert_eq!(decode_leniently::<Model>(body.to_string().as_bytes()), Some(expected_model()), "{time}");
    }
    assert_eq!(
        decode_leniently::<DateTime<Utc>>(br#""2020-01-02""#).unwrap().to_rfc3339(),
        "2020-01-02T00:00:00+00:00"
    );
    assert_eq!(decode_leniently::<BTreeMap<String, u64>>(br#"{"a": "1"}"#).unwrap()["a"], 1);
    assert_eq!(decode_leniently::<u64>(br#""18446744073709551615""#), Some(u64::MAX));
    assert_eq!(decode_leniently::<u128>(br#""340282366920938463463374607431768211455""#), Some(u128::MAX));
    assert_eq!(decode_leniently::<f64>(br#""2""#), Some(2.0));
    assert_eq!(decode_leniently::<f32>(b"3.4028235e38"), Some(f32::MAX));
    assert_eq!(decode_leniently::<Option<i32>>(b"null"), Some(None));
    for zero in ["-0.0", "\"-0.0\""] {
        assert!(decode_leniently::<f64>(zero.as_bytes()).unwrap().is_sign_negative(), "{zero}");
        assert_eq!(decode_leniently::<i64>(zero.as_bytes()), Some(0));
    }
}

#[test]
fn ambiguous_values_are_errors() {
    assert_eq!(decode_leniently::<i32>(br#""""#), None);
    assert_eq!(decode_leniently::<i32>(b"1.5"), None);
    assert_eq!(decode_leniently::<i32>(br#""0x10""#), None);
    assert_eq!(decode_leniently::<i32>(b"true"), None);
    for infinite in ["1e39", "-1e39", "\"1e39\"", "340282366920938463463374607431768211456"] {
        assert_eq!(decode_leniently::<f32>(infinite.as_bytes()), None, "{infinite}");
    }
    assert_eq!(decode_leniently::<String>(b"7"), None);
    assert_eq!(decode_leniently::<bool>(br#""true""#), None);
    assert_eq!(decode_leniently::<NaiveDate>(br#""tomorrow""#), None);
    assert_eq!(decode_leniently::<NaiveDate>(br#""2020-01-02 or so""#), None);
    assert_eq!(decode_leniently::<DateTime<Utc>>("\"2020-01-0é\"".as_bytes()), None);
    assert_eq!(decode_leniently::<BTreeMap<String, u64>>(b"[]"), None);
    assert_eq!(decode_leniently::<Vec<u64>>(b"{}"), None);
}

/// A model is read strictly also inside a type of the program, and a program's type inside a model.
#[test]
fn strict_decoding_converts_nothing() {
    #[derive(PartialEq)]
    struct Price {
        count: i32,
        amount: Option<BigNumber>,
    }
    impl_model!(Price { count: "count", amount: "amount" });
    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Row {
        prices: Vec<Price>,
    }
    #[derive(PartialEq)]
    struct Table {
        row: Row,
    }
    impl_model!(Table { row: "row" serde });
    for (price, is_strict) in [
        (r#"{"count": 7, "amount": 1.50}"#, true),
        (r#"{"count": "7", "amount": 1.50}"#, false),
        (r#"{"count": 7.0, "amount": 1.50}"#, false),
        (r#"{"count": 7, "amount": "1.50"}"#, false),
    ] {
        let expected = Price { count: 7, amount: "1.50".parse().ok() };
        let row = format!(r#"{{"prices": [{price}]}}"#);
        let table = format!(r#"{{"row": {row}}}"#);
        for (reading, is_value) in [(Reading::Strict, is_strict), (Reading::Lenient, true)] {
            let value =
                |read: Option<Price>| assert_eq!(read.as_ref(), is_value.then_some(&expected), "{reading:?} {price}");
            value(decode_json(price.as_bytes(), reading).ok());
            value(deserialize_json(price.as_bytes(), reading).ok());
            value(deserialize_json::<Row>(row.as_bytes(), reading).ok().and_then(|mut row| row.prices.pop()));
            value(decode_json::<Table>(table.as_bytes(), reading).ok().and_then(|mut table| table.row.prices.pop()));
        }
    }
}

/// If one property requires lenient decoding, the numbers in all other properties keep their digits.
#[test]
fn numbers_keep_all_digits() {
    #[derive(PartialEq)]
    struct Account {
        count: i32,
        wei: BigNumber,
        large: i128,
        wide: Option<i128>,
        exact: f64,
    }
    impl_model!(response Account { count: "count", wei: "wei", large: "large", wide: "wide", exact: "exact" });
    let json = br#"{"count": "7", "wei": 340282366920938463463374607431768211455, "large": 18446744073709551616,
        "wide": "-18446744073709551616", "exact": 8.405630048666152}"#;
    let account: Account = decode_leniently(json).unwrap();
    assert_eq!((account.count, account.wei.as_str()), (7, "340282366920938463463374607431768211455"));
    assert_eq!((account.large, account.wide), (1 << 64, Some(-(1 << 64))));
    assert_eq!(account.exact, 8.405630048666152);
}

#[test]
fn deeply_nested_values_are_errors() {
    struct List(Vec<List>);
    impl_wrapper!(List(Vec<List>));
    for levels in [200, 100_000] {
        let json = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(problem::<List>(&json).contains("too deep"));
    }
}

#[test]
fn a_number_out_of_range_is_described_without_its_digits() {
    for (found, expected) in [
        (problem::<u64>("-1"), "expected u64, found a negative integer"),
        (problem::<u8>("-300"), "expected u8, found a negative integer"),
        (problem::<u128>("-1"), "expected u128, found a negative integer"),
        (problem::<i64>("9223372036854775808"), "expected i64, found an integer that does not fit"),
        (problem::<i64>("-9223372036854775809"), "expected i64, found an integer that does not fit"),
        (problem::<u64>("18446744073709551616"), "expected u64, found an integer that does not fit"),
        (problem::<i8>("300"), "expected i8, found an integer that does not fit"),
        (problem::<i64>("1.5"), "expected i64, found a floating-point number"),
        (problem::<f64>("1e400"), "expected f64, found a floating-point number that does not fit"),
        (problem::<f64>(&"1".repeat(400)), "expected f64, found an integer that does not fit"),
        (problem::<Vec<f64>>("[1e400]"), "expected f64, found a floating-point number that does not fit"),
        (problem::<String>("1e400"), "expected a string, found a floating-point number that does not fit"),
        (problem::<String>(r#""\ud800""#), "expected a string, found a string of another form"),
    ] {
        assert_eq!(found, expected);
    }
}
