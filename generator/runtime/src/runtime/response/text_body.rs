//! String responses in any charset.

use encoding_rs::{Encoding, UTF_8};
use http::header::CONTENT_TYPE;

use crate::runtime::{Decode, DecodeError, RawResponse, Reads, Result};

/// A decoder of strings in the charset of the media type. The default charset is UTF-8.
pub struct Text;

impl Decode for Text {
    type Value = String;

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Text
    }

    fn decode(response: &mut RawResponse) -> Result<String> {
        decode_text(response).map_err(|problem| DecodeError::of_body(response, problem).into())
    }
}

fn decode_text(response: &RawResponse) -> Result<String, String> {
    let content_type = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // If the response has no charset, the charset of the documented media type is used.
    let charset = content_type
        .and_then(charset_of)
        .or_else(|| charset_of(response.expected?.media_types(response.status.as_u16())?));
    let declared_encoding = charset.as_ref().and_then(|label| Encoding::for_label(label.as_bytes()));
    // Some servers send UTF-8, although they declare ASCII or an unsupported charset.
    let is_ascii = charset.as_ref().is_some_and(|label| label.eq_ignore_ascii_case("us-ascii"));
    let encoding = match declared_encoding {
        Some(encoding) if !is_ascii => encoding,
        _ if std::str::from_utf8(&response.body).is_ok() => UTF_8,
        Some(encoding) => encoding,
        None if charset.is_none() => UTF_8,
        None => {
            // The name of the charset is redacted, because the header may repeat a secret of the request.
            let label = charset.map(|label| response.sent.sensitive().redact(&label));
            return Err(format!("the charset{} of the response is not supported", quoted(label.as_deref())));
        }
    };
    let (text, encoding, is_malformed) = encoding.decode(&response.body);
    match is_malformed {
        true => Err(format!("the body is not valid {}", encoding.name())),
        false => Ok(text.into_owned()),
    }
}

/// Returns the name of a charset in backticks, or an empty string if the name is not valid (RFC 2978).
fn quoted(charset: Option<&str>) -> String {
    const MAX_NAME_BYTES: usize = 40;
    let is_name = |name: &&str| {
        name.len() <= MAX_NAME_BYTES
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'+-^_{}~.:".contains(&byte))
    };
    charset.filter(is_name).map_or_else(String::new, |name| format!(" `{name}`"))
}

/// Returns the parameter `charset` of a media type.
pub fn charset_of(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split([';', ',']).skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']).to_owned())
}
