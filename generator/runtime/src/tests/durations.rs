//! Durations in ISO 8601.

use std::time::Duration;

use crate::runtime::{IsoDuration, Value};

#[test]
fn durations_of_fixed_length_are_parsed() {
    for (text, seconds) in [
        ("P7D", Some(604_800.0)),
        ("P1W", Some(604_800.0)),
        ("P1W1DT1H1M1.5S", Some(694_861.5)),
        ("PT10M", Some(600.0)),
        ("PT0S", Some(0.0)),
        ("PT0.1234567891S", Some(0.123_456_789)),
        ("P1M", None),
        ("P1Y", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("", None),
        ("10s", None),
        ("-P1D", None),
        ("PT1M1H", None),
        ("PT1.5M", None),
        ("PT1.S", None),
        ("PT.5S", None),
        ("PT1.2.3S", None),
        ("PT1", None),
        ("PTS", None),
        ("P1é", None),
        ("P99999999999999999999D", None),
        ("P18446744073709551615D", None),
        ("P213503982334601DT99999999H", None),
    ] {
        assert_eq!(IsoDuration::from(text).to_std().map(|duration| duration.as_secs_f64()), seconds, "{text}");
    }
}

#[test]
fn durations_are_serialized_in_seconds() {
    for (duration, text) in [
        (Duration::from_secs(600), "PT600S"),
        (Duration::ZERO, "PT0S"),
        (Duration::from_millis(1_500), "PT1.5S"),
        (Duration::new(0, 1), "PT0.000000001S"),
        (Duration::MAX, "PT18446744073709551615.999999999S"),
    ] {
        let duration_string = IsoDuration::from(duration);
        assert_eq!(duration_string.as_str(), text);
        assert_eq!(duration_string.to_std(), Some(duration));
        assert_eq!(Value::from(duration_string).text(), text);
    }
    assert_eq!(serde_json::from_str::<IsoDuration>("\"P7D\"").unwrap().to_string(), "P7D");
}
