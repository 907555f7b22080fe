//! The property of a JSON request body that requests a stream.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::runtime::{Decode, Properties, Request};

impl<D: Decode> Request<D> {
    /// Sets a property of the JSON body to `true`. A request without a body gets a body with only this property.
    pub fn json_flag(self, media_type: &'static str, name: &str) -> Self {
        let mut request = match self.parts.body {
            Some(_) => self,
            None => self.json::<serde_json::Map<_, _>>(media_type, serde_json::Map::new(), &[]),
        };
        // An invalid body is not changed. Its error is returned when the request is sent.
        let body = request.parts.body.as_ref().and_then(|body| body.with_flag(name));
        request.parts.body = body.or(request.parts.body);
        request
    }
}

/// Returns the JSON of an object with a property set to `true`. The values of all other properties are copied as JSON text,
/// so large numbers keep their digits.
pub fn with_true_property(json: &[u8], name: &str) -> Option<Bytes> {
    let mut properties: Properties<'_> = match json {
        b"null" => Properties(Vec::new()),
        json => Properties::parse(json)?,
    };
    let flag = RawValue::from_string("true".to_owned()).ok()?;
    match properties.0.iter_mut().find(|(key, _)| key == name) {
        Some((_, value)) => *value = &flag,
        None => properties.0.push((name.into(), &flag)),
    }
    let mut text = String::from("{");
    for (index, (name, value)) in properties.0.iter().enumerate() {
        text.extend([if index == 0 { "" } else { "," }, &serde_json::to_string(name).ok()?, ":", value.get()]);
    }
    text.push('}');
    Some(text.into())
}
