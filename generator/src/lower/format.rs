//! Formats: what a scalar is more exactly.

use super::view::Kind;
use crate::ir::TypeRef;

/// The type of a scalar of a format.
pub(super) fn scalar(kind: Kind, format: Option<&str>) -> TypeRef {
    let format = format.unwrap_or_default();
    match (kind, format) {
        (Kind::Integer, "int32" | "int16" | "int8" | "uint8" | "uint16") => TypeRef::Int(32),
        (Kind::Integer, "uint32") => TypeRef::Unsigned(32),
        (Kind::Integer, "uint64" | "uint") => TypeRef::Unsigned(64),
        (Kind::Integer, _) => TypeRef::Int(64),
        (Kind::Number, "float") => TypeRef::Float(32),
        (Kind::Number, _) => TypeRef::Float(64),
        (Kind::Text, "date-time") => TypeRef::DateTime,
        (Kind::Text, "date") => TypeRef::Date,
        (Kind::Text, "uri" | "url" | "uri-reference" | "iri") => TypeRef::Uri,
        (Kind::Text, "uuid") => TypeRef::Uuid,
        (Kind::Text, "byte" | "base64") => TypeRef::Bytes,
        (Kind::Text, "base64url") => TypeRef::UrlBytes,
        _ => TypeRef::Text,
    }
}

/// The type that the configuration gives to a format: one of the words in [`WORDS`], or a path of Rust.
pub(super) fn configured(word: &str) -> TypeRef {
    match word {
        "text" => TypeRef::Text,
        "int32" => TypeRef::Int(32),
        "int64" => TypeRef::Int(64),
        "uint32" => TypeRef::Unsigned(32),
        "uint64" => TypeRef::Unsigned(64),
        "float" => TypeRef::Float(32),
        "double" => TypeRef::Float(64),
        "boolean" => TypeRef::Bool,
        "date-time" => TypeRef::DateTime,
        "date" => TypeRef::Date,
        "uri" => TypeRef::Uri,
        "uuid" => TypeRef::Uuid,
        "bytes" => TypeRef::Bytes,
        "any" => TypeRef::Json,
        path => TypeRef::Custom(path.to_owned()),
    }
}

/// Whether a format is one that is read, or one of the many that say nothing of the type.
pub(super) fn is_known(format: &str) -> bool {
    KNOWN.contains(&format)
}

/// The formats of the standard and of its registry, and those that documents of the world use beside them.
const KNOWN: &[&str] = &[
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
