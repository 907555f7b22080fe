//! Numbers that keep their digits.

use std::fmt;
use std::str::FromStr;

use serde_core::{Serialize, Serializer, ser};
use serde_json::value::RawValue;

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A JSON number of any size and precision, which keeps its digits.
///
/// It is the type of integers of more than 128 bits and of decimal numbers. It is decoded from a JSON number, or from a string
/// with one, and encoded as a JSON number with the same digits. Two numbers are equal if their digits are equal: `1.50` is
/// not equal to `1.5`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigNumber(String);

impl BigNumber {
    /// Returns the digits, as in `12.50`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number as an integer, or `None` if it has a fraction, an exponent or more than 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        self.0.parse().ok()
    }

    /// Returns the nearest floating-point number.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for BigNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error for a string that is not a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON number")
    }
}

impl std::error::Error for NotANumber {}

impl FromStr for BigNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let starts_like_number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) if starts_like_number && raw.get().len() == text.len() => Ok(Self(text.to_owned())),
            _ => Err(NotANumber),
        }
    }
}

macro_rules! integers {
    ($($integer:ty),*) => { $(
        impl From<$integer> for BigNumber {
            fn from(number: $integer) -> Self {
                Self(number.to_string())
            }
        }
    )* };
}
integers!(i32, i64, i128, u32, u64, u128);

impl From<&BigNumber> for BigNumber {
    fn from(number: &BigNumber) -> Self {
        number.clone()
    }
}

impl From<BigNumber> for Value {
    fn from(number: BigNumber) -> Self {
        Self::Number(number.0)
    }
}

impl Serialize for BigNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl FromJson for BigNumber {
    const EXPECTED: &'static str = "a number";
    const NEEDS_TEXT: bool = true;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        let JsonNode::Text(json) = json else { return Err(Mismatch::default()) };
        let text = if decoding.is_lenient() { serde_json::from_str::<String>(json.get()).ok() } else { None };
        text.as_deref().unwrap_or(json.get()).trim().parse().map_err(|_| Mismatch::default())
    }
}

impl_deserialize!(BigNumber);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::BigNumber;

    #[test]
    fn numbers_keep_their_digits() {
        for (json, sent) in [
            ("340282366920938463463374607431768211456", "340282366920938463463374607431768211456"),
            ("-12.50", "-12.50"),
            ("1E+400", "1E+400"),
            ("\"0.10000000000000000000001\"", "0.10000000000000000000001"),
            ("\" 7 \"", "7"),
        ] {
            let number: BigNumber = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), sent);
        }
        assert_eq!(serde_json::from_value::<BigNumber>(json!(7)).unwrap(), BigNumber::from(7));
        assert_eq!(serde_json::to_value(BigNumber::from(7)).unwrap(), json!(7));
    }

    #[test]
    fn other_values_are_errors() {
        for json in ["null", "true", "\"seven\"", "\"\"", "\"NaN\"", "[1]", "\"1 2\"", "\"0x1f\"", "\"+1\"", "\"01\""] {
            assert!(serde_json::from_str::<BigNumber>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn numbers_convert_to_rust_numbers() {
        let number: BigNumber = "170141183460469231731687303715884105727".parse().unwrap();
        assert_eq!((number.as_i128(), number.to_f64()), (Some(i128::MAX), i128::MAX as f64));
        let fraction: BigNumber = "0.5".parse().unwrap();
        assert_eq!((fraction.as_i128(), fraction.to_f64()), (None, 0.5));
    }
}
