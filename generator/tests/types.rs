//! The options of `[types]` in codegen.toml: their misuse is an error at the location of the option.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use bindery::diagnostics::{Location, code};
use bindery::source::Source;
use bindery::{generate, load};

const DOCUMENT: &str = "
openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.example }]
paths:
  /orders:
    get:
      operationId: listOrders
      parameters: [{ name: above, in: query, schema: { $ref: '#/components/schemas/Money' } }]
      responses: { '200': { description: A., headers: { X-Count: { schema: { type: integer } } }, content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } } }
components:
  schemas:
    Order:
      allOf: [{ $ref: '#/components/schemas/Base' }]
      type: object
      properties: { total: { $ref: '#/components/schemas/Money' }, count: { type: integer } }
    Base: { type: object, properties: { id: { type: string } } }
    Money: { type: object, properties: { cents: { type: integer } } }
    Unused: { type: object, properties: { id: { type: string } } }
";

/// Returns the message, the underlined text and the help of each error.
fn errors(config: &str) -> Vec<[String; 3]> {
    let (_, diagnostics) = generate(&Source::new("shop.yaml", DOCUMENT), &Source::new("codegen.toml", config));
    let error = |diagnostic: &bindery::diagnostics::Diagnostic| {
        assert_eq!(diagnostic.code, code::CONFIG_VALUE, "{diagnostic:?}");
        let Location::Config(range) = &diagnostic.location else { panic!("{diagnostic:?}") };
        [diagnostic.message.clone(), config[range.clone()].to_owned(), diagnostic.help.clone()]
    };
    diagnostics.iter().map(error).collect()
}

