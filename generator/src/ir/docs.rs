//! The documentation of an item.

/// The average number of bytes in a full line of a doc comment, without the indentation.
const LINE_BYTES: usize = 90;

/// Documentation from the document, as CommonMark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// The summary, or the first paragraph of the description.
    pub summary: String,
    /// The description without the summary.
    pub body: String,
}

impl Docs {
    /// Creates the documentation from a summary and a description. If there is no summary, the first paragraph of the
    /// description becomes the summary.
    pub fn new(summary: Option<&str>, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default().trim();
        match summary.map(str::trim).filter(|summary| !summary.is_empty()) {
            Some(summary) if summary == description => Self { summary: summary.to_owned(), body: String::new() },
            Some(summary) => Self { summary: summary.to_owned(), body: description.to_owned() },
            None => {
                let (first, rest) = description.split_at(first_block_len(description));
                Self { summary: first.trim_end().to_owned(), body: rest.trim_start().to_owned() }
            }
        }
    }

    /// Returns the length of the summary and the body in bytes.
    pub fn len(&self) -> usize {
        self.summary.len() + self.body.len()
    }

    /// Estimates the number of lines of a doc comment. The result is at least 1.
    pub fn estimated_lines(&self) -> usize {
        let line_count = |text: &str| text.lines().map(|line| 1 + line.len() / LINE_BYTES).sum::<usize>();
        let body = if self.body.is_empty() { 0 } else { 1 + line_count(&self.body) };
        line_count(&self.summary).max(1) + body
    }

    /// Returns whether there is no documentation.
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty() && self.body.is_empty()
    }
}

/// Returns the length of the text before the first blank line that is not in a fenced code block.
fn first_block_len(text: &str) -> usize {
    // The character and the length of the fence that opened the current code block.
    let mut fence = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let mark = content.chars().next().filter(|mark| matches!(mark, '`' | '~'));
        let length = mark.map_or(0, |mark| content.chars().take_while(|c| *c == mark).count());
        match fence {
            None if content.is_empty() => return end,
            None if length >= 3 => fence = Some((mark, length)),
            Some((opening_mark, opening_length))
                if mark == opening_mark && length >= opening_length && length == content.len() =>
            {
                fence = None;
            }
            _ => {}
        }
        end += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_split_outside_of_code_blocks() {
        for (description, summary, body) in [
            ("One.\n\nTwo.\n\nThree.", "One.", "Two.\n\nThree."),
            ("One.\n  \nTwo.", "One.", "Two."),
            ("One:\n```\na\n\nb\n```\nTwo.\n\nThree.", "One:\n```\na\n\nb\n```\nTwo.", "Three."),
            ("~~~~\na\n\n~~~\n```\n~~~~\n\nTwo.", "~~~~\na\n\n~~~\n```\n~~~~", "Two."),
            ("```\nnot closed\n\nb", "```\nnot closed\n\nb", ""),
        ] {
            let expected = Docs { summary: summary.to_owned(), body: body.to_owned() };
            assert_eq!(Docs::new(None, Some(description)), expected, "{description}");
        }
    }
}
