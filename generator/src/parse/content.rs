//! Parses the keywords about the content of strings: `contentEncoding` and `contentMediaType`.

use super::object_reader::ObjectReader;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Media;

/// The keyword for the encoding of bytes in a string. The model has no field for this keyword, so it becomes an
/// extension with the same name.
pub const CONTENT_ENCODING: &str = "contentEncoding";
/// The keyword for the media type of a string. The model has no field for this keyword, so it becomes an extension with
/// the same name.
pub const CONTENT_MEDIA_TYPE: &str = "contentMediaType";

/// The encoding and the media type of the content of a string.
pub(super) struct Content {
    pub encoding: Option<String>,
    pub media_type: Option<String>,
}

/// Returns the `format` that is equivalent to an encoding and a media type, and reports an unknown encoding.
pub(super) fn content_format(content: Content, object: &mut ObjectReader<'_, '_>) -> Option<String> {
    let Content { encoding, media_type } = content;
    match (encoding.map(|encoding| encoding.to_ascii_lowercase()).as_deref(), media_type) {
        (Some("base64"), _) => Some("byte".to_owned()),
        (Some("base64url"), _) => Some("base64url".to_owned()),
        (Some("binary"), _) => Some("binary".to_owned()),
        (None, Some(media_type)) if Media::from_media_type(&media_type) == Media::Binary => Some("binary".to_owned()),
        (None | Some("7bit" | "8bit"), _) => None,
        (Some(unknown), _) => {
            let message = format!("unknown content encoding `{unknown}`");
            let location = Location::Value(object.pointer_to(CONTENT_ENCODING));
            let diagnostic =
                Diagnostic::warning(code::UNKNOWN_FORMAT, location, message).label("the generated type is a string");
            object.context.report(diagnostic.help("write `base64` or `base64url` for bytes"));
            None
        }
    }
}
