//! The parts of a multipart body.

/// A part of a multipart body.
#[derive(Debug, PartialEq)]
pub(crate) struct Part<'b> {
    pub name: String,
    pub file_name: Option<String>,
    pub media_type: Option<String>,
    pub content: &'b [u8],
}

/// The maximum number of characters of a boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// Splits a body into its parts. `media_type` is the value of the header `Content-Type`, which contains the boundary.
///
/// # Errors
///
/// Returns the reason why the body is invalid.
pub(crate) fn parts<'b>(media_type: &str, body: &'b [u8]) -> Result<Vec<Part<'b>>, String> {
    let boundary = parameter(media_type, "boundary").filter(|boundary| (1..=MAX_BOUNDARY).contains(&boundary.len()));
    let Some(boundary) = boundary else {
        return Err(format!("the Content-Type must have a boundary of at most {MAX_BOUNDARY} characters"));
    };
    let delimiter = format!("--{boundary}").into_bytes();
    let start = find(body, &delimiter).ok_or_else(|| format!("the body must have the boundary `{boundary}`"))?;
    let mut remaining = &body[start + delimiter.len()..];
    let part_end = [b"\r\n".as_slice(), &delimiter].concat();
    let mut parts = Vec::new();
    while !remaining.starts_with(b"--") {
        let part = remaining.strip_prefix(b"\r\n").and_then(|part| Some((part, find(part, &part_end)?)));
        let (part, length) = part.ok_or_else(|| format!("the body must end with `--{boundary}--`"))?;
        parts.push(parse_part(&part[..length]).ok_or("each part of the body must have a name")?);
        remaining = &part[length + part_end.len()..];
    }
    Ok(parts)
}

fn parse_part(part: &[u8]) -> Option<Part<'_>> {
    let head_length = find(part, b"\r\n\r\n")?;
    let lines = String::from_utf8_lossy(&part[..head_length]).into_owned();
    let header = |name: &str| {
        let mut headers = lines.lines().filter_map(|line| line.split_once(':'));
        headers
            .find(|(header_name, _)| header_name.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(&disposition, "name")?,
        file_name: parameter(&disposition, "filename"),
        media_type: header("content-type"),
        content: &part[head_length + 4..],
    })
}

/// Returns the value of a parameter of a header, without its quotes and escapes.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut remaining = &header[header.find(';')? + 1..];
    loop {
        let (key, after) = remaining.split_once('=')?;
        let (value, remainder) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().replace("%22", "\"").replace("%0D%0A", "\r\n"));
        }
        remaining = &remainder[remainder.find(';')? + 1..];
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len().max(1)).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_split_into_parts() {
        let body = b"preamble\r\n--a b\r\nContent-Disposition: form-data; name=\"x%22\"\r\n\r\n1\r\n--a b\r\n\
            content-type: image/png\r\ncontent-disposition: form-data; filename=\"f;=.png\"; name=y\r\n\r\n\xff\r\n\r\n--a b--\r\n";
        let part = |name: &str, file_name: Option<&str>, media_type: Option<&str>, content: &'static [u8]| Part {
            name: name.to_owned(),
            file_name: file_name.map(str::to_owned),
            media_type: media_type.map(str::to_owned),
            content,
        };
        let expected = [part("x\"", None, None, b"1"), part("y", Some("f;=.png"), Some("image/png"), b"\xff\r\n")];
        assert_eq!(parts("multipart/form-data; charset=utf-8; boundary=\"a b\"", body), Ok(expected.into()));
        assert_eq!(parts("multipart/form-data; boundary=a", b"--a--"), Ok(Vec::new()));
        let long = format!("multipart/form-data; boundary={}", "a".repeat(71));
        let (no_boundary, no_end) = ("must have a boundary of at most 70", "must end with `--a--`");
        for (media_type, body, expected_message) in [
            ("multipart/form-data", &b"--a\r\n"[..], no_boundary),
            ("multipart/form-data; boundary=", b"--\r\n--", no_boundary),
            (&long, b"", no_boundary),
            ("multipart/form-data; boundary=a", b"text", "must have the boundary `a`"),
            ("multipart/form-data; boundary=a", b"--a", no_end),
            ("multipart/form-data; boundary=a", b"--a\r\n\r\n", no_end),
            (
                "multipart/form-data; boundary=a",
                b"--a\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a\r\nContent-Disposition: form",
                no_end,
            ),
            (
                "multipart/form-data; boundary=a",
                b"--a\r\nContent-Disposition: form-data\r\n\r\n\r\n--a--",
                "must have a name",
            ),
        ] {
            let error = parts(media_type, body).expect_err(media_type);
            assert!(error.contains(expected_message), "{error}");
        }
    }
}
