//! The arguments of a call by their wire names, and the macros of the generated functions that call operations by their
//! ID.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;
use twilio_conversations::{Error, Response};

/// The arguments of a call, by their location and wire name.
#[derive(Debug, Default)]
pub struct Args {
    values: BTreeMap<(&'static str, String), Vec<String>>,
}

/// The error of a call.
#[derive(Debug)]
pub enum Failure {
    /// The crate does not have the operation, or the operation does not have the parameter.
    Unknown(String),
    /// A required argument is missing.
    Missing(String),
    /// An argument does not have the type of its parameter.
    Invalid(String),
    /// The call failed.
    Client(Error),
}

impl Args {
    /// Adds the arguments for a location from JSON. An argument is a string, a number, a boolean or an array. `null`
    /// means no value.
    pub fn add(&mut self, location: &'static str, values: &Value) {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (name, value) in values.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            let values = match value {
                Value::Array(items) => items.iter().map(text).collect(),
                value => vec![text(value)],
            };
            self.values.insert((location, name.clone()), values);
        }
    }

    /// Removes and returns all values of an argument.
    pub fn all<T: FromStr<Err: fmt::Display>>(
        &mut self,
        location: &'static str,
        name: &str,
    ) -> Result<Option<Vec<T>>, Failure> {
        let Some(values) = self.values.remove(&(location, name.to_owned())) else { return Ok(None) };
        let parse =
            |value: String| value.parse().map_err(|error| Failure::Invalid(format!("{name}: {value:?}: {error}")));
        values.into_iter().map(parse).collect::<Result<_, _>>().map(Some)
    }

    /// Removes and returns the only value of an argument.
    pub fn one<T: FromStr<Err: fmt::Display>>(
        &mut self,
        location: &'static str,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        match self.all(location, name)?.map(|mut values| (values.pop(), values.is_empty())) {
            None => Ok(None),
            Some((value, true)) => Ok(value),
            Some((_, false)) => Err(Failure::Unknown(format!("{name} is not a list"))),
        }
    }

    /// Removes and returns the value of a path parameter.
    pub fn path<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Result<T, Failure> {
        required(self.one("path", name)?, name)
    }

    /// Returns an error if an argument has not been removed.
    pub fn finish(&self) -> Result<(), Failure> {
        match self.values.keys().next() {
            None => Ok(()),
            Some((location, name)) => Err(Failure::Unknown(format!("{location} {name}"))),
        }
    }
}

/// Returns a required argument.
pub fn required<T>(value: Option<T>, name: &str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::Missing(name.to_owned()))
}

/// Returns the response of a call as JSON. The result is `null` if the response has no body.
pub fn response_as_json<T: Serialize>(result: Result<Response<T>, Error>) -> Result<Value, Failure> {
    let response = result.map_err(Failure::Client)?;
    serde_json::to_value(response.into_inner()).map_err(|error| Failure::Unknown(error.to_string()))
}

/// Declares the function that calls an operation by its ID:
/// `dispatch!(call(client, args) { "ListPet" => function(handle) });`.
/// The expression for a handle may use the variables `client` and `args`.
macro_rules! dispatch {
    ($call:ident($client:ident, $args:ident) { $($id:literal => $function:ident($handle:expr)),* $(,)? }) => {
        /// Calls an operation and returns its response as JSON.
        pub async fn $call(
            $client: &twilio_conversations::Client,
            id: &str,
            $args: &mut super::args::Args,
        ) -> Result<serde_json::Value, super::args::Failure> {
            match id {
                $($id => $function($handle, $args).await,)*
                _ => Err(super::args::Failure::Unknown(id.to_owned())),
            }
        }
    };
}

/// Declares the function that calls an operation with the method of a handle:
/// `operation!(function(Pets) => create(one::<String>("form", "Name")) { setter(one::<i64>("form", "Age")) });`.
///
/// The arguments in parentheses are required. The arguments in braces are optional. Each optional argument is in the
/// parentheses after its setter.
macro_rules! operation {
    (
        $function:ident($handle:ty) => $method:ident($($read:ident::<$ty:ty>($location:literal, $name:literal)),*) {
            $($setter:ident($read_optional:ident::<$optional_ty:ty>($optional_location:literal, $optional_name:literal))),*
            $(,)?
        }
    ) => {
        async fn $function(
            handle: $handle,
            args: &mut super::args::Args,
        ) -> Result<serde_json::Value, super::args::Failure> {
            let request =
                handle.$method($(super::args::required(args.$read::<$ty>($location, $name)?, $name)?),*);
            $(let request = match args.$read_optional::<$optional_ty>($optional_location, $optional_name)? {
                Some(value) => request.$setter(value),
                None => request,
            };)*
            args.finish()?;
            super::args::response_as_json(request.send().await)
        }
    };
}

pub(crate) use {dispatch, operation};
