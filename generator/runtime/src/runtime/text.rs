//! Responses that are strings, in whatever encoding they come.

use encoding_rs::{Encoding, UTF_8};
use http::header::CONTENT_TYPE;

use super::{Answer, Decode, DecodeError, Reads, Result};

/// Reads the body as a string in the encoding that its media type names, or else in UTF-8.
pub struct Text;

impl Decode for Text {
    type Value = String;

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Text
    }

    fn decode(answer: &mut Answer) -> Result<String> {
        decoded(answer).map_err(|problem| DecodeError::unread_or_other(answer, problem).into())
    }
}

fn decoded(answer: &Answer) -> Result<String, String> {
    let received = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // What is asked for says it where the response does not.
    let named = received.and_then(charset).or_else(|| charset(answer.expected?.accept?));
    let encoding = match &named {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or("the encoding of the text is not a known one")?,
        None => UTF_8,
    };
    let (text, encoding, malformed) = encoding.decode(&answer.body);
    match malformed {
        true => Err(format!("the text is not valid {}", encoding.name())),
        false => Ok(text.into_owned()),
    }
}

/// The encoding that a media type names.
fn charset(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split([';', ',']).skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']).to_owned())
}
