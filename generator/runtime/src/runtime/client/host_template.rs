//! The template of host names, for APIs with regions or edges.

use std::str::Split;

use crate::runtime::{InvalidValue, Result};

/// A template that inserts the region and the edge into the host name.
#[derive(Clone, Copy, Debug)]
pub struct HostTemplate {
    /// The template, such as `{product}[.{edge}][.{region}].example.com`. `{product}` is the first label of the documented
    /// host name. A part in brackets is left out if the region or edge in it is not set.
    pub template: &'static str,
    /// The region to use if only an edge is set.
    pub default_region: Option<&'static str>,
    /// The environment variable with the region.
    pub region_variable: Option<&'static str>,
    /// The environment variable with the edge.
    pub edge_variable: Option<&'static str>,
}

impl HostTemplate {
    /// Returns the host name for a region and an edge.
    pub(crate) fn host(&self, documented_host: &str, region: Option<&str>, edge: Option<&str>) -> Result<String> {
        let region = region.or(edge.and(self.default_region));
        for (name, value) in [("region", region), ("edge", edge)] {
            if value.is_some_and(|value| !is_label(value)) {
                let rule = "must consist of letters, digits and hyphens, because it is part of a host name";
                return Err(InvalidValue::new(name, None, rule).into());
            }
        }
        let label = |value: Option<&str>| value.map(|value| format!(".{value}")).unwrap_or_default();
        Ok(self.filled(documented_host, &label(region), &label(edge)))
    }

    /// Returns whether `host` is the documented host name with any region and any edge.
    pub(crate) fn matches(&self, documented_host: &str, host: &str) -> bool {
        let template = self.filled(documented_host, ".{region}", ".{edge}");
        labels_match(template.split('.'), host.split('.'))
    }

    /// Returns the template with the first label of the documented host name, and with `region` and `edge` instead of the parts
    /// in brackets.
    fn filled(&self, documented_host: &str, region: &str, edge: &str) -> String {
        let mut filled = String::new();
        for part in self.template.split(['[', ']']) {
            match (part, part.split_once('{')) {
                (".{region}", _) => filled.push_str(region),
                (".{edge}", _) => filled.push_str(edge),
                (_, None) => filled.push_str(part),
                (_, Some((before, placeholder))) => {
                    filled.push_str(before);
                    filled.push_str(documented_host.split('.').next().unwrap_or_default());
                    filled.push_str(placeholder.split_once('}').map_or("", |(_, after)| after));
                }
            }
        }
        filled
    }
}

/// Returns whether the labels of a host name match those of a template. `{region}` and `{edge}` match any label, and may be missing.
fn labels_match(mut template: Split<'_, char>, mut host: Split<'_, char>) -> bool {
    let Some(expected) = template.next() else { return host.next().is_none() };
    if !matches!(expected, "{region}" | "{edge}") {
        return host.next() == Some(expected) && labels_match(template, host);
    }
    let matches_without_label = labels_match(template.clone(), host.clone());
    matches_without_label || (host.next().is_some_and(is_label) && labels_match(template, host))
}

/// Returns whether a string is a valid label of a host name.
fn is_label(label: &str) -> bool {
    let has_outer_hyphen = label.starts_with('-') || label.ends_with('-');
    (1..=63).contains(&label.len())
        && !has_outer_hyphen
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
