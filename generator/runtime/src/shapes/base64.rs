//! Bytes that are Base64 in JSON and in parameters.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::runtime::Value;

/// Bytes that are Base64 on the wire: sent with the standard alphabet and padding, received with or without padding and
/// in the alphabet for URLs too.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64(
    /// The bytes themselves.
    pub Vec<u8>,
);

const TOLERANT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl Base64 {
    fn decode(text: &str) -> Result<Self, base64::DecodeError> {
        let text: String = text.split_ascii_whitespace().collect::<String>().replace('-', "+").replace('_', "/");
        GeneralPurpose::new(&base64::alphabet::STANDARD, TOLERANT).decode(text).map(Self)
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_owned())
    }
}

impl AsRef<[u8]> for Base64 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Base64> for Value {
    fn from(bytes: Base64) -> Self {
        Self::Text(STANDARD.encode(bytes))
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::decode(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Base64;

    #[test]
    fn whatever_base64_is_written_like_is_read() {
        for text in ["+/8=", "+/8", "-_8=", "-_8", "+/\n8="] {
            assert_eq!(Base64::decode(text), Ok(Base64(vec![0xfb, 0xff])), "{text}");
        }
        assert!(Base64::decode("?").is_err());
    }
}
