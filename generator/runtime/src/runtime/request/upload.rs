//! Bytes that are sent as they are: from memory, from a file, from a reader.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderValue;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

use super::request_parts::{Payload, header_value};
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Personal, Request, Result};

/// Bytes to upload, with their file name and media type. The contents of a file or reader are never in memory as a
/// whole.
///
/// ```text
/// client.photos().create(Upload::file("rex.png").content_type("image/png")).await?;
/// client.photos().create(vec![1, 2, 3]).await?;
/// ```
#[derive(Clone)]
pub struct Upload {
    source: Source,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    // [if multipart.rs
    /// Whether it is a string rather than a file.
    pub(crate) text: bool,
    // [end multipart.rs]
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(PathBuf),
    Reader(Arc<Mutex<Option<Reader>>>, Option<u64>),
}

type Reader = Pin<Box<dyn AsyncRead + Send>>;

impl Upload {
    /// Bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    // [if multipart.rs
    /// Creates an upload of a string, if the API accepts one in place of a file, such as the URL of a file. In a form, it is a
    /// field without a file name.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: true, ..Self::bytes(text.into()) }
    }

    // [end multipart.rs]
    /// Creates an upload of the file at a path. The file is opened for each attempt. The file name is sent without the folders.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { file_name, ..Self::new(Source::File(path)) }
    }

    /// Creates an upload from a reader. It can be read only once, so the request is not retried.
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        let reader: Reader = Box::pin(reader);
        Self::new(Source::Reader(Arc::new(Mutex::new(Some(reader))), None))
    }

    /// Sets the number of bytes that the reader returns, if it is known. Some APIs require it.
    pub fn length(mut self, length: u64) -> Self {
        if let Source::Reader(_, known) = &mut self.source {
            *known = Some(length);
        }
        self
    }

    /// Sets the file name.
    pub fn file_name(self, name: impl Into<String>) -> Self {
        Self { file_name: Some(name.into()), ..self }
    }

    /// Sets the media type of the bytes, such as `image/png`, instead of the documented one.
    pub fn content_type(self, media_type: impl Into<String>) -> Self {
        Self { content_type: Some(media_type.into()), ..self }
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            file_name: None,
            content_type: None,
            // [if multipart.rs
            text: false,
            // [end multipart.rs]
        }
    }

    /// Adds what may be personal: the name of the file.
    pub(crate) fn add_values(&self, to: &mut Sensitive) {
        self.file_name.iter().for_each(|name| to.add(name));
    }

    pub(crate) fn repeats(&self) -> bool {
        !matches!(self.source, Source::Reader(..))
    }

    /// Its media type as a header: its own, or the one of those that the API takes that its file name stands for.
    pub(crate) fn media_type(&self, name: &'static str, taken: &'static str) -> Result<HeaderValue, InvalidValue> {
        if let Some(own) = &self.content_type {
            let header = header_value(own).filter(|_| own.contains('/'));
            return header.ok_or_else(|| InvalidValue::new(name, None, "must have a media type as content type"));
        }
        let file_name = self.file_name.as_deref().unwrap_or_default();
        let media_type = if taken.contains([',', '*']) { chosen(taken, file_name) } else { Some(taken) };
        media_type.map(HeaderValue::from_static).ok_or_else(|| {
            let rule = format!("must have a content type ({taken}): set it with `Upload::content_type`");
            InvalidValue::new(name, None, rule)
        })
    }

    /// Returns the bytes for one attempt.
    pub(crate) fn open(&self, name: &'static str) -> Result<Piece, InvalidValue> {
        let refuse = |rule: String| InvalidValue::new(name, None, rule);
        match &self.source {
            Source::Bytes(bytes) => Ok(Piece::Bytes(bytes.clone())),
            Source::File(path) => {
                let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
                let (about, file) = opened
                    .and_then(|(about, file)| match about.is_dir() {
                        true => Err(io::ErrorKind::IsADirectory.into()),
                        false => Ok((about, file)),
                    })
                    .map_err(|error| refuse(format!("must be a file that can be read ({})", error.kind())))?;
                // What is no plain file, such as a pipe, has no length.
                let left = about.is_file().then_some(about.len());
                Ok(Piece::Reader(Mutex::new(Box::pin(tokio::fs::File::from_std(file))), left))
            }
            Source::Reader(reader, left) => {
                let reader = reader.lock().unwrap_or_else(PoisonError::into_inner).take();
                let reader =
                    reader.ok_or_else(|| refuse("must not have been sent before, since it is a reader".to_owned()))?;
                Ok(Piece::Reader(Mutex::new(reader), *left))
            }
        }
    }
}

