//! Durations in the format of ISO 8601.
//!
//! The longer functions are `#[inline]`, so only programs that call them compile them.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_core::{Serialize, Serializer};

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value, string};

/// A duration in ISO 8601, such as `P7D`, `PT10M` or `P1Y2M`.
///
/// It keeps the original string. Create it from a [`Duration`] or from a string, which is not checked.
/// [`to_std`](Self::to_std) returns the duration if it has a fixed length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoDuration(String);

impl IsoDuration {
    /// Returns the string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the duration, in which a day has 24 hours. Returns `None` if the string is not a duration in ISO 8601, or has
    /// years or months, whose lengths vary.
    #[inline]
    pub fn to_std(&self) -> Option<Duration> {
        let text = self.0.strip_prefix('P')?;
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        if date.is_empty() && time.is_none() || time.is_some_and(str::is_empty) {
            return None;
        }
        let date = sum(date, &[('W', 604_800), ('D', 86_400)])?;
        date.checked_add(sum(time.unwrap_or_default(), &[('H', 3_600), ('M', 60), ('S', 1)])?)
    }
}

/// Returns the sum of numbers with units, or `None` if the text is invalid. `units` has the seconds of each unit, in the required
/// order. Only the number of seconds may have a fraction.
#[inline]
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, rest) = text.split_at(end);
        let unit = rest.chars().next()?;
        text = &rest[unit.len_utf8()..];
        // The iterator never goes back, so a unit cannot be repeated or follow a smaller unit.
        let (_, seconds) = units.find(|(letter, _)| *letter == unit)?;
        let (integer, fraction) =
            number.split_once('.').map_or((number, None), |(integer, rest)| (integer, Some(rest)));
        let seconds = integer.parse::<u64>().ok()?.checked_mul(*seconds)?;
        let nanos = match fraction {
            None => 0,
            Some(digits) if unit == 'S' && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                format!("{digits:0<9.9}").parse().ok()?
            }
            Some(_) => return None,
        };
        total = total.checked_add(Duration::new(seconds, nanos))?;
    }
    Some(total)
}

/// Converts a duration to seconds, such as `PT600S`.
impl From<Duration> for IsoDuration {
    #[inline]
    fn from(duration: Duration) -> Self {
        let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
        let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
        Self(format!("PT{seconds}{}S", fraction.trim_end_matches('0')))
    }
}

impl From<String> for IsoDuration {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for IsoDuration {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&Self> for IsoDuration {
    fn from(duration: &Self) -> Self {
        duration.clone()
    }
}

impl From<IsoDuration> for Value {
    fn from(duration: IsoDuration) -> Self {
        Self::Text(duration.0)
    }
}

impl FromJson for IsoDuration {
    const EXPECTED: &'static str = "a string";

    fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        string(&json).map(Self::from)
    }
}

impl_deserialize!(IsoDuration);

impl Serialize for IsoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromStr for IsoDuration {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
