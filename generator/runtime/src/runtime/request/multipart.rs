//! Bodies as `multipart/form-data` (RFC 7578): the fields of a form, and files.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use percent_encoding::percent_decode_str;

use super::request_parts::Payload;
use super::upload::{Piece, Pieces};
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Request, Result, Upload};

impl<D: Decode> Request<D> {
    /// Makes the body one of several parts, of which some are not plain text: their names and media types.
    pub fn multipart(self, types: &'static [(&'static str, &'static str)]) -> Self {
        self.edit(|all| all.types = types)
    }

    /// The same, for a body that is left out where it has no parts.
    pub fn optional_multipart(self, types: &'static [(&'static str, &'static str)]) -> Self {
        self.edit(|all| (all.types, all.optional) = (types, true))
    }

    /// Adds a part that is a file.
    pub fn file<T: Into<Upload>>(self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        let upload: Upload = value.into().into();
        self.files::<Vec<Upload>>(name, vec![upload], constraints)
    }

    /// Adds a part for each of several files.
    pub fn files<T: Into<Vec<Upload>>>(self, name: &'static str, value: impl Into<T>, _: Constraints) -> Self {
        let uploads = value.into().into();
        self.edit(|all| {
            all.files.retain(|(known, _)| *known != name);
            all.files.push((name, uploads));
        })
    }

    fn edit(mut self, change: impl FnOnce(&mut Multipart)) -> Self {
        let known = self.parts.body.take().and_then(|body| (body as Arc<dyn Any + Send + Sync>).downcast().ok());
        let mut all: Multipart = known.map(Arc::unwrap_or_clone).unwrap_or_default();
        change(&mut all);
        self.parts.body = Some(Arc::new(all));
        self
    }
}

#[derive(Clone, Default)]
struct Multipart {
    types: &'static [(&'static str, &'static str)],
    files: Vec<(&'static str, Vec<Upload>)>,
    optional: bool,
}

impl Payload for Multipart {
    /// First the fields, then the files: some servers act on a file as soon as it comes.
    fn make(&self, form: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        if self.optional && form.is_empty() && self.files.iter().all(|(_, all)| all.is_empty()) {
            return Ok(None);
        }
        // So long that it is in no part, but for one that has been made to hold it.
        let boundary = format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..));
        let mut text = String::new();
        let mut pieces = Vec::new();
        for (name, value) in form.split('&').filter_map(|pair| pair.split_once('=')) {
            let (name, value) = (decoded(name), decoded(value));
            let media_type =
                self.media_type(&name).or_else(|| self.media_type(name.split('[').next().unwrap_or_default()));
            text += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n", escaped(&name));
            // `null` in a form is empty, which is no JSON.
            let is_null = value.is_empty() && media_type.is_some_and(is_json);
            let value = if is_null { Cow::Borrowed("null") } else { value };
            text.extend(media_type.map(|media_type| format!("Content-Type: {media_type}\r\n")));
            text.push_str("\r\n");
            // [if charset.rs
            if let Some(media_type) = media_type {
                let value = Bytes::from(value.into_owned());
                pieces.push(Piece::Bytes(Bytes::from(std::mem::take(&mut text))));
                pieces.push(Piece::Bytes(super::charset::encode(&name, value, media_type)?));
                text.push_str("\r\n");
                continue;
            }
            // [end charset.rs]
            text.extend([&value, "\r\n"]);
        }
        for (name, upload) in self.files.iter().flat_map(|(name, all)| all.iter().map(move |one| (*name, one))) {
            text += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escaped(name));
            if !upload.text || upload.file_name.is_some() {
                // Many servers treat a part without a file name as a string.
                text += &format!("; filename=\"{}\"", escaped(upload.file_name.as_deref().unwrap_or(name)));
            }
            if !upload.text || upload.content_type.is_some() {
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

    fn repeats(&self) -> bool {
        self.files.iter().flat_map(|(_, all)| all).all(Upload::repeats)
    }

    fn add_values(&self, _: &[&str], to: &mut Sensitive) {
        self.files.iter().flat_map(|(_, all)| all).for_each(|upload| upload.add_values(to));
    }
}

impl Multipart {
    fn media_type(&self, name: &str) -> Option<&'static str> {
        self.types.iter().find(|(known, _)| *known == name).map(|(_, media_type)| *media_type)
    }
}

fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().is_some_and(|essence| essence.trim().ends_with("json"))
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// A name between quotation marks, as browsers write it.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
