//! Documentation of a node.

/// What the document says of a thing, as CommonMark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// One line.
    pub summary: String,
    /// What follows it.
    pub body: String,
}

impl Docs {
    /// Splits a description at its first blank line outside of a code block.
    pub fn new(summary: Option<&str>, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default().trim();
        match summary.map(str::trim).filter(|summary| !summary.is_empty()) {
            Some(summary) if summary == description => Self { summary: summary.to_owned(), body: String::new() },
            Some(summary) => Self { summary: summary.to_owned(), body: description.to_owned() },
            None => {
                let (first, rest) = description.split_at(first_block(description));
                Self { summary: first.trim_end().to_owned(), body: rest.trim_start().to_owned() }
            }
        }
    }

    /// Returns the length in bytes.
    pub fn len(&self) -> usize {
        self.summary.len() + self.body.len()
    }

    /// Whether the document says nothing.
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty() && self.body.is_empty()
    }
}

/// Returns the length of the text before the first blank line that is not in a fenced code block.
fn first_block(text: &str) -> usize {
    let (mut fence, mut end) = (None, 0);
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let mark = content.chars().next().filter(|mark| matches!(mark, '`' | '~'));
        let len = mark.map_or(0, |mark| content.chars().take_while(|c| *c == mark).count());
        match fence {
            None if content.is_empty() => return end,
            None if len >= 3 => fence = Some((mark, len)),
            Some((open, least)) if mark == open && len >= least && len == content.len() => fence = None,
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