/// Configurations with an error, its message and its help.
const MISUSES: &[[&str; 3]] = &[
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'my crate::Money' }]",
        "`my crate::Money` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'Money' }]",
        "`Money` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = '' }]",
        "`` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'Vec<' }]",
        "`Vec<` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'HashMap<String, u8>' }]",
        "`HashMap<String, u8>` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'Vec<Money>' }]",
        "`Vec<Money>` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'Vec<u8, u8>' }]",
        "`Vec<u8, u8>` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'Vec' }]",
        "`Vec` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = '::String' }]",
        "`::String` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'crate::Money' }]",
        "`crate::Money` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'super::super::Foo' }]",
        "`super::super::Foo` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'std::sync::Arc<[Option<crate::Money>]>' }]",
        "`std::sync::Arc<[Option<crate::Money>]>` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'self::Money' }]",
        "`self::Money` is not the path of a Rust type",
        "write the path of a type with its crate, such as `rust_decimal::Decimal`",
    ],
    [
        "types.derives = ['crate::Derive']",
        "`crate::Derive` is not the path of a derive macro",
        "write the path of a macro with its crate, such as `derive_more::From`",
    ],
    [
        "types.derives = ['::Hash']",
        "`::Hash` is not the path of a derive macro",
        "write the path of a macro with its crate, such as `derive_more::From`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'my_crate::Money' }]",
        "the crate `my_crate` of `my_crate::Money` is not a dependency",
        "add it to codegen.toml, as in `manifest.dependencies.my_crate = \"1\"`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'std::vec::Vec<my_crate::Money>' }]",
        "the crate `my_crate` of `std::vec::Vec<my_crate::Money>` is not a dependency",
        "add it to codegen.toml, as in `manifest.dependencies.my_crate = \"1\"`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Mony', replace = 'std::time::Duration' }]",
        "no schema is at `#/components/schemas/Mony`",
        "did you mean `#/components/schemas/Money`?",
    ],
    [
        "types.schemas = [{ at = '#/paths/~1orders/get/parameters/0', replace = 'std::time::Duration' }]",
        "no schema is at `#/paths/~1orders/get/parameters/0`",
        "did you mean `#/paths/~1orders/get/parameters/0/schema`?",
    ],
    [
        "types.schemas = [{ at = '/', replace = 'std::time::Duration' }]",
        "no schema is at `/`",
        "write the location of a schema, such as `#/components/schemas/Pet`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Base', replace = 'std::time::Duration' }]",
        "no type is generated for `#/components/schemas/Base`: its properties are in the types of other schemas",
        "write the location of a schema that refers to it, or remove this entry",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Unused', replace = 'std::time::Duration' }]",
        "no type is generated for `#/components/schemas/Unused`",
        "remove this entry: no operation uses the schema",
    ],
    [
        "formats = { money = 'my_crate::Money' }",
        "the crate `my_crate` of `my_crate::Money` is not a dependency",
        "add it to codegen.toml, as in `manifest.dependencies.my_crate = \"1\"`",
    ],
    [
        "formats = { money = 'Decimal' }",
        "`Decimal` is not a valid type for a format",
        "write the path of a type with its crate, or one of `any`, `boolean`, `bytes`, `date`, `date-time`, `double`, `duration`, `float`, `int32`, `int64`, `text`, `uint32`, `uint64`, `uri`, `uuid`",
    ],
    [
        "types.derives = ['schemars JsonSchema']",
        "`schemars JsonSchema` is not the path of a derive macro",
        "write the path of a macro with its crate, such as `derive_more::From`",
    ],
    [
        "types.derives = ['Hsh']",
        "`Hsh` is not the path of a derive macro",
        "write the path of a macro with its crate, such as `derive_more::From`",
    ],
    [
        "types.derives = ['serde::Serialize']",
        "`serde::Serialize` is not an additional derive: the generator implements it for each type that requests contain",
        "remove it, and set `serialize = \"all\"` if all types must implement it",
    ],
    [
        "types.derives = ['Default']",
        "`Default` is not an additional derive: the generator derives it for each struct without a required value",
        "remove it",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', derives = ['Clone'] }]",
        "`Clone` is not an additional derive: all generated types implement this trait",
        "remove it",
    ],
    [
        "types.derives = ['schemars::JsonSchema']",
        "the crate `schemars` of `schemars::JsonSchema` is not a dependency",
        "add it to codegen.toml, as in `manifest.dependencies.schemars = \"1\"`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Order/properties/count', derives = ['Hash'] }]",
        "`derives` has no effect on `#/components/schemas/Order/properties/count`, which is an integer",
        "write the location of a schema that becomes a struct or an enum",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', replace = 'std::time::Duration', derives = ['Hash'] }]",
        "`derives` has no effect on `#/components/schemas/Money`, which is the type `std::time::Duration`",
        "write the location of a schema that becomes a struct or an enum",
    ],
    [
        "types.schemas = [{ at = '#/paths/~1orders/get/responses/200/headers/X-Count/schema', replace = 'std::net::IpAddr' }]",
        "`std::net::IpAddr` has no effect on `#/paths/~1orders/get/responses/200/headers/X-Count/schema`, which is in a response header",
        "remove it, and convert the value in your program",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', enum = 'closed' }]",
        "`enum` has no effect on `#/components/schemas/Money`, which is an object",
        "write the location of a schema with `enum` or `const`",
    ],
    [
        "types.schemas = [{ at = '#/components/schemas/Money', derives = [] }]",
        "the entry for `#/components/schemas/Money` has no option",
        "add `replace`, `derives` or `enum`, or remove the entry",
    ],
];

#[test]
fn misuse_is_an_error_at_its_location() {
    for [config, message, help] in MISUSES {
        let errors = errors(config);
        let [[found_message, underlined, found_help]] = errors.as_slice() else { panic!("{config}: {errors:#?}") };
        assert_eq!((found_message.as_str(), found_help.as_str()), (*message, *help), "{config}");
        // The location is the value or the key that the message names, or a value in an array.
        let underlined = underlined.trim_matches('\'');
        assert!(
            message.contains(underlined) || config.contains(&format!("['{underlined}']")),
            "{config}: {underlined}"
        );
    }
}

