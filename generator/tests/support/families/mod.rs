//! Families of documents. The documents of a family differ only in the number of one kind of item. Each family takes a
//! size and returns a document with about this number of items.
//!
//! The bench `families` measures each family at its size and at ten times its size. The test `families` checks the
//! result of the larger one.

mod operations;
mod schemas;
mod texts;

use std::fmt::Write;

/// A family of documents.
#[derive(Clone, Copy)]
pub struct Family {
    pub name: &'static str,
    /// The smaller of the two sizes.
    pub size: usize,
    /// The codes of the errors that the generator reports at ten times the size. If there are none, it generates a
    /// crate.
    pub errors: &'static [&'static str],
    /// The code of the warning that the generator reports at ten times the size, if the size is over a limit.
    pub warning: Option<&'static str>,
    pub document: fn(usize) -> String,
}

const fn family(name: &'static str, size: usize, document: fn(usize) -> String) -> Family {
    Family { name, size, errors: &[], warning: None, document }
}

const fn with_errors(
    name: &'static str,
    size: usize,
    error: &'static [&'static str],
    document: fn(usize) -> String,
) -> Family {
    Family { errors: error, ..family(name, size, document) }
}

const fn with_warning(name: &'static str, size: usize, warning: &'static str, document: fn(usize) -> String) -> Family {
    Family { warning: Some(warning), ..family(name, size, document) }
}

/// Returns all families.
pub fn all() -> impl Iterator<Item = &'static Family> {
    schemas::ALL.iter().chain(operations::ALL).chain(texts::ALL)
}

const STRING_SCHEMA: &str = r#"{"type":"string"}"#;
const INTEGER_SCHEMA: &str = r#"{"type":"integer"}"#;
const NO_CONTENT: &str = r#""responses":{"204":{"description":"."}}"#;

pub fn document(rest: &str) -> String {
    format!(r#"{{"openapi":"3.0.3","info":{{"title":"T","version":"1.0.0"}},{rest}}}"#)
}

pub fn paths(paths: impl IntoIterator<Item = (String, String)>) -> String {
    let paths: Vec<String> = paths.into_iter().map(|(path, item)| format!(r#""{path}":{item}"#)).collect();
    document(&format!(r#""servers":[{{"url":"https://a.example"}}],"paths":{{{}}}"#, paths.join(",")))
}

pub fn operation(fields: &str) -> String {
    paths([("/a".to_owned(), format!(r#"{{"get":{{"operationId":"op",{fields}}}}}"#))])
}

/// Returns a document with the components `S0`, `S1` and so on. The first component is the body of a response.
pub fn components(schemas: impl IntoIterator<Item = String>) -> String {
    let mut text = format!(
        r#""servers":[{{"url":"https://a.example"}}],"paths":{{"/a":{{"get":{{"operationId":"op","responses":{{"200":{{"description":".","content":{{"application/json":{{"schema":{}}}}}}}}}}}}}}},"components":{{"schemas":{{"#,
        reference(0)
    );
    for (index, schema) in schemas.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}"S{index}":{schema}"#);
    }
    document(&(text + "}}"))
}

pub fn openapi_31_components(all: impl IntoIterator<Item = String>) -> String {
    components(all).replacen("3.0.3", "3.1.0", 1)
}

pub fn chain(count: usize, link: impl Fn(&str) -> String) -> String {
    components((1..=count).map(|index| link(&reference(index))).chain([object(&[("end", STRING_SCHEMA)])]))
}

/// Returns a document with components in the section `section`. Each component refers to the next, and an operation
/// uses the first.
pub fn shared_chain(count: usize, section: &str, last: &str, operation_fields: impl Fn(&str) -> String) -> String {
    let reference_to = |index: usize| format!(r##"{{"$ref":"#/components/{section}/S{index}"}}"##);
    let mut text = format!(
        r#""servers":[{{"url":"https://a.example"}}],"paths":{{"/a":{{"post":{{"operationId":"op",{}}}}}}},"components":{{"{section}":{{"#,
        operation_fields(&reference_to(0))
    );
    for index in 0..count {
        let _ = write!(text, r#""S{index}":{},"#, reference_to(index + 1));
    }
    document(&(text + &format!(r#""S{count}":{last}}}}}"#)))
}

/// Returns a document whose paths all refer to one component, in the given section of `components`. `path` returns the path item for an index and a
/// reference to the component.
pub fn shared(count: usize, section: &str, component: &str, path: impl Fn(usize, &str) -> String) -> String {
    let reference = format!(r##"{{"$ref":"#/components/{section}/S"}}"##);
    let paths: Vec<String> = (0..count).map(|index| path(index, &reference)).collect();
    let components = format!(r#""components":{{"{section}":{{"S":{component}}}}}"#);
    document(&format!(r#""paths":{{{}}},{components}"#, paths.join(",")))
}

pub fn with_description(description: &str) -> String {
    operation(&format!(r#""description":"{description}",{NO_CONTENT}"#))
}

pub fn reference(index: usize) -> String {
    format!(r##"{{"$ref":"#/components/schemas/S{index}"}}"##)
}

pub fn object(properties: &[(&str, &str)]) -> String {
    object_of(properties.iter().map(|(name, schema)| ((*name).to_owned(), (*schema).to_owned())))
}

pub fn object_of(properties: impl IntoIterator<Item = (String, String)>) -> String {
    let all: Vec<String> = properties.into_iter().map(|(name, schema)| format!(r#""{name}":{schema}"#)).collect();
    format!(r#"{{"type":"object","properties":{{{}}}}}"#, all.join(","))
}

pub fn list(keyword: &str, schemas: &[&str]) -> String {
    format!(r#"{{"{keyword}":[{}]}}"#, schemas.join(","))
}

pub fn enumeration(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| format!(r#""{value}""#)).collect();
    format!(r#"{{"type":"string","enum":[{}]}}"#, values.join(","))
}
