//! Decodes strings, booleans, numbers, dates and times.

use serde_json::value::RawValue;

use super::rfc3339::{PointInTime, parse_date, parse_date_time};
use crate::runtime::response::lenient;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch};

impl FromJson for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        match json {
            JsonNode::Boolean(value) => Ok(value),
            _ => Err(Mismatch::default()),
        }
    }
}

impl FromJson for String {
    const EXPECTED: &'static str = "a string";

    fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        string(&json).map(str::to_owned)
    }
}

/// Returns a string.
///
/// # Errors
///
/// Returns an error if the value is not a string.
pub fn string<'a>(json: &JsonNode<'a>) -> Result<&'a str, Mismatch> {
    match json {
        JsonNode::String(text) => Ok(text),
        _ => Err(Mismatch::default()),
    }
}

/// Decodes a date and time.
#[allow(dead_code, reason = "an API without dates and times does not use it")]
pub(crate) fn read_date_time<T: PointInTime>(json: &JsonNode<'_>, decoding: &Decoding) -> Result<T, Mismatch> {
    let text = string(json)?;
    let time = parse_date_time(text);
    let lenient_time = || parse_date_time(&lenient::date_time(text)?);
    let time = if decoding.is_lenient() { time.or_else(lenient_time) } else { time };
    time.and_then(|(seconds, nanoseconds)| T::from_unix_time(seconds, nanoseconds)).ok_or_else(Mismatch::rejected)
}

/// Decodes a date. `from_ymd` creates it from the year, the month and the day.
#[allow(dead_code, reason = "an API without dates and times does not use it")]
pub(crate) fn read_date<T>(
    json: &JsonNode<'_>,
    decoding: &mut Decoding,
    from_ymd: fn(i32, u8, u8) -> Option<T>,
) -> Result<T, Mismatch> {
    let text = string(json)?;
    let date_of_time = if decoding.is_lenient() { lenient::date(text) } else { None };
    // An alternative that keeps the time is a better match.
    decoding.note_unknown(date_of_time.is_some());
    parse_date(date_of_time.unwrap_or(text))
        .and_then(|(year, month, day)| from_ymd(year, month, day))
        .ok_or_else(Mismatch::rejected)
}

macro_rules! integers {
    ($($ty:ident),*) => { $(
        impl FromJson for $ty {
            const EXPECTED: &'static str = stringify!($ty);

            #[inline]
            fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
                Self::try_from(integer(&json, decoding)?).map_err(|_| Mismatch::rejected())
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64);

fn integer(json: &JsonNode<'_>, decoding: &Decoding) -> Result<i128, Mismatch> {
    let lenient_number = if decoding.is_lenient() { lenient::integer(json) } else { None };
    let json = lenient_number.as_ref().unwrap_or(json);
    match json {
        JsonNode::Unsigned(number) => Ok((*number).into()),
        JsonNode::Signed(number) => Ok((*number).into()),
        _ => Err(Mismatch::default()),
    }
}

macro_rules! large_integers {
    ($($ty:ident),*) => { $(
        /// The value is read from its text, because serde_json reads integers of more than 64 bits as floating-point numbers.
        impl FromJson for $ty {
            const EXPECTED: &'static str = stringify!($ty);
            const NEEDS_TEXT: bool = true;

            #[inline]
            fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
                let JsonNode::Text(json) = json else { return Err(Mismatch::default()) };
                let text = json.get();
                let text = if decoding.is_lenient() { text.trim_matches('"').trim() } else { text };
                match text.parse() {
                    Ok(number) => Ok(number),
                    Err(_) => Self::try_from(integer_in(json, decoding)?).map_err(|_| Mismatch::rejected()),
                }
            }
        }
    )* };
}
large_integers!(i128, u128);

/// Decodes an integer from JSON text.
#[inline]
fn integer_in(json: &RawValue, decoding: &Decoding) -> Result<i128, Mismatch> {
    let value = json.get().parse().map_err(|_| Mismatch::rejected())?;
    match &value {
        serde_json::Value::String(text) => integer(&JsonNode::String(text), decoding),
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(float) => integer(&JsonNode::Float(float), decoding),
            None => Err(Mismatch::rejected()),
        },
        _ => Err(Mismatch::default()),
    }
}

macro_rules! floats {
    ($($ty:ident),*) => { $(
        impl FromJson for $ty {
            const EXPECTED: &'static str = stringify!($ty);

            #[inline]
            fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
                let number = float(&json, decoding)? as Self;
                if number.is_finite() { Ok(number) } else { Err(Mismatch::rejected()) }
            }
        }
    )* };
}
floats!(f32, f64);

#[inline]
fn float(json: &JsonNode<'_>, decoding: &Decoding) -> Result<f64, Mismatch> {
    let lenient_number = if decoding.is_lenient() { lenient::number(json) } else { None };
    let json = lenient_number.as_ref().unwrap_or(json);
    match json {
        JsonNode::Unsigned(number) => Ok(*number as f64),
        JsonNode::Signed(number) => Ok(*number as f64),
        JsonNode::Float(number) => Ok(*number),
        _ => Err(Mismatch::default()),
    }
}
