//! Numbers of a document with all their digits.

use std::cmp::Ordering;
use std::fmt;

/// A number in decimal notation, with the digits of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// Creates a number from its digits in JSON notation.
    pub fn new(digits: impl Into<String>) -> Self {
        Self(digits.into())
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the nearest floating-point number.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Compares two numbers. Decimal digits are compared, because floating-point numbers round large integers.
    pub fn compare(&self, other: &Self) -> Ordering {
        match self.integers(other) {
            Some((number, other)) => number.cmp(&other),
            None => self.to_f64().total_cmp(&other.to_f64()),
        }
    }

    /// Returns whether the number is a multiple of a step. Decimal digits are compared, because 0.3 / 0.1 is less than 3 in
    /// floating-point numbers.
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        let remainder = self.integers(step).and_then(|(number, step)| number.checked_rem(step));
        remainder.map_or_else(|| (self.to_f64() / step.to_f64()).fract() == 0.0, |remainder| remainder == 0)
    }

    /// Returns two numbers, multiplied by the same power of ten so that they are integers. Returns `None` if they are too large.
    fn integers(&self, other: &Self) -> Option<(i128, i128)> {
        let ((number, exponent), (other, other_exponent)) = (self.scaled()?, other.scaled()?);
        let common = exponent.min(other_exponent);
        let scale = |digits: i128, exponent: i32| {
            let power = u32::try_from(exponent.checked_sub(common)?).ok()?;
            digits.checked_mul(10_i128.checked_pow(power)?)
        };
        Some((scale(number, exponent)?, scale(other, other_exponent)?))
    }

    /// Returns an integer and the power of ten by which it is multiplied. Returns `None` if they are too large.
    fn scaled(&self) -> Option<(i128, i32)> {
        let (digits, exponent) = self.0.split_once(['e', 'E']).unwrap_or((&self.0, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        Some((format!("{whole}{fraction}").parse().ok()?, exponent))
    }
}

impl From<f64> for Decimal {
    fn from(number: f64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Decimal;

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for (number, other, expected) in [
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("0.3", "3e-1", Ordering::Equal),
            ("-1.5", "1", Ordering::Less),
            ("1e300", "1e299", Ordering::Greater),
        ] {
            assert_eq!(Decimal::new(number).compare(&Decimal::new(other)), expected, "{number} {other}");
        }
        assert!(Decimal::new("0.3").is_multiple_of(&Decimal::new("0.1")));
        assert!(!Decimal::new("0.3").is_multiple_of(&Decimal::new("0.2")));
    }
}
