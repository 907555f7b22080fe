//! Dates and times with the types of the runtime and of each crate.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use chrono::{NaiveDate, SecondsFormat, Utc};
use time::OffsetDateTime;

use crate::runtime::{Date, DateTimeError, FromJson, Reading, Rfc3339, Timestamp, Value, decode_json};

type ChronoTime = chrono::DateTime<Utc>;

/// Decodes a string, and returns it as the value of a parameter. Returns `error` if it cannot be decoded.
fn decode<T: FromJson + Into<Value>>(text: &str, reading: Reading) -> String {
    let json = serde_json::to_vec(text).unwrap();
    decode_json::<T>(&json, reading).map_or_else(|_| "error".to_owned(), |value| value.into().text().into_owned())
}

/// The JSON text, and the expected text after strict and after lenient decoding. The last column is the text for the types of the runtime,
/// of `jiff` and of `time`, if they cannot represent the value.
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
fn times_are_the_same_with_all_types() {
    for (text, strict, lenient, other_types) in TIMES {
        for (reading, expected) in [(Reading::Strict, *strict), (Reading::Lenient, *lenient)] {
            let other_expected = other_types.unwrap_or(expected);
            assert_eq!(decode::<ChronoTime>(text, reading), expected, "chrono {reading:?} {text}");
            assert_eq!(decode::<Timestamp>(text, reading), other_expected, "built-in {reading:?} {text}");
            assert_eq!(decode::<Rfc3339<OffsetDateTime>>(text, reading), other_expected, "time {reading:?} {text}");
            assert_eq!(
                decode::<jiff::Timestamp>(text, reading),
                without_zeros(other_expected),
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
fn dates_are_the_same_with_all_types() {
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
    for (text, strict, lenient, other_types) in cases {
        for (reading, expected) in [(Reading::Strict, strict), (Reading::Lenient, lenient)] {
            let other_expected = other_types.unwrap_or(expected);
            assert_eq!(decode::<NaiveDate>(text, reading), expected, "chrono {reading:?} {text}");
            assert_eq!(decode::<Date>(text, reading), other_expected, "built-in {reading:?} {text}");
            assert_eq!(decode::<jiff::civil::Date>(text, reading), other_expected, "jiff {reading:?} {text}");
            assert_eq!(decode::<Rfc3339<time::Date>>(text, reading), other_expected, "time {reading:?} {text}");
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
    let timestamp: jiff::Timestamp = "2020-01-02T03:04:05.500Z".parse().unwrap();
    assert_eq!(serde_json::to_string(&timestamp).unwrap(), r#""2020-01-02T03:04:05.5Z""#);
    let date: Rfc3339<time::Date> = "2020-01-02".parse().unwrap();
    assert_eq!(serde_json::to_string(&date).unwrap(), r#""2020-01-02""#);
    assert_eq!(serde_json::from_str::<Rfc3339<time::Date>>(r#""2020-01-02""#).unwrap(), date);
    assert_string(parse::<Timestamp>("2020-01-02T04:04:05.5+01:00"), "2020-01-02T03:04:05.500Z");
    assert_string(parse::<Date>("2020-01-02"), "2020-01-02");
    let at_limit = time::Date::MAX.midnight().assume_offset(time::UtcOffset::from_hms(-25, 0, 0).unwrap());
    assert_eq!(Rfc3339(at_limit).to_string(), "9999-12-31T00:00:00-25:00");
}

/// Asserts that a value has this string in JSON, in parameters and in `Debug`.
fn assert_string<T>(value: T, string: &str)
where
    T: Copy + Debug + PartialEq + Into<Value> + serde::Serialize + serde::de::DeserializeOwned,
{
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!((json.trim_matches('"'), format!("{value:?}").as_str()), (string, string));
    assert_eq!(value.into().text(), string);
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
}

fn parse<T: std::str::FromStr<Err = DateTimeError>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn timestamps_are_formatted_and_parsed_as_by_chrono() {
    const SECONDS_PER_DAY: i64 = 86_400;
    let first_day = Timestamp::MIN.unix_seconds() / SECONDS_PER_DAY;
    let last_day = Timestamp::MAX.unix_seconds() / SECONDS_PER_DAY;
    // The calendar repeats after 146,097 days.
    let days = (first_day..first_day + 146_097).chain((first_day..=last_day).step_by(997)).chain([last_day]);
    for (day, nanos) in days.zip([0, 1, 20_000, 300_000_000].into_iter().cycle()) {
        let seconds = day * SECONDS_PER_DAY + day.rem_euclid(SECONDS_PER_DAY);
        let expected = ChronoTime::from_timestamp(seconds, nanos).unwrap().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let timestamp = Timestamp::new(seconds, nanos).unwrap();
        assert_eq!((timestamp.to_string(), parse(&expected)), (expected, timestamp));
    }
}

#[test]
fn timestamps_have_the_years_0_to_9999() {
    for (timestamp, string) in
        [(Timestamp::MIN, "0000-01-01T00:00:00Z"), (Timestamp::MAX, "9999-12-31T23:59:59.999999999Z")]
    {
        assert_string(timestamp, string);
        assert_eq!(parse::<Timestamp>(string), timestamp);
    }
    assert_eq!(Timestamp::new(Timestamp::MIN.unix_seconds() - 1, 0), None);
    assert_eq!(Timestamp::new(Timestamp::MAX.unix_seconds() + 1, 0), None);
    assert_eq!(Timestamp::new(0, 1_000_000_000), None);
    assert_eq!((Date::new(10_000, 1, 1), Date::new(2021, 2, 29), Date::new(2021, 1, 0)), (None, None, None));
}

/// Asserts that neither `parse` nor lenient decoding accepts the strings.
fn assert_errors<T>(cases: &[(&str, DateTimeError)])
where
    T: Debug + PartialEq + FromJson + Into<Value> + std::str::FromStr<Err = DateTimeError>,
{
    for (text, error) in cases {
        assert_eq!(text.parse::<T>(), Err(*error), "{text}");
        assert_eq!(decode::<T>(text, Reading::Lenient), "error", "{text}");
    }
}

#[test]
fn strings_outside_of_rfc_3339_are_no_timestamps() {
    assert_errors::<Timestamp>(&[
        ("+10000-01-01T00:00:00Z", DateTimeError::OutOfRange),
        ("-0001-12-31T23:59:59Z", DateTimeError::OutOfRange),
        ("0000-01-01T00:00:00+00:01", DateTimeError::OutOfRange),
        ("2016-12-31T23:59:60Z", DateTimeError::OutOfRange),
        ("+10001-02-29T00:00:00Z", DateTimeError::NotRfc3339),
        ("2021-02-29T00:00:00Z", DateTimeError::NotRfc3339),
        ("today", DateTimeError::NotRfc3339),
    ]);
}

#[test]
fn strings_outside_of_rfc_3339_are_no_dates() {
    assert_errors::<Date>(&[
        ("+10000-01-01", DateTimeError::OutOfRange),
        ("-0001-12-31", DateTimeError::OutOfRange),
        ("+10001-02-29", DateTimeError::NotRfc3339),
        ("2021-02-29", DateTimeError::NotRfc3339),
        ("2021-13-01", DateTimeError::NotRfc3339),
        ("2021-00-01", DateTimeError::NotRfc3339),
        ("2021-01-00", DateTimeError::NotRfc3339),
        ("today", DateTimeError::NotRfc3339),
    ]);
}

#[test]
fn durations_are_added_to_timestamps_and_subtracted() {
    let cases = [
        ("2020-01-02T03:04:05Z", Duration::ZERO, "2020-01-02T03:04:05Z"),
        ("2020-02-28T23:59:59.9Z", Duration::from_millis(200), "2020-02-29T00:00:00.100Z"),
        ("1969-12-31T23:59:59.5Z", Duration::from_millis(500), "1970-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.5Z", Duration::new(86_400, 600_000_000), "1970-01-02T00:00:00.100Z"),
        ("0000-01-01T00:00:00Z", Duration::from_secs(315_569_519_999), "9999-12-31T23:59:59Z"),
    ];
    for (earlier, duration, later) in cases {
        let (earlier, later): (Timestamp, Timestamp) = (parse(earlier), parse(later));
        assert!(earlier <= later);
        assert_eq!(earlier.checked_add(duration), Some(later));
        assert_eq!(later.checked_sub(duration), Some(earlier));
        assert_eq!(later.checked_duration_since(earlier), Some(duration));
        assert_eq!(earlier.checked_duration_since(later).is_some(), duration.is_zero());
    }
    let nanosecond = Duration::from_nanos(1);
    assert_eq!((Timestamp::MAX.checked_add(nanosecond), Timestamp::MIN.checked_sub(nanosecond)), (None, None));
    assert_eq!((Timestamp::MIN.checked_add(Duration::MAX), Timestamp::MAX.checked_sub(Duration::MAX)), (None, None));
}

#[test]
fn timestamps_convert_to_the_time_of_the_system() {
    let half = Duration::from_millis(500);
    for (string, time) in [
        ("1970-01-01T00:00:00Z", SystemTime::UNIX_EPOCH),
        ("1970-01-01T00:00:00.500Z", SystemTime::UNIX_EPOCH + half),
        ("1969-12-31T23:59:59.500Z", SystemTime::UNIX_EPOCH - half),
        ("1969-12-31T23:59:59Z", SystemTime::UNIX_EPOCH - half - half),
    ] {
        let timestamp: Timestamp = parse(string);
        assert_eq!((SystemTime::try_from(timestamp), Timestamp::try_from(time)), (Ok(time), Ok(timestamp)));
    }
    let before = SystemTime::now();
    assert!(Timestamp::try_from(before).unwrap() <= Timestamp::now());
    let year_10000 = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800);
    assert_eq!(Timestamp::try_from(year_10000), Err(DateTimeError::OutOfRange));
}

/// The conversions in the documentation of `Timestamp` and `Date`.
#[test]
fn the_built_in_types_convert_to_those_of_the_crates() {
    for text in ["2020-01-02T03:04:05.123456700Z", "1969-12-31T23:59:58.5Z", "1605-11-05T00:00:00Z"] {
        let timestamp: Timestamp = parse(text);
        let other = chrono::DateTime::from_timestamp(timestamp.unix_seconds(), timestamp.subsec_nanos()).unwrap();
        assert_eq!(other, text.parse::<ChronoTime>().unwrap());
        assert_eq!(Timestamp::new(other.timestamp(), other.timestamp_subsec_nanos()), Some(timestamp));

        let other = jiff::Timestamp::new(timestamp.unix_seconds(), timestamp.subsec_nanos() as i32).unwrap();
        assert_eq!(other, text.parse::<jiff::Timestamp>().unwrap());
        assert_eq!(Timestamp::try_from(SystemTime::try_from(other).unwrap()), Ok(timestamp));

        let other = OffsetDateTime::from_unix_timestamp(timestamp.unix_seconds()).unwrap();
        let other = other.replace_nanosecond(timestamp.subsec_nanos()).unwrap();
        assert_eq!(other, text.parse::<Rfc3339<OffsetDateTime>>().unwrap().0);
        assert_eq!(Timestamp::new(other.unix_timestamp(), other.nanosecond()), Some(timestamp));
    }
    let date: Date = parse("2020-02-29");
    let naive_date = chrono::NaiveDate::from_ymd_opt(date.year().into(), date.month().into(), date.day().into());
    assert_eq!(naive_date, "2020-02-29".parse().ok());
}
