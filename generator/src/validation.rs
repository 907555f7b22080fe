//! The code with which generated crates validate values. The mock uses it as well.

#[path = "../embedded_runtime/validation/constraint.rs"]
pub mod constraint;
#[path = "../embedded_runtime/validation/decimal.rs"]
pub mod decimal;
