//! The template of host names of an API that has regions.

use regex_lite::Regex;

use crate::runtime::{InvalidValue, Result};

/// How region and edge become part of the host.
#[derive(Clone, Copy, Debug)]
pub struct HostTemplate {
    /// The host, with `{product}` for the first label of the API's own host, and `[.{edge}]` and `[.{region}]` for
    /// what is there only when it is set: `{product}[.{edge}][.{region}].example.com`.
    pub template: &'static str,
    /// The region that an edge without a region belongs to.
    pub default_region: Option<&'static str>,
    /// The environment variable that holds the region.
    pub region_variable: Option<&'static str>,
    /// The environment variable that holds the edge.
    pub edge_variable: Option<&'static str>,
}

impl HostTemplate {
    /// Returns the host for a region and an edge, where the API's own is `home`.
    pub(crate) fn host(&self, home: &str, region: Option<&str>, edge: Option<&str>) -> Result<String> {
        let region = region.or(edge.and(self.default_region));
        for (name, value) in [("region", region), ("edge", edge)] {
            if value.is_some_and(|value| !is_label(value)) {
                let rule = "must consist of letters, digits and hyphens, since it is part of a host name";
                return Err(InvalidValue::new(name, None, rule).into());
            }
        }
        let product = home.split('.').next().unwrap_or_default();
        let mut host = String::new();
        for piece in self.template.split_inclusive(']') {
            let (always, optional) = piece.split_once('[').unwrap_or((piece, ""));
            host.push_str(&always.replace("{product}", product));
            for (name, value) in [("{region}", region), ("{edge}", edge)] {
                if let Some(value) = value.filter(|_| optional.contains(name)) {
                    host.push_str(&optional.trim_end_matches(']').replace(name, value));
                }
            }
        }
        Ok(host)
    }

    /// Returns whether `host` is the host for some region and edge, where the API's own is `home`.
    pub(crate) fn fits(&self, home: &str, host: &str) -> bool {
        const LABEL: &str = r"(?:\.[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?)?";
        let product = home.split('.').next().unwrap_or_default();
        let mut pattern = self.template.replace('.', r"\.");
        for (part, expected) in [(r"[\.{edge}]", LABEL), (r"[\.{region}]", LABEL), ("{product}", product)] {
            pattern = pattern.replace(part, expected);
        }
        Regex::new(&format!("^{pattern}$")).is_ok_and(|pattern| pattern.is_match(host))
    }
}

/// Whether `text` can be one label of a host name.
fn is_label(text: &str) -> bool {
    let hyphen_at_end = text.starts_with('-') || text.ends_with('-');
    (1..=63).contains(&text.len()) && !hyphen_at_end && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
