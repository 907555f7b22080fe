//! The runtime of generated crates: which parts of it a crate needs, and the copies of its files.
//!
//! The parts are cargo features of the crate `bindery-runtime`. The manifest of this crate says which features a feature
//! enables, and which dependencies it needs.

pub mod features;
pub mod files;
pub mod manifest;