#[test]
fn a_repeated_location_is_an_error() {
    let entry = "{ at = '#/components/schemas/Money', replace = 'std::time::Duration' }";
    let errors = errors(&format!("types.schemas = [{entry}, {entry}]"));
    let [[message, ..]] = errors.as_slice() else { panic!("{errors:#?}") };
    assert_eq!(message, "`#/components/schemas/Money` already has an entry");
}

#[test]
fn the_mock_and_the_comparison_use_the_types_of_the_document() {
    let config = "types.schemas = [{ at = '#/components/schemas/Money', replace = 'std::time::Duration' }]";
    let (document, config) = (Source::new("shop.yaml", DOCUMENT), Source::new("codegen.toml", config));
    let text = |config: &Source| load(&document, config).0.expect("an API").0.to_string();
    assert_eq!(text(&config), text(&Source::new("codegen.toml", "")));
    let (generated, _) = generate(&document, &config);
    assert_ne!(generated.expect("a crate").api.to_string(), text(&config));
}

#[test]
fn rules_of_the_mock_can_name_properties_of_a_replaced_type() {
    let rule = "mock.rules = [{ at = ['/orders'], unique = ['total.cents'] }]";
    assert_eq!(errors(rule), [[""; 3]; 0]);
    let replace = "types.schemas = [{ at = '#/components/schemas/Money', replace = 'std::time::Duration' }]";
    assert_eq!(errors(&format!("{rule}\n{replace}")), [[""; 3]; 0]);
}

