//! String responses in any character encoding.

use encoding_rs::{Encoding, UTF_8};
use http::header::CONTENT_TYPE;

use crate::runtime::{Decode, DecodeError, RawResponse, Reads, Result};

/// Decodes the body as a string with the charset of its media type, or else as UTF-8.
pub struct Text;

impl Decode for Text {
    type Value = String;

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Text
    }

    fn decode(answer: &mut RawResponse) -> Result<String> {
        decoded(answer).map_err(|problem| DecodeError::unread_or_other(answer, problem).into())
    }
}

fn decoded(answer: &RawResponse) -> Result<String, String> {
    let received = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // If the response has no charset, that of the requested media type applies.
    let charset =
        received.and_then(charset_of).or_else(|| charset_of(answer.expected?.media_types(answer.status.as_u16())?));
    let known = charset.as_ref().and_then(|label| Encoding::for_label(label.as_bytes()));
    // Some servers say ASCII, or a charset that nobody knows, and send UTF-8.
    let is_ascii = charset.as_ref().is_some_and(|label| label.eq_ignore_ascii_case("us-ascii"));
    let encoding = match known {
        Some(known) if !is_ascii => known,
        _ if std::str::from_utf8(&answer.body).is_ok() => UTF_8,
        Some(known) => known,
        None if charset.is_none() => UTF_8,
        None => {
            // A server may repeat what the request carried.
            let label = charset.map(|label| answer.sent.sensitive().redact(&label));
            return Err(format!("the charset{} of the response is not supported", shown(label.as_deref())));
        }
    };
    let (text, encoding, malformed) = encoding.decode(&answer.body);
    match malformed {
        true => Err(format!("the body is not valid {}", encoding.name())),
        false => Ok(text.into_owned()),
    }
}

/// Returns a charset as an error shows it, if it has the form of one (RFC 2978); a server may send anything.
fn shown(charset: Option<&str>) -> String {
    const LONGEST: usize = 40;
    let is_name = |name: &&str| {
        name.len() <= LONGEST
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
