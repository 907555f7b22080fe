//! Chooses the type of a string or number from its format and limits.

use serde_json::Value;

use super::constraints::{maximum, minimum};
use super::merged_schema::{Kind, SchemaPart};
use crate::config::Integer;
use crate::ir::{Decimal, TypeRef};

/// Returns the type of a string or number with a format.
pub(crate) fn scalar_type(kind: Kind, format: Option<&str>) -> TypeRef {
    let format = format.unwrap_or_default();
    match (kind, format) {
        (Kind::Integer, "int32" | "int16" | "int8" | "uint8" | "uint16") => TypeRef::Int(32),
        (Kind::Integer, "uint32") => TypeRef::Unsigned(32),
        (Kind::Integer, "uint64" | "uint") => TypeRef::Unsigned(64),
        (Kind::Integer, _) => TypeRef::Int(64),
        (Kind::Number, "float") => TypeRef::Float(32),
        (Kind::Number, "decimal" | "decimal128") => TypeRef::BigNumber,
        (Kind::Number, _) => TypeRef::Float(64),
        (Kind::String, "date-time") => TypeRef::DateTime,
        (Kind::String, "date") => TypeRef::Date,
        (Kind::String, "uri" | "url" | "uri-reference" | "iri") => TypeRef::Uri,
        (Kind::String, "uuid") => TypeRef::Uuid,
        (Kind::String, "duration") => TypeRef::Duration,
        (Kind::String, "byte" | "base64") => TypeRef::Bytes,
        (Kind::String, "base64url") => TypeRef::UrlBytes,
        _ => TypeRef::String,
    }
}

/// Returns the type of an integer with the limits of all schema parts. This is the type of its format, or `default` without a
/// format, if this type can represent all allowed integers. Otherwise, it is the smallest type that can represent them. Without
/// a format, the type can also represent the default and the example.
pub(crate) fn integer_type(parts: &[SchemaPart<'_>], format: Option<&str>, default: Integer) -> TypeRef {
    let values = parts.iter().filter(|_| format.is_none()).flat_map(|part| {
        let data = &part.schema.schema_data;
        data.default.iter().chain(&data.example)
    });
    let values: Vec<i128> = values.filter_map(integer_value).collect();
    let format_type = match format {
        Some(format) => scalar_type(Kind::Integer, Some(format)),
        None => default_integer(default),
    };
    let (format_min, format_max) = integer_range(&format_type);
    let minimum = parts.iter().filter_map(|part| limit(part, LimitKind::Minimum)).max();
    let maximum = parts.iter().filter_map(|part| limit(part, LimitKind::Maximum)).min();
    let (format_min, format_max) = (Limit::Integer(format_min), Limit::Integer(format_max));
    // Without a minimum, use the minimum of the format, or the maximum if that is lower. Without a maximum, use the maximum
    // of the format, or the minimum if that is higher.
    let allowed_min = minimum.unwrap_or(format_min.min(maximum.unwrap_or(format_min)));
    let allowed_max = maximum.unwrap_or(format_max.max(minimum.unwrap_or(format_max)));
    let can_represent = |ty: &TypeRef| {
        let (type_min, type_max) = integer_range(ty);
        Limit::Integer(type_min) <= allowed_min
            && allowed_max <= Limit::Integer(type_max)
            && values.iter().all(|value| can_represent_integer(ty, *value))
    };
    let types = [format_type, TypeRef::Int(64), TypeRef::Unsigned(64), TypeRef::Int(128)];
    types.into_iter().find(can_represent).unwrap_or(TypeRef::BigNumber)
}

/// A limit of integers. The variants are in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    /// Less than all 128-bit integers.
    Below,
    Integer(i128),
    /// Greater than all 128-bit integers.
    Above,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LimitKind {
    Minimum,
    Maximum,
}

/// Returns the smallest or largest integer that a schema part allows.
fn limit(part: &SchemaPart<'_>, kind: LimitKind) -> Option<Limit> {
    let (number, is_exclusive, step_inward) = match kind {
        LimitKind::Minimum => {
            let (number, is_exclusive) = minimum(part.schema)?;
            (number, is_exclusive, 1)
        }
        LimitKind::Maximum => {
            let (number, is_exclusive) = maximum(part.schema)?;
            (number, is_exclusive, -1)
        }
    };
    Some(match integer_limit(&number) {
        Limit::Integer(limit) if is_exclusive => Limit::Integer(limit.saturating_add(step_inward)),
        limit => limit,
    })
}

/// Converts a limit to an integer. Truncates a fraction. If the limit is a limit of `i64` that JavaScript has rounded,
/// returns the exact limit of `i64`.
fn integer_limit(number: &Decimal) -> Limit {
    const ROUNDED_I64_MAX: i128 = 9_223_372_036_854_776_000;
    match (number.as_str().parse::<i128>(), number.to_f64()) {
        (Ok(ROUNDED_I64_MAX), _) => Limit::Integer(i64::MAX.into()),
        (Ok(integer), _) if integer == -ROUNDED_I64_MAX => Limit::Integer(i64::MIN.into()),
        (Ok(integer), _) => Limit::Integer(integer),
        (Err(_), float) if float <= i128::MIN as f64 => Limit::Below,
        (Err(_), float) if float >= i128::MAX as f64 => Limit::Above,
        (Err(_), float) => Limit::Integer(float as i128),
    }
}

/// Returns the integer of a default or an example.
pub(crate) fn integer_value(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// Returns whether an integer type can represent a value. Other types can.
pub(crate) fn can_represent_integer(ty: &TypeRef, value: i128) -> bool {
    let (minimum, maximum) = integer_range(ty);
    (minimum..=maximum).contains(&value)
}

/// Returns an integer type that can represent all these values: `ty`, or else a larger type.
pub(crate) fn widened_integer(ty: TypeRef, values: &[i128]) -> TypeRef {
    if !matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_)) {
        return ty;
    }
    let (minimum, _) = integer_range(&ty);
    let larger = [ty, TypeRef::Int(64), TypeRef::Unsigned(64), TypeRef::Int(128)].into_iter();
    let mut larger = larger.filter(|ty| integer_range(ty).0 <= minimum);
    larger.find(|ty| values.iter().all(|value| can_represent_integer(ty, *value))).unwrap_or(TypeRef::BigNumber)
}