/// The media types of file names whose extension is not their subtype, and of those that ranges such as `image/*` are for.
const EXTENSIONS: [(&str, &str); 20] = [
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("csv", "text/csv"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("tif", "image/tiff"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
];

/// The media type of a file among several that the API takes, of which some may be ranges. A file whose name does not tell
/// is bytes where those are taken.
fn chosen(taken: &'static str, file_name: &str) -> Option<&'static str> {
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let known = EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type);
    let all = || taken.split(',').map(str::trim);
    let is_known = |media_type: &str| match known {
        Some(known) => known == media_type,
        None => media_type.split_once('/').is_some_and(|(_, subtype)| subtype == extension),
    };
    let is_in = |known: &str, range: &str| {
        range == "*/*" || range.strip_suffix('*').is_some_and(|kind| known.starts_with(kind))
    };
    let in_range = |known: &&str| all().any(|range| is_in(known, range));
    let bytes = || all().any(|one| matches!(one, "*/*" | "application/*" | "application/octet-stream"));
    all()
        .find(|media_type| is_known(media_type))
        .or_else(|| known.filter(in_range))
        .or_else(|| bytes().then_some("application/octet-stream"))
}

/// Leaves out the bytes, and the name of the file, which may be personal.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &Personal(&self.file_name))
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

macro_rules! in_memory {
    ($($bytes:ty),*) => { $(
        impl From<$bytes> for Upload {
            fn from(bytes: $bytes) -> Self {
                Self::bytes(bytes)
            }
        }
    )* };
}
in_memory!(Bytes, Vec<u8>, &'static [u8], String, &'static str);

impl<D: Decode> Request<D> {
    /// Sets the body to bytes as they are.
    pub fn bytes<T: Into<Upload>>(mut self, media_type: &'static str, value: impl Into<T>, _: Constraints) -> Self {
        self.parts.body = Some(Arc::new(Whole { media_type, upload: value.into().into() }));
        self
    }
}

struct Whole {
    media_type: &'static str,
    upload: Upload,
}

impl Payload for Whole {
    fn make(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let media_type = self.upload.media_type("body", self.media_type)?;
        Ok(Some((media_type, Pieces::body([self.upload.open("body")?]))))
    }

    fn repeats(&self) -> bool {
        self.upload.repeats()
    }

    fn add_values(&self, _: &[&str], to: &mut Sensitive) {
        self.upload.add_values(to);
    }
}

/// A piece of a body: bytes, or a reader with the number of bytes that it has left, where that is known.
pub enum Piece {
    Bytes(Bytes),
    /// Nobody locks it: a body must be of a kind that threads could share.
    Reader(Mutex<Reader>, Option<u64>),
}

/// A body made of pieces, one after the other.
pub struct Pieces {
    left: VecDeque<Piece>,
    chunk: Vec<u8>,
}

impl Pieces {
    pub fn body(pieces: impl IntoIterator<Item = Piece>) -> Body {
        let mut left: VecDeque<Piece> = pieces.into_iter().collect();
        match left.pop_front() {
            None => Body::default(),
            Some(Piece::Bytes(bytes)) if left.is_empty() => Body::from(bytes),
            Some(first) => {
                left.push_front(first);
                Body::wrap(Self { left, chunk: Vec::new() })
            }
        }
    }
}

/// How much of a reader is asked for at once.
const CHUNK: usize = 1 << 16;

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { left, chunk } = self.get_mut();
        loop {
            let (reader, length) = match left.front_mut() {
                None => return Poll::Ready(None),
                Some(Piece::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    left.pop_front();
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Piece::Reader(reader, length)) => (reader, length),
            };
            let most = length.map_or(CHUNK, |length| length.min(CHUNK as u64) as usize);
            chunk.resize(most, 0);
            let mut buffer = ReadBuf::new(chunk);
            if most > 0 {
                let reader = reader.get_mut().unwrap_or_else(PoisonError::into_inner);
                ready!(reader.as_mut().poll_read(context, &mut buffer))?;
            }
            let bytes = Bytes::copy_from_slice(buffer.filled());
            if let Some(length) = length {
                *length -= bytes.len() as u64;
                if bytes.is_empty() && *length > 0 {
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                }
            }
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            left.pop_front();
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.left.iter().try_fold(0, |sum: u64, piece| match piece {
            Piece::Bytes(bytes) => sum.checked_add(bytes.len() as u64),
            Piece::Reader(_, left) => sum.checked_add((*left)?),
        });
        length.map(SizeHint::with_exact).unwrap_or_default()
    }
}