const RECURSIVE: &str = "
openapi: 3.0.3
info: { title: Parts, version: 1.0.0 }
servers: [{ url: https://parts.example }]
paths:
  /parts:
    get: { operationId: listParts, responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/Part' } } } } } }
components:
  schemas:
    Part:
      type: object
      required: [id]
      properties: { id: { type: string }, inner: { $ref: '#/components/schemas/Part' }, any: { oneOf: [{ $ref: '#/components/schemas/Part' }, { type: string }] } }
      additionalProperties: { $ref: '#/components/schemas/Part' }
";

#[test]
fn maps_and_pointers_have_the_configured_type() {
    let files = |types: &str| {
        let config = format!("crate = {{ name = 'parts', version = '0.1.0' }}\n{types}");
        let (generated, _) = generate(&Source::new("parts.yaml", RECURSIVE), &Source::new("codegen.toml", config));
        let files = generated.expect("a crate").files;
        ["src/models/part.rs", "Cargo.toml"].map(|path| files.get(path).unwrap_or_default().to_owned())
    };
    for (types, map, pointer, import) in [
        ("", "BTreeMap", "Box", "std::collections::BTreeMap"),
        ("types.map = 'HashMap'", "HashMap", "Box", "std::collections::HashMap"),
        ("types = { map = 'IndexMap', pointer = 'Arc' }", "IndexMap", "Arc", "indexmap::IndexMap"),
    ] {
        let [models, manifest] = files(types);
        for expected in [
            format!("use {import};"),
            format!("pub inner: Option<{pointer}<Part>>,"),
            format!("Part({pointer}<Part>),"),
            format!("pub additional_properties: {map}<String, Part>,"),
            format!("additional_properties: {map}::new(),"),
        ] {
            assert!(models.contains(&expected), "{expected}\n{models}");
        }
        assert_eq!(manifest.contains("indexmap ="), map == "IndexMap");
        assert_eq!(manifest.contains("\"rc\""), pointer == "Arc");
    }
}

#[test]
fn paths_in_scope_are_accepted() {
    for path in
        ["Vec<Option<u8>>", "Box<str>", "std::collections::BTreeMap<String, (u8, [bool; 2])>", "::std::net::IpAddr"]
    {
        let config = format!("types.schemas = [{{ at = '#/components/schemas/Money', replace = '{path}' }}]");
        assert_eq!(errors(&config), [[""; 3]; 0], "{config}");
    }
    for path in ["crate::Money", "super::super::Money", "Vec<crate::Money>"] {
        let replace = format!("types.schemas = [{{ at = '#/components/schemas/Money', replace = '{path}' }}]");
        assert_eq!(errors(&format!("output = 'module'\n{replace}")), [[""; 3]; 0], "{path}");
    }
}

/// Returns the generated code of the crate for [`DOCUMENT`] with a replaced text.
fn code((from, to): (&str, &str), config: &str) -> String {
    assert!(DOCUMENT.contains(from), "{from}");
    let document = Source::new("shop.yaml", DOCUMENT.replace(from, to));
    let (generated, diagnostics) = generate(&document, &Source::new("codegen.toml", config));
    let generated = generated.unwrap_or_else(|| panic!("{config}: {diagnostics:#?}"));
    let files = generated.files.iter().filter(|(path, _)| !path.contains("/runtime/"));
    files.map(|(_, text)| text).collect()
}

#[test]
fn a_macro_is_derived_once() {
    let config = "manifest.dependencies.a = '1'\ntypes = { derives = ['a::B'], schemas = [{ at = '#/components/schemas/Money', derives = ['::a::B', 'a :: B'] }] }";
    let models = code(("", ""), config);
    let derives = models.lines().filter(|line| line.contains("derive(") && line.contains("a::B"));
    let counts: Vec<usize> = derives.map(|line| line.matches("a::B").count()).collect();
    assert_eq!(counts, [1; 2], "{models}");
}

#[test]
fn each_parameter_has_an_option_setter() {
    let names = ["x", "maybe_x", "optional_x", "maybe_with_x"];
    let params = names.map(|name| format!("{{ name: {name}, in: query, schema: {{ type: string }} }}")).join(", ");
    let operations = code(("parameters: [", &format!("parameters: [{params}, ")), "option_setters = true");
    for name in ["maybe_x_", "maybe_maybe_x", "maybe_optional_x", "maybe_maybe_with_x"] {
        assert!(operations.contains(&format!("pub fn {name}(self, value: Option<")), "{name}: {operations}");
    }
}

const PAGES: &str = "
openapi: 3.0.3
info: { title: Pages, version: 1.0.0 }
servers: [{ url: https://pages.example }]
paths:
  /a: { get: { operationId: listA, parameters: [{ name: page, in: query, schema: { type: integer, default: 1 } }, { name: cursor, in: query, schema: { type: string } }], responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
  /b: { get: { operationId: listB, parameters: [{ name: page, in: query, schema: { type: integer, default: 1 } }, { name: cursor, in: query, schema: { type: string } }], responses: { '200': { description: B., content: { application/json: { schema: { $ref: '#/components/schemas/B' } } } } } } }
components:
  schemas:
    A: { type: object, required: [items], properties: { next_cursor: { type: string }, items: { type: array, items: { type: string } } } }
    B: { type: object, required: [items], properties: { next_cursor: { type: string }, items: { type: array, items: { type: string } } } }
";

#[test]
fn a_replaced_page_is_reported() {
    let replace = |at: &str| format!("{{ at = '#/components/schemas/{at}', replace = 'std::net::IpAddr' }}");
    let (items, page) = (replace("A/properties/items"), replace("A"));
    let both = format!("{items}, {}", replace("B/properties/items"));
    let paging = "paging = { page = 'page', items = '/items' }";
    let lost = "`listA` is not paginated, because `std::net::IpAddr` replaces a type of its pages";
    let lost_pages = [format!("warning {lost}")];
    for (paging, entries, expected) in [
        ("", &items, lost_pages.as_slice()),
        ("", &page, lost_pages.as_slice()),
        (paging, &items, &[format!("error {lost}")]),
        (paging, &page, &[format!("error {lost}")]),
        (paging, &both, &["error `/items` is not an array in any response to a GET request".to_owned()]),
        ("paging.operations.listA = { off = true }", &items, &[]),
        ("", &replace("A/properties/items/items"), &[]),
    ] {
        let config = format!("{paging}\ntypes.schemas = [{entries}]");
        let (_, diagnostics) = generate(&Source::new("pages.yaml", PAGES), &Source::new("codegen.toml", config));
        let found = diagnostics.iter().filter(|it| it.code == code::CONFIG_VALUE);
        let found: Vec<_> = found.map(|it| format!("{} {}", it.severity.name(), it.message)).collect();
        assert_eq!(found, expected, "{paging} {entries}");
    }
}

#[test]
fn integers_can_have_their_defaults() {
    let property = |schema: &str, types: &str| {
        let code = code(("count: { type: integer }", &format!("count: {schema}")), types);
        let (_, after) = code.split_once("pub count: Option<").unwrap_or_else(|| panic!("{code}"));
        after.split_once(">,").unwrap_or_default().0.to_owned()
    };
    for (schema, config, expected) in [
        ("{ type: integer }", "types.integer = 'i8'", "i8"),
        ("{ type: integer, default: 7 }", "types.integer = 'i8'", "i8"),
        ("{ type: integer, default: 70000 }", "types.integer = 'i8'", "i64"),
        ("{ type: integer, example: 300 }", "types.integer = 'u8'", "i64"),
        ("{ type: integer, format: int32, default: 300 }", "types.integer = 'u8'", "i32"),
        ("{ type: array, default: [3, 300], items: { type: integer } }", "types.integer = 'i8'", "Vec<i64>"),
        ("{ type: array, default: [3], items: { type: integer } }", "types.integer = 'i8'", "Vec<i8>"),
    ] {
        assert_eq!(property(schema, config), expected, "{schema}");
    }
    for (schema, messages) in [
        ("{ type: integer, default: 255 }", vec![]),
        (
            "{ type: integer, default: 256 }",
            vec!["`u8` cannot represent `256`, the default of `#/components/schemas/Order/properties/count`"],
        ),
        (
            "{ type: integer, example: -1 }",
            vec!["`u8` cannot represent `-1`, the example of `#/components/schemas/Order/properties/count`"],
        ),
    ] {
        let document = DOCUMENT.replace("count: { type: integer }", &format!("count: {schema}"));
        let config = "types.schemas = [{ at = '#/components/schemas/Order/properties/count', replace = 'u8' }]";
        let (generated, diagnostics) =
            generate(&Source::new("shop.yaml", document), &Source::new("codegen.toml", config));
        let found: Vec<_> = diagnostics.iter().map(|it| it.message.as_str()).collect();
        assert!(generated.is_some() && found == messages, "{found:?}");
    }
}

#[test]
fn alternatives_can_be_replaced() {
    let money = "#/components/schemas/Money";
    for schema in [
        format!("{{ oneOf: [{{ $ref: '{money}' }}, {{ type: string }}] }}"),
        format!(
            "{{ oneOf: [{{ type: object, properties: {{ cents: {{ type: integer }} }} }}, {{ $ref: '{money}' }}] }}"
        ),
        format!(
            "{{ type: object, properties: {{ id: {{}} }}, oneOf: [{{ $ref: '{money}' }}, {{ type: object, properties: {{ a: {{}} }} }}] }}"
        ),
        format!(
            "{{ oneOf: [{{ $ref: '{money}' }}, {{ type: object, nullable: true, maxProperties: 0, enum: [null] }}] }}"
        ),
        format!("{{ oneOf: [{{ $ref: '{money}' }}] }}"),
    ] {
        let config = "types.schemas = [{ at = '#/components/schemas/Order/properties/count/oneOf/0', replace = 'std::net::IpAddr' }]";
        let code = code(("count: { type: integer }", &format!("count: {schema}")), config);
        assert!(code.contains("IpAddr"), "{schema}: {code}");
    }
}
