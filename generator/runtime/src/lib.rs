//! The runtime of the crates that bindery generates, as a separate crate so that the runtime can be tested.
//!
//! The generator copies the files of the folder [`runtime`] that an API needs into the crate that it writes. This crate
//! compiles and tests all files.
//!
//! The lines from `// [only with file.rs]` to `// [end file.rs]` use the file `file.rs`, which only some crates need. The
//! generator leaves out these lines if it does not copy `file.rs`.

#[macro_use]
pub mod runtime;

#[cfg(test)]
mod tests;
