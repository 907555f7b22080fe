//! Names that an item of the generated code cannot have.

/// Returns whether a name is a keyword, so a field, method, argument, module or variant cannot have it.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Returns whether a type cannot have this name, because generated code uses a type of the runtime or of the standard
/// library with this name.
pub fn is_reserved_type(word: &str) -> bool {
    RESERVED_TYPES.contains(&word)
}

/// Returns whether a setter cannot have this name, because every request has a method with this name.
pub fn is_request_method(word: &str) -> bool {
    REQUEST_METHODS.contains(&word)
}

/// Returns whether a setter of a paginated list cannot have this name, because every paginated list has a method with
/// this name.
pub fn is_list_method(word: &str) -> bool {
    LIST_METHODS.contains(&word) || is_request_method(word)
}

/// Returns whether a field cannot have this name, because its accessor would conflict with a method of every type.
pub fn is_reserved_field(word: &str) -> bool {
    matches!(word, "clone" | "new")
}

/// Returns whether a method of the client cannot have this name, because the client has a method with this name.
pub fn is_client_method(word: &str) -> bool {
    matches!(word, "builder" | "from_env" | "request") || is_handle_method(word)
}

/// Returns whether a method of a handle cannot have this name, because it would conflict with a method of the standard
/// library.
pub fn is_handle_method(word: &str) -> bool {
    matches!(word, "clone" | "cmp" | "new")
}

/// Returns whether the feature of a resource cannot have this name, because it is the name of another cargo feature.
pub fn is_reserved_feature(word: &str) -> bool {
    let is_tls = matches!(word, "native-tls" | "rustls" | "rustls-no-provider" | "rustls-ring");
    is_tls || matches!(word, "blocking" | "default" | "mock" | "test-util" | "tracing")
}

/// The strict and reserved keywords of all editions, and the primitive types that generated code uses.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "bool", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "f32", "f64", "false", "final", "fn", "for", "gen", "i32", "i64", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "str", "struct", "super", "trait", "true", "try", "type", "typeof", "u32", "u64", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

const RESERVED_TYPES: &[&str] = &[
    "AnyJson",
    "Api",
    "ApiError",
    "Arc",
    "AsRef",
    "BTreeMap",
    "Base64",
    "Base64Url",
    "Binary",
    "Box",
    "Bytes",
    "Client",
    "ClientBuilder",
    "Clone",
    "Constrained",
    "Constraint",
    "Constraints",
    "Copy",
    "Credentials",
    "DateTime",
    "Debug",
    "Decode",
    "Default",
    "Deserialize",
    "Deserializer",
    "Display",
    "Drop",
    "EnvCredentials",
    "Eq",
    "Err",
    "Error",
    "ErrorFields",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromStr",
    "Hash",
    "HashMap",
    "HostTemplate",
    "IndexMap",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "InvalidValue",
    "IsoDuration",
    "Iterator",
    "Json",
    "Method",
    "NaiveDate",
    "NextPage",
    "None",
    "Nothing",
    "Nullable",
    "Ok",
    "Option",
    "Optional",
    "Ord",
    "Paginated",
    "PartialEq",
    "PartialOrd",
    "RawRequest",
    "Request",
    "RequestOf",
    "Response",
    "Result",
    "Rfc3339",
    "Scheme",
    "Scope",
    "Self",
    "Send",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "StringKind",
    "StringOf",
    "StringOr",
    "Sync",
    "Text",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Upload",
    "Utc",
    "Value",
    "Vec",
];

/// The methods of every request.
const REQUEST_METHODS: &[&str] = &[
    "attempt_timeout",
    "clone",
    "deadline",
    "extra_header",
    "extra_query",
    "into_future",
    "keep_body",
    "retry",
    "send",
    "wait",
];

/// The methods of every request for a paginated list, in addition to [`REQUEST_METHODS`].
const LIST_METHODS: &[&str] = &["all", "limit", "pages", "prefetch", "resume", "stream", "wait_all"];
