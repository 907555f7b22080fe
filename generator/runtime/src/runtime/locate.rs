//! Which part of a JSON text a position is in.

use std::fmt::Write as _;

/// An object or an array that is open at the position.
enum Open<'a> {
    /// The last name, still in its quotes and escaped.
    Object(&'a [u8]),
    /// How many items there were before.
    Array(usize),
}

/// The path to what is at the byte `at` of `body`, as in `pets[3].name`; empty for the whole of it.
///
/// The text does not have to be JSON beyond that place, and whatever it is, there is some answer.
pub fn path(body: &[u8], at: usize) -> String {
    let mut open = Vec::new();
    let mut name: &[u8] = b"";
    let mut position = 0;
    while position < at.min(body.len()) {
        let begin = position;
        position += 1;
        match body[begin] {
            b'{' => open.push(Open::Object(b"")),
            b'[' => open.push(Open::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                position += string(&body[position..]);
                name = &body[begin..position];
            }
            b':' => {
                if let Some(Open::Object(last)) = open.last_mut() {
                    *last = name;
                }
            }
            b',' => match open.last_mut() {
                Some(Open::Array(before)) => *before += 1,
                Some(Open::Object(last)) => *last = b"",
                None => {}
            },
            _ => {}
        }
    }
    if matches!(body.get(at), Some(b'}' | b']')) {
        // What is found to be wrong at the end is wrong with the whole.
        open.pop();
    }
    let mut path = String::new();
    for part in open {
        match part {
            Open::Object(b"") => {}
            Open::Object(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                _ = match serde_json::from_slice::<String>(name) {
                    Ok(name) => write!(path, "{dot}{name}"),
                    Err(_) => write!(path, "{dot}?"),
                };
            }
            Open::Array(before) => _ = write!(path, "[{before}]"),
        }
    }
    path
}

/// The length of the rest of a string, behind its first quote, up to and with the last one.
fn string(rest: &[u8]) -> usize {
    let mut position = 0;
    while let Some(byte) = rest.get(position) {
        position += 1;
        match byte {
            b'"' => break,
            b'\\' => position += 1,
            _ => {}
        }
    }
    position.min(rest.len())
}
