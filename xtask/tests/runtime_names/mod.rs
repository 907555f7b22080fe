//! Documents whose items have the names of items of the runtime.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use syn::{ImplItem, Item, TraitItem};

/// Returns the name, the document and the configuration of each crate.
pub fn documents(root: &Path) -> Vec<(String, String, String)> {
    let mut names = BTreeSet::new();
    let runtime = root.join("generator/runtime/src/runtime");
    let folders = fs::read_dir(&runtime).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    for folder in folders.chain([runtime.clone()]) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
            file.items.iter().for_each(|item| add_declared_names(item, &mut names));
        }
    }
    assert!(["Upload", "NextPage", "Constrained", "as_str", "Api"].iter().all(|name| names.contains(*name)));
    // Generated code also uses associated types, type parameters and names of the prelude.
    names.extend(OTHER_NAMES.split(' ').map(str::to_owned));
    names.extend(('a'..='z').map(String::from));
    let config = |name: &str, surface: &str| {
        format!("surface = \"{surface}\"\n\n[crate]\nname = \"{name}\"\nversion = \"0.1.0\"\n")
    };
    vec![
        ("names-of-types".to_owned(), document_of_types(&names), config("names-of-types", "tags")),
        ("names-of-groups".to_owned(), document_of_operations(&names), config("names-of-groups", "tags")),
        ("names-of-resources".to_owned(), document_of_operations(&names), config("names-of-resources", "tree")),
    ]
}

const OTHER_NAMES: &str = "err ok error output item target some none self super crate add as_mut as_ref bitand bitor bitxor borrow \
    borrow_mut clone cmp default deref deref_mut div drop eq from_iter from_str hash index index_mut into_iter mul neg next not rem shl shr sub";

/// Adds the name of an item of the runtime, and the names that are declared in it, to `names`.
fn add_declared_names(item: &Item, names: &mut BTreeSet<String>) {
    let mut add = |ident: &syn::Ident| {
        names.insert(ident.to_string());
    };
    match item {
        Item::Struct(item) => {
            add(&item.ident);
            let visible_fields = item.fields.iter().filter(|field| is_visible(&field.vis));
            visible_fields.filter_map(|field| field.ident.as_ref()).for_each(add);
        }
        Item::Enum(item) => {
            add(&item.ident);
            item.variants.iter().for_each(|variant| add(&variant.ident));
        }
        Item::Trait(item) => {
            add(&item.ident);
            for item in &item.items {
                match item {
                    TraitItem::Fn(item) => add(&item.sig.ident),
                    TraitItem::Type(item) => add(&item.ident),
                    TraitItem::Const(item) => add(&item.ident),
                    _ => {}
                }
            }
        }
        Item::Impl(item) => {
            for item in &item.items {
                match item {
                    ImplItem::Fn(item) if is_visible(&item.vis) => add(&item.sig.ident),
                    ImplItem::Type(item) => add(&item.ident),
                    ImplItem::Const(item) if is_visible(&item.vis) => add(&item.ident),
                    _ => {}
                }
            }
        }
        Item::Type(item) => add(&item.ident),
        Item::Const(item) => add(&item.ident),
        Item::Static(item) => add(&item.ident),
        Item::Fn(item) if is_visible(&item.vis) => add(&item.sig.ident),
        Item::Mod(item) => add(&item.ident),
        Item::Macro(item) => item.ident.iter().for_each(add),
        _ => {}
    }
}

/// Returns whether an item is visible outside of its module.
fn is_visible(visibility: &syn::Visibility) -> bool {
    !matches!(visibility, syn::Visibility::Inherited)
}

const HEAD: &str = "openapi: 3.1.0
info: { title: Names, version: 1.0.0 }
servers: [{ url: 'https://{host}.example', variables: { host: { default: names } } }]
security: [{ Key: [] }, { Token: [] }, { User: [] }]
";

