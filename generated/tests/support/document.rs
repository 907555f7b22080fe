//! The document that the crate is generated from, read as the generator reads it.

use std::sync::OnceLock;

use bindery::ir::{Api, Operation};
use bindery::source::Source;

/// The API.
pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        let document = Source::new("conversations_v1.yaml", include_str!("../../../spec/conversations_v1.yaml"));
        let config = Source::new("codegen.toml", include_str!("../../../spec/codegen.toml"));
        bindery::load(&document, &config).0.unwrap().0
    })
}

/// The operation of an id.
pub fn operation(id: &str) -> Option<&'static Operation> {
    api().operations.iter().map(|(_, operation)| operation).find(|operation| operation.id == id)
}
