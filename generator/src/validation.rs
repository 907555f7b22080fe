//! Validation of values, as the runtime of generated crates does it. The mock uses the same code.

#[path = "../runtime/src/runtime/validation/constraint.rs"]
pub mod constraint;
#[path = "../runtime/src/runtime/validation/decimal.rs"]
pub mod decimal;
