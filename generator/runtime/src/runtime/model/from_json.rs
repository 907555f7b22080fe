//! Decodes JSON values.
//!
//! A type that implements serde's `Deserialize` is compiled again for each deserializer, together with a visitor.
//! [`FromJson`] has no type parameters, so each type is compiled only once. A single function reads the objects of all
//! models.

use serde_json::Number;
use serde_json::value::RawValue;

use crate::runtime::Mismatch;
use crate::runtime::response::mismatch::{Found, JsonPathStep};

/// A type that is decoded from JSON.
pub trait FromJson: Sized {
    /// The description of the expected values in errors, such as `a string`.
    const EXPECTED: &'static str;

    /// Whether the type is decoded from the JSON text of the value.
    const NEEDS_TEXT: bool = false;

    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not match the type.
    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch>;

    /// Returns the value that stands for a missing property, or `None` if the property is required.
    fn from_missing() -> Option<Self> {
        None
    }
}

/// A JSON value. The items of an array and the properties of an object are read on demand.
pub enum JsonNode<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer that is not negative.
    Unsigned(u64),
    /// A negative integer.
    Signed(i64),
    /// A number with a fraction or an exponent, or an integer of more than 64 bits.
    Float(f64),
    /// A string.
    String(&'a str),
    /// An array.
    Array(&'a mut dyn Items),
    /// An object.
    Object(&'a mut dyn Object),
    /// The JSON text of any value, for types with [`FromJson::NEEDS_TEXT`].
    Text(&'a RawValue),
}

impl From<&Number> for JsonNode<'_> {
    fn from(number: &Number) -> Self {
        match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Self::Unsigned(number),
            (None, Some(number)) => Self::Signed(number),
            (None, None) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

impl JsonNode<'_> {
    /// Returns whether the value is `null`.
    pub(crate) fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.get() == "null",
            _ => false,
        }
    }

    /// Returns whether the value is an empty string.
    #[cfg(feature = "webhooks")]
    fn is_empty_string(&self) -> bool {
        match self {
            Self::String(text) => text.is_empty(),
            Self::Text(text) => text.get() == "\"\"",
            _ => false,
        }
    }

    /// Returns the description of the value for errors.
    pub(crate) fn found(&self) -> Found {
        /// This is 2^63. A larger number without a fraction is an integer that 64 bits cannot hold.
        const MAX_INTEGER: f64 = 9_223_372_036_854_775_808.0;
        let kind = match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Float(number) if number.fract() != 0.0 || number.abs() < MAX_INTEGER => "a floating-point number",
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => "an integer",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Text(json) => return Found::in_text(json.get()),
        };
        let is_negative = matches!(self, Self::Signed(_)) || matches!(self, Self::Float(number) if *number < 0.0);
        Found { kind, is_negative }
    }
}

/// The items of an array.
pub trait Items {
    /// Decodes the next item into `slot`. Returns `false` at the end of the array.
    ///
    /// # Errors
    ///
    /// Returns an error if the item does not match the type of the slot.
    fn next(&mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<bool, Mismatch>;
}

/// The properties of an object.
pub trait Object {
    /// Passes the name of the next property to `visit`. Returns `false` at the end of the object.
    ///
    /// # Errors
    ///
    /// Returns an error if the name is not a valid string.
    fn next_name(&mut self, visit: &mut dyn FnMut(&str)) -> Result<bool, Mismatch>;

    /// Decodes the value of the property into `slot`. If `null_is_none` is set, `null` leaves the slot empty.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not match the type of the slot.
    fn value(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch>;

    /// Skips the value of the property.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not JSON.
    fn skip_value(&mut self) -> Result<(), Mismatch>;
}

/// A variable for a decoded value. Before the decoding, the variable is `None`.
pub trait Slot {
    /// Returns [`FromJson::EXPECTED`] of the type.
    fn expected(&self) -> &'static str;

    /// Returns [`FromJson::NEEDS_TEXT`] of the type.
    fn needs_text(&self) -> bool;

