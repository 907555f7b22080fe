//! Exact comparison of numbers in decimal notation, without the rounding of floating-point numbers.

use std::cmp::Ordering;

/// A decimal number: `0.digits × 10^exponent`. `digits` has no zeros at its ends, and is empty for zero.
#[derive(PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

/// Parses a number in the notation of JSON. Returns `None` for any other string, and for an exponent of more than 64 bits.
fn parse(number: &str) -> Option<Decimal> {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    let leading_zeros = digits.len() - significant.len();
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() {
        return Some(Decimal { is_negative: false, digits: String::new(), exponent: 0 });
    }
    let point = i64::try_from(integer.len()).ok()?.checked_sub(i64::try_from(leading_zeros).ok()?)?;
    let exponent = exponent.parse::<i64>().ok()?.checked_add(point)?;
    Some(Decimal { is_negative, digits: significant.to_owned(), exponent })
}

/// Compares two numbers in the notation of JSON, such as `1`, `1.0` and `10e-1`. Returns `None` if a string is not a number.
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    // Most numbers are small integers, which can be compared without allocation.
    if let (Ok(left), Ok(right)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return Some(left.cmp(&right));
    }
    let (Some(left_decimal), Some(right_decimal)) = (parse(left), parse(right)) else {
        let finite = |number: &str| number.parse::<f64>().ok().filter(|number| number.is_finite());
        return finite(left)?.partial_cmp(&finite(right)?);
    };
    let sign = |decimal: &Decimal| if decimal.digits.is_empty() { 0 } else { 1 - 2 * i8::from(decimal.is_negative) };
    let by_size = || {
        let size = left_decimal.exponent.cmp(&right_decimal.exponent);
        let size = size.then_with(|| left_decimal.digits.cmp(&right_decimal.digits));
        if left_decimal.is_negative { size.reverse() } else { size }
    };
    Some(sign(&left_decimal).cmp(&sign(&right_decimal)).then_with(by_size))
}

/// Returns whether `number` is a multiple of `divisor`.
///
/// Integers of up to 128 bits are exact. For other numbers, the quotient may differ from an integer by a rounding error.
/// Decimal fractions have no exact binary form, so 0.07 / 0.01 is a little more than 7.
pub fn is_multiple(number: &str, divisor: &str) -> bool {
    if let (Some(number), Some(divisor)) = (integer(number), integer(divisor)) {
        return number.checked_rem(divisor) == Some(0);
    }
    let (Ok(number), Ok(divisor)) = (number.parse::<f64>(), divisor.parse::<f64>()) else { return true };
    let quotient = number / divisor;
    (quotient - quotient.round()).abs() <= quotient.abs().max(1.0) * 4.0 * f64::EPSILON
}

/// Returns the value of an integer, which may be written as `1.0` or `1e3`.
fn integer(number: &str) -> Option<i128> {
    let Decimal { is_negative, digits, exponent } = parse(number)?;
    let zeros = u32::try_from(exponent.checked_sub(i64::try_from(digits.len()).ok()?)?).ok()?;
    // The negative integers include -2^127.
    let mut negative: i128 = 0;
    for digit in digits.bytes() {
        negative = negative.checked_mul(10)?.checked_sub((digit - b'0').into())?;
    }
    negative = negative.checked_mul(10_i128.checked_pow(zeros)?)?;
    if is_negative { Some(negative) } else { negative.checked_neg() }
}
