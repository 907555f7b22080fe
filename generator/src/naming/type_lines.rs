//! Estimates the number of lines of generated code for a type. The numbers in this file come from generated crates.

use crate::analyze::{Analysis, Facts};
use crate::config::need_string_struct;
use crate::ir::{Api, Constraint, Field, Record, Shape, TypeId, TypeRef, Union};

/// The maximum length of a type name in bytes for which the signature of a method fits on one line.
const MAX_SHORT_NAME_BYTES: usize = 35;

/// Returns the estimated number of lines of a type.
pub fn estimate(api: &Api, analysis: &Analysis, id: TypeId) -> usize {
    let (def, facts) = (&api.types[id], analysis.facts(id));
    let lines = match &def.shape {
        Shape::Record(record) => record_lines(api, record, facts),
        // Each variant has its declaration, its string, and its entry in the macro call.
        Shape::StringEnum(variants) => 22 + 4 * variants.len(),
        Shape::ValueEnum(values) => 22 + 4 * values.values.len(),
        Shape::Union(union) => union_lines(union, facts),
        Shape::Newtype(constraints) if !need_string_struct(&def.derives) => 10 + 2 * constraints.len(),
        Shape::Newtype(constraints) => 34 + 2 * constraints.len(),
        Shape::Wrapper(_) => 10 + validation_lines(facts, 1),
        Shape::Alias(_) => 3,
    };
    def.docs.estimated_lines() + lines
}

fn record_lines(api: &Api, record: &Record, facts: Facts) -> usize {
    let constrained_lines: usize =
        record.fields.iter().map(|field| constraint_lines(&field.ty, &field.constraints)).sum();
    let additional_lines = if record.additional.is_some() { 10 } else { 0 };
    18 + record.fields.iter().map(|field| field_lines(api, field)).sum::<usize>()
        + additional_lines
        + validation_lines(facts, constrained_lines)
}

/// Returns the number of lines for a field: its declaration, its methods, and its lines in the constructor and in macro
/// calls.
fn field_lines(api: &Api, field: &Field) -> usize {
    // If the signature of a method does not fit on one line, it has a line for each argument.
    let has_long_type = |id: TypeId| api.types[id].name.iter().map(String::len).sum::<usize>() > MAX_SHORT_NAME_BYTES;
    let additional_lines = if field.ty.named_types().into_iter().any(has_long_type) { 5 } else { 0 };
    let declaration_lines = 4 + additional_lines + field.docs.estimated_lines();
    match field.required && !field.nullable {
        true => declaration_lines + 5,
        // An optional field also has a getter and a setter.
        false => declaration_lines + 20,
    }
}

fn union_lines(union: &Union, facts: Facts) -> usize {
    let constants: usize = union.variants.iter().map(|variant| variant.constants.len()).sum();
    20 + 14 * union.variants.len() + 2 * constants + validation_lines(facts, 8 * union.variants.len())
}

/// Returns the number of lines for the validation of a type. `lines` is the number of lines for its constraints.
fn validation_lines(facts: Facts, lines: usize) -> usize {
    if facts.is_validated { 6 + lines } else { 0 }
}

/// Returns the number of lines for the constraints of a property.
fn constraint_lines(ty: &TypeRef, constraints: &[Constraint]) -> usize {
    let nested = match ty {
        TypeRef::Array(item) | TypeRef::Map(item) | TypeRef::Nullable(item) => 2 + constraint_lines(item, &[]),
        TypeRef::Named(_) => 5,
        _ => 1,
    };
    nested + 2 * constraints.len()
}