    /// Decodes a value into the slot.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not match the type.
    fn decode(&mut self, json: JsonNode<'_>, decoding: &mut Decoding) -> Result<(), Mismatch>;
}

impl<T: FromJson> Slot for Option<T> {
    fn expected(&self) -> &'static str {
        T::EXPECTED
    }

    fn needs_text(&self) -> bool {
        T::NEEDS_TEXT
    }

    fn decode(&mut self, json: JsonNode<'_>, decoding: &mut Decoding) -> Result<(), Mismatch> {
        *self = Some(T::from_json(json, decoding)?);
        Ok(())
    }
}

/// The state of a decoding.
#[derive(Default)]
pub struct Decoding {
    /// Whether a value must match the schema exactly.
    is_strict: bool,
    /// How the alternative of the enclosing union is decoded.
    pub(crate) reading: Option<Reading>,
    /// Whether the values are the fields of a form, which are strings.
    #[cfg(feature = "webhooks")]
    pub(crate) is_form: bool,
    /// Whether the alternative of the enclosing union is only probed, and its value is dropped.
    #[cfg(feature = "unions")]
    pub(crate) is_probing: bool,
    /// The number of enum values and alternatives so far that the document does not describe, and of times that were read as dates.
    ///
    /// Enums accept unknown values, so several alternatives of a union may match a value. The alternative with the fewest unknown
    /// values is the best match.
    pub(crate) unknown_values: usize,
}

/// How closely a value must match the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Exactly.
    Strict,
    /// Numbers may be strings, and times may lack a zone.
    Lenient,
}

impl Decoding {
    /// Creates the state for a whole value.
    pub fn new(reading: Reading) -> Self {
        Self { is_strict: reading == Reading::Strict, ..Self::default() }
    }

    /// Creates the state to probe a value in an alternative of a union.
    #[cfg(feature = "unions")]
    pub(crate) fn for_probe(&self, reading: Reading) -> Self {
        Self {
            is_strict: self.is_strict,
            reading: Some(reading),
            #[cfg(feature = "webhooks")]
            is_form: self.is_form,
            is_probing: true,
            unknown_values: 0,
        }
    }

    /// Creates the state for the fields of a form.
    #[cfg(feature = "webhooks")]
    pub(crate) fn for_form() -> Self {
        Self { is_form: true, ..Self::default() }
    }

    /// Returns the JSON in a field of a form, and the state to decode it. Returns `None` if the field is not a JSON object, array,
    /// number or boolean.
    #[cfg(feature = "unions")]
    #[cfg(feature = "webhooks")]
    pub(crate) fn json_in_field(&self, field: &RawValue) -> Option<(Box<RawValue>, Self)> {
        if !self.is_form || !field.get().starts_with('"') {
            return None;
        }
        let text: String = serde_json::from_str(field.get()).ok()?;
        let json = RawValue::from_string(text).ok()?;
        let is_text = json.get().starts_with('"') || json.get() == "null";
        let decoding = Self { is_form: false, unknown_values: 0, ..*self };
        (!is_text).then_some((json, decoding))
    }

    /// Returns whether numbers may be strings, and times may lack a zone.
    pub fn is_lenient(&self) -> bool {
        !self.is_strict && self.reading != Some(Reading::Strict)
    }

    /// Returns whether an optional value is absent: `null`, or an empty field of a form.
    pub(crate) fn is_absent(&self, json: &JsonNode<'_>) -> bool {
        #[cfg(feature = "webhooks")]
        if self.is_form && json.is_empty_string() {
            return true;
        }
        json.is_null()
    }

    /// Counts a value if it is unknown.
    pub fn note_unknown(&mut self, is_unknown: bool) {
        self.unknown_values += usize::from(is_unknown);
    }
}

/// A declared property of an object.
pub struct Property<'a> {
    /// The name of the property.
    pub name: &'static str,
    /// The slot for the value.
    pub slot: &'a mut dyn Slot,
    /// Whether `null` leaves the slot empty. Otherwise, the type of the slot decodes `null`.
    pub null_is_none: bool,
    /// Whether the object has the property.
    pub is_present: bool,
}

