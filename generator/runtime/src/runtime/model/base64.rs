//! Bytes that are encoded as Base64 in JSON and in parameters.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};
use serde_core::{Serialize, Serializer};

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value, string};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

macro_rules! bytes {
    ($($(#[$docs:meta])* $name:ident $engine:ident;)*) => { $(
        $(#[$docs])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The decoded bytes.
            pub Vec<u8>,
        );

        impl $name {
            fn decode(text: &str) -> Result<Self, base64::DecodeError> {
                let text = text.split_ascii_whitespace().collect::<String>().replace('-', "+").replace('_', "/");
                GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT).decode(text).map(Self)
            }
        }

        impl From<Vec<u8>> for $name {
            fn from(bytes: Vec<u8>) -> Self {
                Self(bytes)
            }
        }

        impl From<&[u8]> for $name {
            fn from(bytes: &[u8]) -> Self {
                Self(bytes.to_owned())
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<$name> for Value {
            fn from(bytes: $name) -> Self {
                Self::Text($engine.encode(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$engine.encode(self))
            }
        }

        impl FromJson for $name {
            const EXPECTED: &'static str = "a string";

            fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
                Self::decode(string(&json)?).map_err(|_| Mismatch::rejected())
            }
        }

        impl_deserialize!($name);
    )* };
}
bytes! {
    /// Bytes that are encoded as Base64. Requests use the standard alphabet with padding. Responses may omit the padding or use
    /// the URL-safe alphabet.
    Base64 STANDARD;
    /// Bytes that are encoded as Base64. Requests use the URL-safe alphabet with padding. Responses may have every form that
    /// [`Base64`] accepts.
    Base64Url URL_SAFE;
}

#[cfg(test)]
mod tests {
    use super::{Base64, Base64Url, Value};

    #[test]
    fn every_form_of_base64_is_decoded() {
        for text in ["+/8=", "+/8", "-_8=", "-_8", "+/\n8="] {
            assert_eq!(Base64::decode(text), Ok(Base64(vec![0xfb, 0xff])), "{text}");
            assert_eq!(Base64Url::decode(text), Ok(Base64Url(vec![0xfb, 0xff])), "{text}");
        }
        assert!(Base64::decode("?").is_err());
    }

    #[test]
    fn each_type_is_encoded_with_its_alphabet() {
        assert_eq!(Value::from(Base64(vec![0xfb, 0xff])).text(), "+/8=");
        assert_eq!(Value::from(Base64Url(vec![0xfb, 0xff])).text(), "-_8=");
        assert_eq!(serde_json::to_string(&Base64Url(vec![0xfb, 0xff])).unwrap(), "\"-_8=\"");
    }
}
