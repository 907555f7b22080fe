//! Uploads: bytes from memory, a file, a reader or a stream.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

use super::header_value::header_value;
use super::request_parts::RequestBody;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Personal, Request, Result};

/// Bytes to upload, with their file name and media type. A file or reader is streamed, so its contents are never completely in
/// memory.
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
    /// Whether the upload is a string instead of a file.
    #[cfg(feature = "multipart")]
    pub(crate) is_text: bool,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(PathBuf),
    /// A reader, and its length if the length is known. The first attempt takes the reader and leaves `None`.
    Reader(Arc<Mutex<Option<Reader>>>, Option<u64>),
}

type Reader = Pin<Box<dyn AsyncRead + Send>>;

impl Upload {
    /// Creates an upload of bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    /// Creates an upload of a string, for APIs that accept a string instead of a file, such as the URL of the file. In a form,
    /// the string is sent without a file name.
    #[cfg(feature = "multipart")]
    pub fn text(text: impl Into<String>) -> Self {
        Self { is_text: true, ..Self::bytes(text.into()) }
    }

    /// Creates an upload of the file at a path. The file is opened for each attempt. The file name is sent without the folders.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { file_name, ..Self::new(Source::File(path)) }
    }

    /// Creates an upload from a reader. A reader can be read only once, so the request is not retried.
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        let reader: Reader = Box::pin(reader);
        Self::new(Source::Reader(Arc::new(Mutex::new(Some(reader))), None))
    }

    /// Creates an upload from a stream of pieces, which are sent as they arrive. A stream can be read only once, so the request
    /// is not retried.
    pub fn stream<B: Into<Bytes>>(pieces: impl Stream<Item = io::Result<B>> + Send + 'static) -> Self {
        Self::reader(PieceReader { pieces: Box::pin(pieces), rest: Bytes::new() })
    }

    /// Sets the number of bytes that the reader or stream returns. Some APIs require the length of the body.
    pub fn length(mut self, length: u64) -> Self {
        if let Source::Reader(_, reader_length) = &mut self.source {
            *reader_length = Some(length);
        }
        self
    }

    /// Sets the file name.
    pub fn file_name(self, name: impl Into<String>) -> Self {
        Self { file_name: Some(name.into()), ..self }
    }

    /// Sets the media type of the bytes, such as `image/png`, instead of the documented media type.
    pub fn content_type(self, media_type: impl Into<String>) -> Self {
        Self { content_type: Some(media_type.into()), ..self }
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            file_name: None,
            content_type: None,
            #[cfg(feature = "multipart")]
            is_text: false,
        }
    }

    /// Adds the file name, which may be personal data.
    pub(crate) fn add_values(&self, to: &mut Sensitive) {
        self.file_name.iter().for_each(|name| to.add(name));
    }

    /// Returns whether the upload can be sent more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self.source, Source::Reader(..))
    }

    /// Returns the value of the header `Content-Type`: the media type that was set, or else the accepted media type that
    /// the file name determines.
    pub(crate) fn media_type(&self, name: &'static str, accepted: &'static str) -> Result<HeaderValue, InvalidValue> {
        if let Some(content_type) = &self.content_type {
            let header = header_value(content_type).filter(|_| content_type.contains('/'));
            return header.ok_or_else(|| InvalidValue::new(name, None, "must have a media type as content type"));
        }
        let file_name = self.file_name.as_deref().unwrap_or_default();
        let is_ambiguous = accepted.contains([',', '*']);
        let media_type = if is_ambiguous { media_type_of_file(accepted, file_name) } else { Some(accepted) };
        media_type.map(HeaderValue::from_static).ok_or_else(|| {
            let rule = format!("must have a content type ({accepted}): set it with `Upload::content_type`");
            InvalidValue::new(name, None, rule)
        })
    }

    /// Opens the file or takes the reader, and returns the piece of the body to send in one attempt.
    pub(crate) fn open(&self, name: &'static str) -> Result<Piece, InvalidValue> {
        let invalid = |rule: String| InvalidValue::new(name, None, rule);
        match &self.source {
            Source::Bytes(bytes) => Ok(Piece::Bytes(bytes.clone())),
            Source::File(path) => {
                let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
                let (metadata, file) = opened
                    .and_then(|(metadata, file)| match metadata.is_dir() {
                        true => Err(io::ErrorKind::IsADirectory.into()),
                        false => Ok((metadata, file)),
                    })
                    .map_err(|error| invalid(format!("must be a file that can be read ({})", error.kind())))?;
                // The path may belong to a pipe, and the length of a pipe is unknown.
                let length = metadata.is_file().then_some(metadata.len());
                Ok(Piece::Reader(Mutex::new(Box::pin(tokio::fs::File::from_std(file))), length))
            }
            Source::Reader(reader, length) => {
                let reader = reader.lock().unwrap_or_else(PoisonError::into_inner).take();
                let reader = reader
                    .ok_or_else(|| invalid("must not have been sent before, because it is a reader".to_owned()))?;
                Ok(Piece::Reader(Mutex::new(reader), *length))
            }
        }
    }
}