/// Decodes the properties of an object. Properties that are not declared are added to `others`, or skipped.
///
/// # Errors
///
/// Returns an error if the value is not an object, a declared property is repeated, or a value does not match its type.
pub fn read_object(
    json: JsonNode<'_>,
    properties: &mut [Property<'_>],
    mut others: Option<&mut dyn OtherProperties>,
    decoding: &mut Decoding,
) -> Result<(), Mismatch> {
    let JsonNode::Object(object) = json else { return Err(Mismatch::default()) };
    // Most objects have their properties in the declared order, so the search begins after the previous property.
    let mut next_index = 0;
    loop {
        let (mut index, mut other) = (None, None);
        let has_property = object.next_name(&mut |name| {
            let (before, after) = properties.split_at(next_index);
            let matches = |declared: &Property<'_>| declared.name == name;
            let after = after.iter().position(matches).map(|position| position + next_index);
            index = after.or_else(|| before.iter().position(matches));
            if index.is_none() && others.is_some() {
                other = Some(name.to_owned());
            }
        })?;
        if !has_property {
            return Ok(());
        }
        let declared = index.and_then(|index| properties.get_mut(index));
        match (declared, &mut others, other) {
            (Some(Property { name, slot, null_is_none, is_present }), ..) => {
                if std::mem::replace(is_present, true) {
                    return Err(Mismatch::repeated(name));
                }
                let value = object.value(&mut **slot, *null_is_none, decoding);
                value.map_err(|error| error.below(JsonPathStep::Name(name)))?;
                next_index = index.map_or(0, |index| index + 1);
            }
            (None, Some(others), Some(name)) => {
                let below = |error: Mismatch| error.below(JsonPathStep::Other);
                others.insert(name, object, decoding).map_err(below)?;
            }
            _ => object.skip_value()?,
        }
    }
}

/// The additional properties of an object.
pub trait OtherProperties {
    /// Decodes the value of a property, and adds it.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not match its type.
    fn insert(&mut self, name: String, object: &mut dyn Object, decoding: &mut Decoding) -> Result<(), Mismatch>;
}

/// Implements the traits of a map.
macro_rules! impl_map {
    ($map:ty) => {
        impl<T: FromJson> OtherProperties for $map {
            fn insert(
                &mut self,
                name: String,
                object: &mut dyn Object,
                decoding: &mut Decoding,
            ) -> Result<(), Mismatch> {
                let mut value: Option<T> = None;
                object.value(&mut value, false, decoding)?;
                if let Some(value) = value {
                    self.insert(name, value);
                }
                Ok(())
            }
        }

        impl<T: FromJson> FromJson for $map {
            const EXPECTED: &'static str = "a map";

            fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
                let mut values = Self::new();
                read_object(json, &mut [], Some(&mut values), decoding)?;
                Ok(values)
            }
        }
    };
}

impl_map!(std::collections::BTreeMap<String, T>);
#[cfg(feature = "hash-maps")]
impl_map!(std::collections::HashMap<String, T>);
#[cfg(feature = "index-maps")]
impl_map!(indexmap::IndexMap<String, T>);

/// Returns the value of a property from its slot, or `None` if the property is required and missing.
pub fn property<T: FromJson>(slot: Option<T>) -> Option<T> {
    match slot {
        Some(value) => Some(value),
        None => T::from_missing(),
    }
}

impl<T: FromJson> FromJson for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const NEEDS_TEXT: bool = T::NEEDS_TEXT;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        if decoding.is_absent(&json) { Ok(None) } else { T::from_json(json, decoding).map(Some) }
    }

    fn from_missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    const EXPECTED: &'static str = "a sequence";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        let JsonNode::Array(items) = json else { return Err(Mismatch::default()) };
        let mut values = Self::new();
        loop {
            let mut item: Option<T> = None;
            if !items.next(&mut item, decoding)? {
                return Ok(values);
            }
            if let Some(item) = item {
                values.push(item);
            }
        }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const NEEDS_TEXT: bool = T::NEEDS_TEXT;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        T::from_json(json, decoding).map(Self::new)
    }
}

#[cfg(feature = "arcs")]
impl<T: FromJson> FromJson for std::sync::Arc<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const NEEDS_TEXT: bool = T::NEEDS_TEXT;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        T::from_json(json, decoding).map(Self::new)
    }
}
