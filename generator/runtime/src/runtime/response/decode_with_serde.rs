//! The decoding of bodies whose types do not implement [`FromJson`](crate::runtime::FromJson).

use serde_core::de::DeserializeOwned;

use super::decode::DecodeJson;
use crate::runtime::{Mismatch, Reading, deserialize_json};

/// Decodes JSON with serde's `Deserialize`.
pub struct Serde;

impl<T: DeserializeOwned> DecodeJson<T> for Serde {
    fn decode_json(json: &[u8], reading: Reading) -> Result<T, Mismatch> {
        deserialize_json(json, reading)
    }
}
