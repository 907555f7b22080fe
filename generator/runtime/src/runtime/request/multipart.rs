//! `multipart/form-data` bodies (RFC 7578): the fields of a form, and files.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use percent_encoding::percent_decode_str;

use super::request_parts::RequestBody;
use super::upload::{Piece, Pieces};
use crate::runtime::client::retry::random;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Request, Result, Upload};

impl<D: Decode> Request<D> {
    /// Sets the body to a multipart body. `media_types` has the names and media types of the parts that are not plain text.
    pub fn multipart(self, media_types: &'static [(&'static str, &'static str)]) -> Self {
        self.edit(|body| body.media_types = media_types)
    }

    /// Sets the body to a multipart body. If there are no parts, the request is sent without a body.
    pub fn optional_multipart(self, media_types: &'static [(&'static str, &'static str)]) -> Self {
        self.edit(|body| (body.media_types, body.is_optional) = (media_types, true))
    }

    /// Adds a file as a part.
    pub fn file<T: Into<Upload>>(self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        let upload: Upload = value.into().into();
        self.files::<Vec<Upload>>(name, vec![upload], constraints)
    }

    /// Adds several files as parts with the same name.
    pub fn files<T: Into<Vec<Upload>>>(self, name: &'static str, value: impl Into<T>, _: Constraints) -> Self {
        let uploads = value.into().into();
        self.edit(|body| {
            body.files.retain(|(existing, _)| *existing != name);
            body.files.push((name, uploads));
        })
    }

    fn edit(mut self, change: impl FnOnce(&mut Multipart)) -> Self {
        let existing = self.parts.body.take().and_then(|body| (body as Arc<dyn Any + Send + Sync>).downcast().ok());
        let mut body: Multipart = existing.map(Arc::unwrap_or_clone).unwrap_or_default();
        change(&mut body);
        self.parts.body = Some(Arc::new(body));
        self
    }
}

#[derive(Clone, Default)]
struct Multipart {
    /// The media types of parts, by their names.
    media_types: &'static [(&'static str, &'static str)],
    files: Vec<(&'static str, Vec<Upload>)>,
    is_optional: bool,
}

impl RequestBody for Multipart {
    /// Encodes the fields before the files. Some servers process a file before they have received the parts after the file.
    fn encode(&self, form: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        if self.is_optional && form.is_empty() && self.files.iter().all(|(_, uploads)| uploads.is_empty()) {
            return Ok(None);
        }
        // The boundary is long and random, so that it does not occur in any part.
        let boundary = format!("{:016x}{:016x}{:016x}{:016x}", random(), random(), random(), random());
        let mut text = String::new();
        let mut pieces = Vec::new();
        for (name, value) in form.split('&').filter_map(|pair| pair.split_once('=')) {
            let (name, value) = (percent_decode(name), percent_decode(value));
            let media_type =
                self.media_type(&name).or_else(|| self.media_type(name.split('[').next().unwrap_or_default()));
            text += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n", escape_name(&name));
            // The encoded form has an empty value for `null`. An empty part is not valid JSON, so the part contains `null`.
            let is_null = value.is_empty() && media_type.is_some_and(is_json);
            let value = if is_null { Cow::Borrowed("null") } else { value };
            text.extend(media_type.map(|media_type| format!("Content-Type: {media_type}\r\n")));
            text.push_str("\r\n");
            #[cfg(feature = "charsets")]
            if let Some(media_type) = media_type {
                let value = Bytes::from(value.into_owned());
                pieces.push(Piece::Bytes(Bytes::from(std::mem::take(&mut text))));
                pieces.push(Piece::Bytes(super::charset::encode(&name, value, media_type)?));
                text.push_str("\r\n");
                continue;
            }
            text.extend([&value, "\r\n"]);
        }
        let uploads = self.files.iter().flat_map(|(name, uploads)| uploads.iter().map(move |upload| (*name, upload)));
        for (name, upload) in uploads {
            text += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escape_name(name));
            if !upload.is_text || upload.file_name.is_some() {
                // Many servers treat a part without a file name as a string, so every file is sent with a file name.
                text += &format!("; filename=\"{}\"", escape_name(upload.file_name.as_deref().unwrap_or(name)));
            }
            if !upload.is_text || upload.content_type.is_some() {
                let default_type = self.media_type(name).unwrap_or("application/octet-stream");
                let media_type = upload.media_type(name, default_type)?;
                text += &format!("\r\nContent-Type: {}", media_type.to_str().unwrap_or_default());
            }
            text.push_str("\r\n\r\n");
            pieces.push(Piece::Bytes(Bytes::from(std::mem::take(&mut text))));
            pieces.push(upload.open(name)?);
            text.push_str("\r\n");
        }
        text += &format!("--{boundary}--\r\n");
        pieces.push(Piece::Bytes(Bytes::from(text)));
        let media_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
        let media_type = media_type.unwrap_or_else(|_| HeaderValue::from_static("multipart/form-data"));
        Ok(Some((media_type, Pieces::body(pieces))))
    }

    fn is_repeatable(&self) -> bool {
        self.files.iter().flat_map(|(_, uploads)| uploads).all(Upload::is_repeatable)
    }

    fn add_values(&self, _: &[&str], to: &mut Sensitive) {
        self.files.iter().flat_map(|(_, uploads)| uploads).for_each(|upload| upload.add_values(to));
    }
}

impl Multipart {
    fn media_type(&self, name: &str) -> Option<&'static str> {
        self.media_types.iter().find(|(part, _)| *part == name).map(|(_, media_type)| *media_type)
    }
}

fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().is_some_and(|essence| essence.trim().ends_with("json"))
}

fn percent_decode(string: &str) -> Cow<'_, str> {
    percent_decode_str(string).decode_utf8_lossy()
}

/// Escapes a name for a quoted string, as browsers do.
fn escape_name(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