/// Reads the pieces of a stream.
struct PieceReader<S> {
    pieces: Pin<Box<S>>,
    /// The unread bytes of the last piece.
    rest: Bytes,
}

impl<B: Into<Bytes>, S: Stream<Item = io::Result<B>>> AsyncRead for PieceReader<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { pieces, rest } = self.get_mut();
        while rest.is_empty() {
            match ready!(pieces.as_mut().poll_next(context)) {
                Some(piece) => *rest = piece?.into(),
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest.split_to(length));
        Poll::Ready(Ok(()))
    }
}

/// The media types of file extensions. For other extensions, the subtype of the media type is compared with the extension.
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

/// Returns the accepted media type that matches the extension of a file. If there is none and `application/octet-stream` is
/// accepted, returns `application/octet-stream`.
fn media_type_of_file(accepted: &'static str, file_name: &str) -> Option<&'static str> {
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let type_of_extension = EXTENSIONS.iter().find(|(key, _)| *key == extension).map(|(_, media_type)| *media_type);
    let accepted_types = || accepted.split(',').map(str::trim);
    let matches_extension = |accepted_type: &str| match type_of_extension {
        Some(media_type) => media_type == accepted_type,
        None => accepted_type.split_once('/').is_some_and(|(_, subtype)| subtype == extension),
    };
    let is_in_range = |media_type: &str, range: &str| {
        range == "*/*" || range.strip_suffix('*').is_some_and(|prefix| media_type.starts_with(prefix))
    };
    let is_accepted = |media_type: &&str| accepted_types().any(|range| is_in_range(media_type, range));
    let accepts_bytes =
        || accepted_types().any(|range| matches!(range, "*/*" | "application/*" | "application/octet-stream"));
    accepted_types()
        .find(|accepted_type| matches_extension(accepted_type))
        .or_else(|| type_of_extension.filter(is_accepted))
        .or_else(|| accepts_bytes().then_some("application/octet-stream"))
}

/// Omits the bytes, and the file name, which may be personal data.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &Personal(&self.file_name))
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

macro_rules! impl_from_bytes {
    ($($bytes:ty),*) => { $(
        impl From<$bytes> for Upload {
            fn from(bytes: $bytes) -> Self {
                Self::bytes(bytes)
            }
        }
    )* };
}
impl_from_bytes!(Bytes, Vec<u8>, &'static [u8], String, &'static str);

impl<D: Decode> Request<D> {
    /// Sets the body to an upload.
    pub fn bytes<T: Into<Upload>>(mut self, media_type: &'static str, value: impl Into<T>, _: Constraints) -> Self {
        self.parts.body = Some(Arc::new(UploadBody { media_type, upload: value.into().into() }));
        self
    }
}

struct UploadBody {
    media_type: &'static str,
    upload: Upload,
}

impl RequestBody for UploadBody {
    fn encode(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let media_type = self.upload.media_type("body", self.media_type)?;
        Ok(Some((media_type, Pieces::body([self.upload.open("body")?]))))
    }

    fn is_repeatable(&self) -> bool {
        self.upload.is_repeatable()
    }

    fn add_values(&self, _: &[&str], to: &mut Sensitive) {
        self.upload.add_values(to);
    }
}

/// A piece of a body.
pub enum Piece {
    Bytes(Bytes),
    /// A reader, and the number of remaining bytes if that number is known. The mutex makes the body `Sync`, and is never
    /// locked.
    Reader(Mutex<Reader>, Option<u64>),
}

/// A body that consists of several pieces.
pub struct Pieces {
    /// The pieces that are still to be sent.
    remaining: VecDeque<Piece>,
    chunk: Vec<u8>,
}

impl Pieces {
    /// Creates a body from pieces.
    pub fn body(pieces: impl IntoIterator<Item = Piece>) -> Body {
        let mut remaining: VecDeque<Piece> = pieces.into_iter().collect();
        match remaining.pop_front() {
            None => Body::default(),
            Some(Piece::Bytes(bytes)) if remaining.is_empty() => Body::from(bytes),
            Some(first) => {
                remaining.push_front(first);
                Body::wrap(Self { remaining, chunk: Vec::new() })
            }
        }
    }
}

/// The maximum number of bytes of one read.
const MAX_CHUNK_BYTES: usize = 1 << 16;

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { remaining, chunk } = self.get_mut();
        loop {
            let (reader, length) = match remaining.front_mut() {
                None => return Poll::Ready(None),
                Some(Piece::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    remaining.pop_front();
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Piece::Reader(reader, length)) => (reader, length),
            };
            let chunk_bytes = length.map_or(MAX_CHUNK_BYTES, |length| length.min(MAX_CHUNK_BYTES as u64) as usize);
            chunk.resize(chunk_bytes, 0);
            let mut buffer = ReadBuf::new(chunk);
            if chunk_bytes > 0 {
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
            remaining.pop_front();
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.remaining.iter().try_fold(0, |sum: u64, piece| match piece {
            Piece::Bytes(bytes) => sum.checked_add(bytes.len() as u64),
            Piece::Reader(_, length) => sum.checked_add((*length)?),
        });
        length.map(SizeHint::with_exact).unwrap_or_default()
    }
}
