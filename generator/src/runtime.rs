//! The runtime's files, embedded as text to be copied into every generated crate, and those of its module `shapes` for
//! the crates that need it.

macro_rules! files {
    ($files:ident = $module:literal: $($name:literal),* $(,)?) => {
        #[doc = concat!("Name and text of each file of the module `", $module, "`.")]
        pub const $files: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../runtime/src/", $module, "/", $name)))),*];
    };
}

files![
    FILES = "runtime":
    "api.rs",
    "api_error.rs",
    "base_url.rs",
    "blocking.rs",
    "body.rs",
    "builder.rs",
    "call.rs",
    "connection.rs",
    "credentials.rs",
    "decode.rs",
    "encode.rs",
    "error.rs",
    "excerpt.rs",
    "failure.rs",
    "host.rs",
    "invalid.rs",
    "locate.rs",
    "mod.rs",
    "model.rs",
    "newtype.rs",
    "observe.rs",
    "page.rs",
    "path.rs",
    "request.rs",
    "response.rs",
    "retry.rs",
    "rule.rs",
    "scope.rs",
    "secret.rs",
    "string_enum.rs",
    "token.rs",
    "transport.rs",
    "value.rs",
    "walk.rs",
];

files![SHAPES = "shapes": "base64.rs", "mod.rs", "union.rs", "value_enum.rs"];
