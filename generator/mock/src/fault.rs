//! Injected faults: parses faults, and finds the fault that affects a request.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
use crate::model::Model;
use crate::rng::Rng;

/// A fault of a response, and the requests that it affects.
///
/// A fault is written as keywords and `key=value` pairs, separated by semicolons:
///
/// | setting | effect |
/// |---|---|
/// | `status=503` | the request is not executed; the response has this status, from 400 to 599 |
/// | `retry-after=1` | the response has `Retry-After` with this number of seconds |
/// | `latency=200` | the response is delayed by this number of milliseconds, at most 600 000 |
/// | `drip=10` | each byte of the body, or each item of a stream, is sent after this number of milliseconds, at most 60 000 |
/// | `truncate` | the connection ends in the middle of the body |
/// | `stall` | a stream sends nothing after its first half, and the connection stays open |
/// | `reorder` | the items of a stream are sent in the reverse order |
/// | `reset` | the connection is reset without a response, although the request was executed |
/// | `malformed` | the body is not valid JSON; a stream has an additional item that is not valid JSON in its middle |
/// | `error-item` | a stream has an additional item in its middle that reports an error, as `[streams]` of codegen.toml describes |
/// | `unknown-enum` | enums have undocumented values |
/// | `extra-field` | objects have an undocumented property |
/// | `operation=ListService` | only for this operation |
/// | `times=3` | only this number of times; without `times`, always |
/// | `probability=0.5` | only with this probability; the random numbers depend on the seed of the mock |
///
/// ```
/// let fault: bindery_mock::Fault = "status=503; retry-after=1; times=3".parse().unwrap();
/// assert_eq!((fault.status, fault.times), (Some(503), Some(3)));
/// assert!("stauts=503".parse::<bindery_mock::Fault>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// The ID of the only operation that the fault affects. `None` means all operations.
    pub operation: Option<String>,
    /// The remaining number of occurrences. `None` means no limit.
    pub times: Option<u32>,
    /// The probability of the fault, from 0 to 1.
    pub probability: Option<f64>,
    /// The status of the response. The request is not executed.
    pub status: Option<u16>,
    /// The number of seconds in the header `Retry-After`.
    pub retry_after: Option<u32>,
    /// The delay of the response.
    pub latency: Duration,
    /// The time between two bytes of the body, or between two items of a stream.
    pub drip: Option<Duration>,
    /// The damage to the body.
    pub damage: Option<Damage>,
}

/// The damage to the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The body ends in the middle, and the connection is closed.
    Truncate,
    /// A stream sends nothing after its first half. Only a stream has this damage.
    Stall,
    /// The items of a stream are sent in the reverse order. Only a stream has this damage.
    Reorder,
    /// There is no response. The connection is reset.
    Reset,
    /// The body is not valid JSON. A stream has an additional item that is not valid JSON in its middle.
    Malformed,
    /// A stream has an additional item in its middle that reports an error. Only a stream has this damage.
    ErrorItem,
    /// Enums have undocumented values.
    UnknownEnum,
    /// Objects have an undocumented property.
    ExtraField,
}

impl Damage {
    const ALL: [Self; 8] = [
        Self::Truncate,
        Self::Stall,
        Self::Reorder,
        Self::Reset,
        Self::Malformed,
        Self::ErrorItem,
        Self::UnknownEnum,
        Self::ExtraField,
    ];

    /// Returns the keyword for the damage in the string of a fault.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Truncate => "truncate",
            Self::Stall => "stall",
            Self::Reorder => "reorder",
            Self::Reset => "reset",
            Self::Malformed => "malformed",
            Self::ErrorItem => "error-item",
            Self::UnknownEnum => "unknown-enum",
            Self::ExtraField => "extra-field",
        }
    }
}

/// The error with which an injected fault closes the connection before the end of a response.
#[derive(Debug)]
pub(crate) struct InjectedFault;

impl std::fmt::Display for InjectedFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed because of an injected fault")
    }
}

impl std::error::Error for InjectedFault {}

