//! The runtime of generated crates: which parts of it a crate needs, and the copies of its files.
//!
//! The parts are cargo features of the crate `bindery-runtime`. Its manifest says which features enable others, and which
//! dependencies a feature needs.

pub mod features;
pub mod files;
pub mod manifest;
