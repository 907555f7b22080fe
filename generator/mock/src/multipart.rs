//! The parts of a multipart body.

/// A part of a multipart body.
#[derive(Debug, PartialEq)]
pub(crate) struct Part<'b> {
    pub name: String,
    pub file_name: Option<String>,
    pub media_type: Option<String>,
    pub content: &'b [u8],
}

/// The parts of a body with the media type of its request; what is no part with a name is left out.
pub(crate) fn parts<'b>(media_type: &str, body: &'b [u8]) -> Vec<Part<'b>> {
    let Some(boundary) = parameter(media_type, "boundary") else { return Vec::new() };
    let mark = format!("--{boundary}").into_bytes();
    let mut found = Vec::new();
    let Some(start) = find(body, &mark) else { return found };
    let mut rest = &body[start + mark.len()..];
    let end = [b"\r\n".as_slice(), &mark].concat();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let Some(length) = find(part, &end) else { break };
        found.extend(read(&part[..length]));
        rest = &part[length + end.len()..];
    }
    found
}

fn read(part: &[u8]) -> Option<Part<'_>> {
    let head = find(part, b"\r\n\r\n")?;
    let lines = String::from_utf8_lossy(&part[..head]).into_owned();
    let header = |name: &str| {
        let mut headers = lines.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(&disposition, "name")?,
        file_name: parameter(&disposition, "filename"),
        media_type: header("content-type"),
        content: &part[head + 4..],
    })
}

/// The value of a parameter of a header, without its quotes and escapes.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = &header[header.find(';')? + 1..];
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, behind) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().replace("%22", "\"").replace("%0D%0A", "\r\n"));
        }
        rest = &behind[behind.find(';')? + 1..];
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len().max(1)).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let body = b"preamble\r\n--a b\r\nContent-Disposition: form-data; name=\"x%22\"\r\n\r\n1\r\n--a b\r\n\
            content-type: image/png\r\ncontent-disposition: form-data; filename=\"f;=.png\"; name=y\r\n\r\n\xff\r\n\r\n--a b--\r\n";
        let part = |name: &str, file_name: Option<&str>, media_type: Option<&str>, content: &'static [u8]| Part {
            name: name.to_owned(),
            file_name: file_name.map(str::to_owned),
            media_type: media_type.map(str::to_owned),
            content,
        };
        let expected = [part("x\"", None, None, b"1"), part("y", Some("f;=.png"), Some("image/png"), b"\xff\r\n")];
        assert_eq!(parts("multipart/form-data; charset=utf-8; boundary=\"a b\"", body), expected);
        for (media_type, body) in [
            ("multipart/form-data", &b"--a\r\n"[..]),
            ("multipart/form-data; boundary=a", b"--a"),
            ("multipart/form-data; boundary=a", b"--a\r\n\r\n"),
            ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\n\r\n--a--"),
            ("multipart/form-data; boundary=", b"--\r\n--"),
        ] {
            assert_eq!(parts(media_type, body), [], "{media_type}");
        }
    }
}
