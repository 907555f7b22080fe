//! Validation of values, as the runtime of generated crates does it. The mock uses the same code.

#[path = "../embedded_runtime/validation/constraint.rs"]
pub mod constraint;
#[path = "../embedded_runtime/validation/decimal.rs"]
pub mod decimal;
