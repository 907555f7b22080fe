//! The bound on what the schemas of a document may describe together.
//!
//! A few schemas can describe many types: `n` schemas that combine each other have up to 2ⁿ combinations, and `n` operations
//! that share a response of `n` headers have n² headers. So every step that can repeat is counted, and a document may
//! have a fixed number of steps for each thing that is written in it.

use openapiv3::{AdditionalProperties, AnySchema, OpenAPI, ReferenceOr, Schema};

use super::Lowering;
use super::view::general;
use crate::diag::{Place, code};
use crate::source::Pointer;

/// The number of steps that any document may have.
const BASE: usize = 200_000;

/// The number of steps that a document may have beyond that, for each thing that is written in it. Published documents take
/// 1 to 13, the largest of them 4.
const EACH: usize = 20;

impl Lowering<'_> {
    /// Counts steps; returns whether the document still has some left. The first time it has none, that is an error at the
    /// location.
    pub(super) fn spend(&mut self, steps: usize, at: &Pointer) -> bool {
        let Some(left) = self.steps_left else { return false };
        self.steps_left = left.checked_sub(steps);
        if self.steps_left.is_none() {
            let message = "the schemas combine into more types than can be generated";
            let help = "combine fewer of them: each `allOf`, `oneOf`, `anyOf` or shared component multiplies what it refers to";
            self.error(code::TOO_MANY, Place::Key(at.clone()), message, help);
        }
        self.steps_left.is_some()
    }
}

/// The number of steps that a document may have.
pub(super) fn budget(document: &OpenAPI) -> usize {
    let mut things = 0;
    let mut open: Vec<&Schema> = Vec::new();
    if let Some(components) = &document.components {
        let others = [
            components.responses.len(),
            components.parameters.len(),
            components.request_bodies.len(),
            components.headers.len(),
        ];
        things += others.into_iter().sum::<usize>();
        open.extend(components.schemas.values().filter_map(ReferenceOr::as_item));
        things += components.schemas.len();
    }
    for item in document.paths.paths.values().filter_map(ReferenceOr::as_item) {
        things += 10 + item.parameters.len();
        things += item.iter().map(|(_, one)| 10 + one.parameters.len() + one.responses.responses.len()).sum::<usize>();
    }
    while let Some(schema) = open.pop() {
        let any = general(schema);
        things += 1 + any.enumeration.len() + any.required.len();
        for below in below(any) {
            things += 1;
            open.extend(below);
        }
    }
    BASE + EACH * things
}

/// The schemas that stand in a schema; `None` for a reference to one.
fn below(any: &AnySchema) -> impl Iterator<Item = Option<&Schema>> {
    let boxed = any.properties.values().chain(&any.items).map(|one| one.as_item().map(AsRef::as_ref));
    let plain = any.all_of.iter().chain(&any.one_of).chain(&any.any_of).map(ReferenceOr::as_item);
    let others = match &any.additional_properties {
        Some(AdditionalProperties::Schema(schema)) => Some(schema.as_item()),
        _ => None,
    };
    boxed.chain(plain).chain(others)
}
