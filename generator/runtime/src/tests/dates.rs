//! Dates and times with the types of each crate.

use chrono::{NaiveDate, SecondsFormat, Utc};
use jiff::Timestamp;
use time::{Date, OffsetDateTime};

use crate::runtime::{FromJson, Reading, Rfc3339, Value, decode_json};

type ChronoTime = chrono::DateTime<Utc>;

/// Decodes a string, and returns it as the value of a parameter. Returns `error` if it cannot be decoded.
fn decode<T: FromJson + Into<Value>>(text: &str, reading: Reading) -> String {
    let json = serde_json::to_vec(text).unwrap();
    decode_json::<T>(&json, reading).map_or_else(|_| "error".to_owned(), |value| value.into().text().into_owned())
}

/// The JSON text, and the expected text after strict and after lenient decoding. The last column is the text for the crates `jiff` and
/// `time`, if they cannot represent the value.
const TIMES: &[(&str, &str, &str, Option<&str>)] = &[
    ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("2020-01-02t03:04:05z", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("2020-01-02 03:04:05Z", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("2020-01-02T03:04:05 UTC", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("2020-01-02T03:04:05+01:30", "2020-01-02T01:34:05Z", "2020-01-02T01:34:05Z", None),
    ("2020-01-02T03:04:05-23:59", "2020-01-03T03:03:05Z", "2020-01-03T03:03:05Z", None),
    ("2020-01-02T03:04:05\u{2212}01:30", "2020-01-02T04:34:05Z", "2020-01-02T04:34:05Z", None),
    ("2020-01-02T03:04:05+0000", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("2020-01-02T03:04:05+0130", "2020-01-02T01:34:05Z", "2020-01-02T01:34:05Z", None),
    ("2020-01-02T03:04:05+01", "error", "error", None),
    ("2020-01-02T03:04:05+24:00", "error", "error", None),
    ("2020-01-02T03:04:05+01:60", "error", "error", None),
    ("2020-01-02T03:04:05.120Z", "2020-01-02T03:04:05.120Z", "2020-01-02T03:04:05.120Z", None),
    ("2020-01-02T03:04:05.5Z", "2020-01-02T03:04:05.500Z", "2020-01-02T03:04:05.500Z", None),
    ("2020-01-02T03:04:05.0001Z", "2020-01-02T03:04:05.000100Z", "2020-01-02T03:04:05.000100Z", None),
    ("2020-01-02T03:04:05.000000001Z", "2020-01-02T03:04:05.000000001Z", "2020-01-02T03:04:05.000000001Z", None),
    ("2020-01-02T03:04:05.0000000019Z", "2020-01-02T03:04:05.000000001Z", "2020-01-02T03:04:05.000000001Z", None),
    ("2020-01-02T03:04:05.Z", "error", "error", None),
    ("2020-01-02T03:04:05,5Z", "error", "error", None),
    ("2020-01-02T03:04:05", "error", "2020-01-02T03:04:05Z", None),
    ("2020-01-02T03:04:05.25", "error", "2020-01-02T03:04:05.250Z", None),
    ("2020-01-02", "error", "2020-01-02T00:00:00Z", None),
    ("2020-01-02T03:04Z", "error", "error", None),
    ("20200102T030405Z", "error", "error", None),
    ("2020-01-02T03:04:05Z[Europe/Oslo]", "error", "error", None),
    ("2020-01-02T24:00:00Z", "error", "error", None),
    ("2020-02-29T00:00:00Z", "2020-02-29T00:00:00Z", "2020-02-29T00:00:00Z", None),
    ("2021-02-29T00:00:00Z", "error", "error", None),
    ("1900-02-29T00:00:00Z", "error", "error", None),
    ("2020-13-01T00:00:00Z", "error", "error", None),
    ("2020-04-31T00:00:00Z", "error", "error", None),
    ("2020-1-2T3:4:5Z", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", None),
    ("1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.900Z", "1969-12-31T23:59:59.900Z", None),
    ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", None),
    ("9999-12-30T21:59:59Z", "9999-12-30T21:59:59Z", "9999-12-30T21:59:59Z", None),
    ("+10000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", Some("error")),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z", Some("error")),
    ("2016-12-31T23:59:61Z", "error", "error", None),
    ("today", "error", "error", None),
    ("", "error", "error", None),
];

#[test]
fn times_are_the_same_with_each_crate() {
    for (text, strict, lenient, other_crates) in TIMES {
        for (reading, expected) in [(Reading::Strict, *strict), (Reading::Lenient, *lenient)] {
            let expected_elsewhere = other_crates.unwrap_or(expected);
            assert_eq!(decode::<ChronoTime>(text, reading), expected, "chrono {reading:?} {text}");
            assert_eq!(decode::<Rfc3339<OffsetDateTime>>(text, reading), expected_elsewhere, "time {reading:?} {text}");
            assert_eq!(
                decode::<Timestamp>(text, reading),
                without_zeros(expected_elsewhere),
                "jiff {reading:?} {text}"
            );
        }
    }
}

/// Removes the zeros at the end of a fraction, which `jiff` does not write.
fn without_zeros(text: &str) -> String {
    match text.strip_suffix('Z').filter(|time| time.contains('.')) {
        Some(time) => format!("{}Z", time.trim_end_matches('0')),
        None => text.to_owned(),
    }
}

#[test]
fn dates_are_the_same_with_each_crate() {
    let cases = [
        ("2020-01-02", "2020-01-02", "2020-01-02", None),
        ("2020-01-02T03:04:05Z", "error", "2020-01-02", None),
        ("2020-01-02 03:04", "error", "2020-01-02", None),
        ("2020-1-2", "2020-01-02", "2020-01-02", None),
        ("2020-02-30", "error", "error", None),
        ("20200102", "error", "error", None),
        ("2020-01-02 or so", "error", "error", None),
        ("0000-01-01", "0000-01-01", "0000-01-01", None),
        ("9999-12-31", "9999-12-31", "9999-12-31", None),
        ("+10000-01-01", "+10000-01-01", "+10000-01-01", Some("error")),
        ("tomorrow", "error", "error", None),
    ];
    for (text, strict, lenient, other_crates) in cases {
        for (reading, expected) in [(Reading::Strict, strict), (Reading::Lenient, lenient)] {
            let expected_elsewhere = other_crates.unwrap_or(expected);
            assert_eq!(decode::<NaiveDate>(text, reading), expected, "chrono {reading:?} {text}");
            assert_eq!(decode::<jiff::civil::Date>(text, reading), expected_elsewhere, "jiff {reading:?} {text}");
            assert_eq!(decode::<Rfc3339<Date>>(text, reading), expected_elsewhere, "time {reading:?} {text}");
        }
    }
}

/// The runtime's parser accepts the same strings as the parser of `chrono`. The strings are the cases with each character replaced.
#[test]
fn the_parser_agrees_with_chrono() {
    let replacements = ["", " ", "0", "9", "-", "+", ":", ".", "Z", "UTC", "é"];
    for (text, ..) in TIMES {
        for (index, character) in text.char_indices() {
            for replacement in replacements {
                let text = format!("{}{replacement}{}", &text[..index], &text[index + character.len_utf8()..]);
                let expected = text.parse::<ChronoTime>().ok();
                let expected = expected.map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
                assert_eq!(decode::<ChronoTime>(&text, Reading::Strict), expected.unwrap_or("error".into()), "{text}");
                let expected = text.parse::<NaiveDate>().map(|date| date.to_string());
                assert_eq!(decode::<NaiveDate>(&text, Reading::Strict), expected.unwrap_or("error".into()), "{text}");
            }
        }
    }
}

#[test]
fn times_are_sent_in_the_same_format_in_json_and_in_parameters() {
    for text in ["2020-01-02T03:04:05Z", "2020-01-02T03:04:05.500Z", "-0001-01-01T00:00:00.000001Z"] {
        let time: Rfc3339<OffsetDateTime> = text.parse().unwrap();
        let json = serde_json::to_string(&[Some(time)]).unwrap();
        assert_eq!((json, Value::from(time).text()), (format!("[\"{text}\"]"), text.into()));
    }
    let timestamp: Timestamp = "2020-01-02T03:04:05.500Z".parse().unwrap();
    assert_eq!(serde_json::to_string(&timestamp).unwrap(), r#""2020-01-02T03:04:05.5Z""#);
    let date: Rfc3339<Date> = "2020-01-02".parse().unwrap();
    assert_eq!(serde_json::to_string(&date).unwrap(), r#""2020-01-02""#);
    let at_limit = Date::MAX.midnight().assume_offset(time::UtcOffset::from_hms(-25, 0, 0).unwrap());
    assert_eq!(Rfc3339(at_limit).to_string(), "9999-12-31T00:00:00-25:00");
}
