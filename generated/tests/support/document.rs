//! Reads the document of the crate into the IR of the generator.

use std::sync::OnceLock;

use bindery::ir::{Api, Operation};
use bindery::source::Source;

/// Returns the API.
pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        let document = Source::new("conversations_v1.yaml", include_str!("../../../spec/conversations_v1.yaml"));
        let config = Source::new("codegen.toml", include_str!("../../../spec/codegen.toml"));
        bindery::load(&document, &config).0.unwrap().0
    })
}

/// Returns the operation with an ID.
pub fn operation(id: &str) -> Option<&'static Operation> {
    api().operations.iter().map(|(_, operation)| operation).find(|operation| operation.id == id)
}
