//! Hash functions, message authentication codes, and their comparison in constant time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How the bytes of a signature are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Base64 with padding.
    Base64,
    /// Lower-case hexadecimal digits.
    Hex,
}

impl Hash {
    /// Returns the HMAC of the concatenation of `parts`, as text.
    pub fn hmac(self, key: &[u8], parts: &[&[u8]], encoding: Encoding) -> String {
        match self {
            Self::Sha1 => hmac::<Hmac<Sha1>>(key, parts, encoding),
            Self::Sha256 => hmac::<Hmac<Sha256>>(key, parts, encoding),
            Self::Sha512 => hmac::<Hmac<Sha512>>(key, parts, encoding),
        }
    }
}

impl Encoding {
    fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Base64 => STANDARD.encode(bytes),
            Self::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

fn hmac<M: KeyInit + Mac>(key: &[u8], parts: &[&[u8]], encoding: Encoding) -> String {
    // HMAC accepts keys of any length, so there is always a code.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return String::new() };
    parts.iter().for_each(|part| mac.update(part));
    encoding.encode(&mac.finalize().into_bytes())
}

/// Returns the SHA-256 hash of `bytes` as hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Encoding::Hex.encode(&Sha256::digest(bytes))
}

/// Returns whether two texts are equal. The time depends only on their lengths. An empty text is equal to no text.
pub fn is_equal(expected: &str, given: &str) -> bool {
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}