/// Returns the minimum and maximum of an integer type.
fn integer_range(ty: &TypeRef) -> (i128, i128) {
    match ty {
        TypeRef::Int(bits @ ..128) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        TypeRef::Unsigned(bits @ ..127) => (0, (1 << bits) - 1),
        _ => (i128::MIN, i128::MAX),
    }
}

/// Returns the type that codegen.toml sets for integers without a format.
fn default_integer(integer: Integer) -> TypeRef {
    match integer {
        Integer::I8 => TypeRef::Int(8),
        Integer::I16 => TypeRef::Int(16),
        Integer::I32 => TypeRef::Int(32),
        Integer::I64 => TypeRef::Int(64),
        Integer::U8 => TypeRef::Unsigned(8),
        Integer::U16 => TypeRef::Unsigned(16),
        Integer::U32 => TypeRef::Unsigned(32),
        Integer::U64 => TypeRef::Unsigned(64),
    }
}

/// Returns the type for a Rust type that replaces the type of a schema. The types of the standard library that the runtime decodes
/// itself need no serde.
pub(crate) fn replacement_type(path: &str) -> TypeRef {
    match path {
        "bool" => TypeRef::Bool,
        "String" => TypeRef::String,
        "f64" => TypeRef::Float(64),
        "i8" => TypeRef::Int(8),
        "i16" => TypeRef::Int(16),
        "i32" => TypeRef::Int(32),
        "i64" => TypeRef::Int(64),
        "u8" => TypeRef::Unsigned(8),
        "u16" => TypeRef::Unsigned(16),
        "u32" => TypeRef::Unsigned(32),
        "u64" => TypeRef::Unsigned(64),
        path => TypeRef::Custom(path.to_owned()),
    }
}

/// Returns the type for a type name in `[formats]` of codegen.toml. This is one of the
/// [type names](crate::config::FORMAT_TYPES) or the path of a Rust type.
pub(crate) fn configured_type(type_name: &str) -> TypeRef {
    match type_name {
        "text" => TypeRef::String,
        "int32" => TypeRef::Int(32),
        "int64" => TypeRef::Int(64),
        "uint32" => TypeRef::Unsigned(32),
        "uint64" => TypeRef::Unsigned(64),
        "float" => TypeRef::Custom("f32".to_owned()),
        "double" => TypeRef::Float(64),
        "boolean" => TypeRef::Bool,
        "date-time" => TypeRef::DateTime,
        "date" => TypeRef::Date,
        "uri" => TypeRef::Uri,
        "uuid" => TypeRef::Uuid,
        "duration" => TypeRef::Duration,
        "bytes" => TypeRef::Bytes,
        "any" => TypeRef::Json,
        path => TypeRef::Custom(path.to_owned()),
    }
}

/// Returns whether a format is known. A known format does not always determine a type.
pub(crate) fn is_known(format: &str) -> bool {
    KNOWN_FORMATS.contains(&format)
}

/// The formats of OpenAPI and its format registry, and other common formats.
const KNOWN_FORMATS: &[&str] = &[
    "",
    "base64",
    "base64url",
    "binary",
    "byte",
    "char",
    "color",
    "commonmark",
    "currency",
    "date",
    "date-time",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "json",
    "media-range",
    "multiline",
    "password",
    "phone",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "string",
    "text",
    "time",
    "time-local",
    "timestamp",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unix-time",
    "uri",
    "uri-reference",
    "uri-template",
    "url",
    "uuid",
];
