//! Renders differences as text: one line each, with the locations in both documents.

use std::fmt::{self, Display, Write};

use crate::compare::{Change, Difference, Fact, Pair, Step};
use crate::ir::{Constraint, Status};
use crate::source::{Pointer, Source};

/// Renders all differences with their locations in both documents, grouped by operation or type.
pub fn render<'d>(differences: impl IntoIterator<Item = &'d Difference>, sources: Pair<&Source>) -> String {
    let mut text = String::new();
    let mut about = None;
    for difference in differences {
        if about.is_some_and(|about| about != difference.at.first()) {
            text.push('\n');
        }
        about = Some(difference.at.first());
        let places = Pair {
            ours: place(sources.ours, &difference.origins.ours),
            theirs: place(sources.theirs, &difference.origins.theirs),
        };
        let _ = writeln!(text, "{difference}\n    {}\n    {}", places.ours, places.theirs);
    }
    text
}

fn place(source: &Source, origin: &Pointer) -> String {
    let (line, column) = source.position(source.value_range(origin).start);
    format!("{}:{line}:{column}", source.path)
}

/// Writes the line that the patterns of accepted differences are matched with.
impl Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            f.write_str("the API")?;
        }
        for (index, step) in self.at.iter().enumerate() {
            write!(f, "{}{step}", if index == 0 { "" } else { " / " })?;
        }
        let (Change::Added(fact) | Change::Missing(fact) | Change::Changed(Pair { ours: fact, .. })) = &self.change;
        if *fact != Fact::Present {
            write!(f, " / {}", fact.keyword())?;
        }
        f.write_char(':')?;
        match &self.change {
            Change::Changed(pair) => return write!(f, " {}, not {}", pair.ours.value(), pair.theirs.value()),
            _ if fact.value().is_empty() => {}
            _ => write!(f, " {}", fact.value())?,
        }
        f.write_str(if matches!(self.change, Change::Added(_)) { " added" } else { " missing" })
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(id) => f.write_str(id),
            Self::Type(name) => write!(f, "type {name}"),
            Self::Param(place, wire) => write!(f, "{} {wire}", place.as_str()),
            Self::Answer(Status::Code(code)) => write!(f, "answer {code}"),
            Self::Answer(Status::Range(class)) => write!(f, "answer {class}XX"),
            Self::Answer(Status::Default) => f.write_str("answer default"),
            Self::Header(wire) => write!(f, "header {wire}"),
            Self::Property(wire) => write!(f, "property {wire}"),
            Self::Items => f.write_str("items"),
            Self::Item(index) => write!(f, "item {index}"),
            Self::UnionVariant(name) => write!(f, "choice {name}"),
            Self::Values => f.write_str("values"),
        }
    }
}

impl Fact {
    /// Returns the keyword of the fact, that of OpenAPI if there is one; empty for the node itself.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::Present => "",
            Self::Server(_) => "server",
            Self::Scheme(_) => "security scheme",
            Self::Open => "without credentials",
            Self::Id(_) => "operationId",
            Self::Method(_) => "method",
            Self::Path(_) => "path",
            Self::Body(_) => "body",
            Self::In(_) => "in",
            Self::Required => "required",
            Self::ReadOnly => "readOnly",
            Self::WriteOnly => "writeOnly",
            Self::Nullable => "nullable",
            Self::Deprecated => "deprecated",
            Self::Personal => "personal",
            Self::Type(_) => "type",
            Self::Rule(rule) => rule_keyword(rule),
            Self::Default(_) => "default",
            Self::Additional => "additionalProperties",
            Self::Tag(_) => "discriminator",
            Self::Tagged(_) => "mapping",
            Self::Value(_) => "enum",
        }
    }

    /// Returns the value of the fact as in the document; empty if the keyword says everything.
    pub fn value(&self) -> String {
        match self {
            Self::Present
            | Self::Open
            | Self::Required
            | Self::ReadOnly
            | Self::WriteOnly
            | Self::Nullable
            | Self::Deprecated
            | Self::Personal
            | Self::Additional => String::new(),
            Self::Server(text) | Self::Id(text) | Self::Path(text) | Self::Type(text) => text.clone(),
            Self::Scheme(text) | Self::Body(text) => (*text).to_owned(),
            Self::Method(method) => method.as_str().to_owned(),
            Self::In(place) => place.as_str().to_owned(),
            Self::Rule(rule) => rule_value(rule),
            Self::Tag(text) | Self::Tagged(text) => format!("{text:?}"),
            Self::Default(value) | Self::Value(value) => value.to_string(),
        }
    }
}

fn rule_keyword(rule: &Constraint) -> &'static str {
    match rule {
        Constraint::MinLength(_) => "minLength",
        Constraint::MaxLength(_) => "maxLength",
        Constraint::Pattern(_) => "pattern",
        Constraint::Minimum(_) => "minimum",
        Constraint::ExclusiveMinimum(_) => "exclusiveMinimum",
        Constraint::Maximum(_) => "maximum",
        Constraint::ExclusiveMaximum(_) => "exclusiveMaximum",
        Constraint::MultipleOf(_) => "multipleOf",
        Constraint::MinItems(_) => "minItems",
        Constraint::MaxItems(_) => "maxItems",
        Constraint::UniqueItems => "uniqueItems",
        Constraint::Items(_) | Constraint::ItemsFrom(..) => "items",
        Constraint::Item(..) => "prefixItems",
        Constraint::MinProperties(_) => "minProperties",
        Constraint::MaxProperties(_) => "maxProperties",
        Constraint::AdditionalProperties(_) => "additionalProperties",
    }
}

fn rule_value(rule: &Constraint) -> String {
    match rule {
        Constraint::MinLength(count)
        | Constraint::MaxLength(count)
        | Constraint::MinItems(count)
        | Constraint::MaxItems(count)
        | Constraint::MinProperties(count)
        | Constraint::MaxProperties(count) => count.to_string(),
        Constraint::Minimum(bound)
        | Constraint::ExclusiveMinimum(bound)
        | Constraint::Maximum(bound)
        | Constraint::ExclusiveMaximum(bound)
        | Constraint::MultipleOf(bound) => bound.to_string(),
        Constraint::Pattern(pattern) => pattern.clone(),
        Constraint::UniqueItems => String::new(),
        Constraint::Items(all)
        | Constraint::Item(_, all)
        | Constraint::ItemsFrom(_, all)
        | Constraint::AdditionalProperties(all) => {
            let all = all.iter().map(|rule| format!("{} {}", rule_keyword(rule), rule_value(rule)));
            all.collect::<Vec<_>>().join(", ")
        }
    }
}
