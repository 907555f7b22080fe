//! The property of a JSON body that asks for a stream.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{Decode, Properties, Request};

impl<D: Decode> Request<D> {
    /// Sets a property of the JSON body to `true`. A body that is not there has this property alone.
    pub fn json_flag(self, media_type: &'static str, name: &str) -> Self {
        let mut request = match self.parts.body {
            Some(_) => self,
            None => self.json::<serde_json::Map<_, _>>(media_type, serde_json::Map::new(), &[]),
        };
        // A body that is not valid stays as it is: it is refused when the request is sent.
        let flagged = request.parts.body.as_ref().and_then(|body| body.with_flag(name));
        request.parts.body = flagged.or(request.parts.body);
        request
    }
}

/// The JSON of an object with a property that is `true`. All others stay as they are written, numbers of any size among
/// them.
pub fn flagged(json: &[u8], name: &str) -> Option<Bytes> {
    let mut properties: Properties<'_> = serde_json::from_slice(json).ok()?;
    let flag = RawValue::from_string("true".to_owned()).ok()?;
    match properties.0.iter_mut().find(|(known, _)| known == name) {
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