impl From<Infallible> for InjectedFault {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut fault = Self::default();
        let mut used_purposes = Vec::new();
        for setting in text.split(';').map(str::trim).filter(|setting| !setting.is_empty()) {
            let (key, value) = setting.split_once('=').map_or((setting, ""), |(key, value)| (key.trim(), value.trim()));
            let damage = Damage::ALL.iter().find(|damage| damage.as_str() == setting);
            let purpose = if damage.is_some() { "damage" } else { key };
            if used_purposes.contains(&purpose) {
                return Err(Error::Fault(format!(
                    "`{setting}` conflicts with an earlier setting: write a separate fault for each of the two"
                )));
            }
            used_purposes.push(purpose);
            match key {
                "operation" if !value.is_empty() => fault.operation = Some(value.to_owned()),
                "times" => fault.times = Some(number(key, value, 0, u32::MAX)?),
                "probability" => {
                    let probability = value.parse().ok().filter(|probability| (0.0..=1.0).contains(probability));
                    fault.probability =
                        Some(probability.ok_or_else(|| invalid("probability", "a number from 0 to 1"))?);
                }
                "status" => fault.status = u16::try_from(number(key, value, 400, 599)?).ok(),
                "retry-after" => fault.retry_after = Some(number(key, value, 0, u32::MAX)?),
                "latency" => fault.latency = Duration::from_millis(number(key, value, 0, 600_000)?.into()),
                "drip" => fault.drip = Some(Duration::from_millis(number(key, value, 0, 60_000)?.into())),
                _ if damage.is_some() => fault.damage = damage.copied(),
                _ => {
                    let damages = Damage::ALL.map(Damage::as_str).join(", ");
                    return Err(Error::Fault(format!(
                        "`{setting}` is not a setting of a fault: the settings are operation, times, probability, status, \
                         retry-after, latency, drip, {damages}"
                    )));
                }
            }
        }
        Ok(fault)
    }
}

impl fmt::Display for Fault {
    /// Writes the string that [`Fault::from_str`] parses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = (!self.latency.is_zero()).then_some(self.latency);
        let settings = [
            self.operation.as_ref().map(|operation| format!("operation={operation}")),
            self.status.map(|status| format!("status={status}")),
            self.retry_after.map(|seconds| format!("retry-after={seconds}")),
            latency.map(|latency| format!("latency={}", latency.as_millis())),
            self.drip.map(|pause| format!("drip={}", pause.as_millis())),
            self.damage.map(|damage| damage.as_str().to_owned()),
            self.times.map(|times| format!("times={times}")),
            self.probability.map(|probability| format!("probability={probability}")),
        ];
        f.write_str(&settings.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }
}

fn number(key: &str, value: &str, min: u32, max: u32) -> Result<u32, Error> {
    let number = value.parse().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| invalid(key, &format!("an integer from {min} to {max}")))
}

fn invalid(key: &str, expected: &str) -> Error {
    Error::Fault(format!("`{key}` must be {expected}"))
}

impl Fault {
    /// Returns an error if the API does not have the operation of the fault, or no streams with items that report an error.
    pub(crate) fn check(&self, model: &Model) -> Result<(), Error> {
        let streams = &model.config.streams;
        let has_error_items = streams.error_event().is_some() || streams.error_property_name().is_some();
        if self.damage == Some(Damage::ErrorItem) && !has_error_items {
            return Err(Error::Fault(
                "`error-item`: the document describes the errors in streams as values".to_owned(),
            ));
        }
        let Some(operation) = &self.operation else { return Ok(()) };
        let is_known = model.api.operations.iter().any(|(_, candidate)| candidate.id == *operation);
        is_known.then_some(()).ok_or_else(|| Error::Fault(format!("the document has no operation `{operation}`")))
    }
}

/// Returns the first fault that affects a request. Removes the fault after its last occurrence.
pub(crate) fn next(faults: &mut Vec<Fault>, operation: Option<&str>, rng: &mut Rng) -> Option<Fault> {
    let index = faults.iter().position(|fault| {
        fault.times != Some(0)
            && fault.operation.as_deref().is_none_or(|id| Some(id) == operation)
            && fault.probability.is_none_or(|probability| rng.chance(probability))
    })?;
    let fault = faults.get_mut(index)?;
    let occurrence = fault.clone();
    fault.times = fault.times.map(|times| times - 1);
    faults.retain(|fault| fault.times != Some(0));
    Some(occurrence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicting_and_invalid_settings_are_errors() {
        for text in ["status=503; status=500", "reset; malformed", "truncate=5", "reset=", "times=1; times=1", "status"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_text_of_a_fault_survives_a_round_trip() {
        for text in [
            "operation=ListService; status=503; retry-after=1; times=3",
            "latency=200; drip=10; truncate; probability=0.5",
            "reset",
            "malformed",
            "error-item",
            "unknown-enum",
            "extra-field; times=0",
            "",
        ] {
            assert_eq!(text.parse::<Fault>().map(|fault| fault.to_string()).ok().as_deref(), Some(text));
        }
    }
}