/// Operations of each kind. The module of their group therefore uses all of the runtime.
const REQUESTS: &str = "
  /upload: { post: { operationId: kindUpload, tags: [kinds], requestBody: { content: { multipart/form-data: { schema: { type: object,
    required: [file], properties: { file: { type: string, format: binary }, more: { type: array, items: { type: string, format: binary } } } } } } },
    responses: { '204': { description: Done. } } } }
  /download: { get: { operationId: kindDownload, tags: [kinds], responses: { '200': { description: Bytes., content: { application/octet-stream: {} } } } } }
  /events: { get: { operationId: kindEvents, tags: [kinds], responses: { '200': { description: Events., content: { text/event-stream: { schema: { type: string } } } } } } }
  /page: { get: { operationId: kindPage, tags: [kinds], parameters: [{ name: limit, in: query, schema: { type: integer } },
    { name: offset, in: query, schema: { type: integer } }], responses: { '200': { description: A page., content: { application/json: { schema:
    { type: object, properties: { total: { type: integer }, items: { type: array, items: { type: string } } } } } } } } } }
  /several: { get: { operationId: kindSeveral, tags: [kinds], responses: { '200': { description: JSON., content: { application/json: { schema: { type: integer } } } },
    '202': { description: Text., content: { text/plain: { schema: { type: string } } } }, '404': { description: None., content: { application/json: { schema: { type: string } } } } } } }
  /style: { get: { operationId: kindStyle, tags: [kinds], security: [], parameters: [{ name: filter, in: query, style: deepObject,
    schema: { type: object, properties: { at: { type: string, format: date-time }, day: { type: string, format: date }, code: { type: string, maxLength: 3 } } } },
    { name: bytes, in: query, schema: { type: string, format: byte } }], responses: { '302': { description: Elsewhere. } } } }
  /checked: { post: { operationId: kindChecked, tags: [kinds], requestBody: { required: true, content: { application/json: { schema: { type: object, required: [name],
    properties: { name: { type: string, maxLength: 4 }, secret: { type: string, format: password }, bytes: { type: string, format: base64url }, any: {}, map: { type: object, additionalProperties: {} } } } } } },
    responses: { '204': { description: Done. } } } }
";

const SCHEMES: &str = "  securitySchemes: { Key: { type: apiKey, in: query, name: key }, Token: { type: http, scheme: bearer }, User: { type: http, scheme: basic } }\n";

/// Returns a document in which schemas, properties, parameters and enum values have these names.
fn document_of_types(names: &BTreeSet<String>) -> String {
    let list = |item: &dyn Fn(&str) -> String| names.iter().map(|name| item(name)).collect::<Vec<_>>().join(", ");
    let text = |name: &str| format!("'{name}': {{ type: string }}");
    let parameter = |name: &str| format!("{{ name: '{name}', in: query, schema: {{ type: string }} }}");
    let choice = |name: &str| format!("{{ $ref: '#/components/schemas/{name}' }}");
    let mut document = format!("{HEAD}paths:{REQUESTS}");
    for (index, name) in names.iter().enumerate() {
        let _ = writeln!(
            document,
            "  /types/{index}: {{ get: {{ operationId: type{index}, tags: [kinds], responses: {{ '200': {{ description: One., content: \
             {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{name}' }} }} }} }} }} }} }}"
        );
    }
    let _ = write!(
        document,
        "  /fields: {{ put: {{ operationId: putFields, tags: [kinds], parameters: [{}], requestBody: {{ content: {{ application/json: \
         {{ schema: {{ $ref: '#/components/schemas/AllFields' }} }} }} }}, responses: {{ '200': {{ description: All., content: \
         {{ application/json: {{ schema: {{ $ref: '#/components/schemas/AllFields' }} }} }} }} }} }} }}\n  /form: {{ post: {{ operationId: postForm, \
         tags: [kinds], requestBody: {{ content: {{ multipart/form-data: {{ schema: {{ type: object, properties: {{ {} }} }} }} }} }}, \
         responses: {{ '204': {{ description: Done. }} }} }} }}\ncomponents:\n{SCHEMES}  schemas:\n",
        list(&parameter),
        list(&text)
    );
    for name in names {
        let _ = writeln!(
            document,
            "    '{name}': {{ type: object, properties: {{ value: {{ type: string, maxLength: 9 }} }} }}"
        );
    }
    let _ = writeln!(
        document,
        "    AllFields: {{ type: object, properties: {{ {} }}, additionalProperties: {{ $ref: '#/components/schemas/AllValues' }} }}\n    \
         AllValues: {{ type: string, enum: [{}] }}\n    AllMixed: {{ enum: [1, {}] }}\n    AllChoices: {{ oneOf: [{}] }}",
        list(&text),
        list(&|name| format!("'{name}'")),
        list(&|name| format!("'{name}'")),
        list(&choice)
    );
    document.replace("'value'", "value").replace(
        "  /form:",
        "  /mixed: { get: { operationId: getMixed, tags: [kinds], responses: { '200': { description: One., content: { application/json: { schema: \
         { type: object, properties: { mixed: { $ref: '#/components/schemas/AllMixed' }, choice: { $ref: '#/components/schemas/AllChoices' } } } } } } } } }\n  /form:",
    )
}

/// Returns a document in which operations, tags and path segments have these names.
fn document_of_operations(names: &BTreeSet<String>) -> String {
    let mut document = format!("{HEAD}paths:{REQUESTS}");
    for name in names {
        let _ = writeln!(
            document,
            "  '/{name}/{{{name}}}': {{ get: {{ operationId: '{name}', tags: ['{name}'], parameters: [{{ name: '{name}', in: path, required: true, \
             schema: {{ type: string }} }}], responses: {{ '200': {{ description: One., content: {{ application/json: {{ schema: {{ type: object, \
             properties: {{ name: {{ type: string }} }} }} }} }} }} }} }} }}"
        );
    }
    document + "components:\n" + SCHEMES
}
