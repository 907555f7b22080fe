//! Renders differences as text: a line for each difference, and the source locations in both documents.

use std::fmt::{self, Display, Write};

use crate::characters::for_terminal;
use crate::compare::{Change, Credentials, Difference, Fact, Pair, Step};
use crate::ir::{Constraint, Status};
use crate::source::{Pointer, Source};

/// Renders all differences with their source locations in both documents, grouped by operation or type.
pub fn render<'d>(differences: impl IntoIterator<Item = &'d Difference>, sources: Pair<&Source>) -> String {
    let mut output = String::new();
    let mut previous = None;
    for difference in differences {
        if previous.is_some_and(|previous| previous != difference.path.first()) {
            output.push('\n');
        }
        previous = Some(difference.path.first());
        let locations = Pair {
            ours: location(sources.ours, &difference.origins.ours),
            theirs: location(sources.theirs, &difference.origins.theirs),
        };
        // A document may give its nodes any names, and a terminal would execute control characters.
        let lines = [difference.to_string(), locations.ours, locations.theirs].map(|line| for_terminal(&line));
        let _ = writeln!(output, "{}", lines.join("\n    "));
    }
    output
}

fn location(source: &Source, origin: &Pointer) -> String {
    let (line, column) = source.position(source.value_range(origin).start);
    format!("{}:{line}:{column}", source.path)
}

/// Writes a difference as a line. The patterns of [`AcceptedDifferences`](super::AcceptedDifferences) match this line.
impl Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str("the API")?;
        }
        for (index, step) in self.path.iter().enumerate() {
            write!(f, "{}{step}", if index == 0 { "" } else { " / " })?;
        }
        let fact = self.change.fact();
        if *fact != Fact::Present {
            write!(f, " / {}", fact.keyword())?;
        }
        f.write_char(':')?;
        match &self.change {
            Change::Changed(Pair { ours, theirs }) => {
                let other = if ours.keyword() == theirs.keyword() { "" } else { theirs.keyword() };
                let separator = if other.is_empty() { "" } else { " " };
                return write!(f, " {}, not {other}{separator}{}", ours.value(), theirs.value());
            }
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
            Self::ServerVariable(name) => write!(f, "server variable {name}"),
            Self::Type(name) => write!(f, "type {name}"),
            Self::Webhook(name) => write!(f, "webhook {name}"),
            Self::Payload => f.write_str("payload"),
            Self::Param(location, wire) => write!(f, "{} {wire}", location.as_str()),
            Self::Response(Status::Code(code)) => write!(f, "response {code}"),
            Self::Response(Status::Range(class)) => write!(f, "response {class}XX"),
            Self::Response(Status::Default) => f.write_str("response default"),
            Self::MediaType(name) => write!(f, "media type {name}"),
            Self::Header(wire) => write!(f, "header {wire}"),
            Self::Property(wire) => write!(f, "property {wire}"),
            Self::Items => f.write_str("items"),
            Self::Item(index) => write!(f, "item {index}"),
            Self::UnionVariant(name) => write!(f, "alternative {name}"),
            Self::AdditionalProperties => f.write_str("values"),
        }
    }
}

impl Fact {
    /// Returns the OpenAPI keyword of the fact, or a short name. The result is empty for [`Present`](Self::Present).
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::Present => "",
            Self::Server(_) => "server",
            Self::Scheme(_) => "security scheme",
            Self::TokenUrl(_) => "tokenUrl",
            Self::CredentialsOptional => "without credentials",
            Self::Id(_) => "operationId",
            Self::Name(_) => "name",
            Self::Method(_) => "method",
            Self::Path(_) => "path",
            Self::Security(_) => "security",
            Self::Scope(_) => "scope",
            Self::EventNames(_) => "event name",
            Self::Paging(_) => "paging",
            Self::MediaType(_) => "media type",
            Self::Body(_) => "body",
            Self::StreamEnd(_) => "end of streams",
            Self::In(_) => "in",
            Self::Encoding(_) => "encoding",
            Self::Required => "required",
            Self::ReadOnly => "readOnly",
            Self::WriteOnly => "writeOnly",
            Self::Nullable => "nullable",
            Self::Deprecated => "deprecated",
            Self::Personal => "personal",
            Self::Type(_) => "type",
            Self::Schema { .. } => "schema",
            Self::Format(_) => "format",
            Self::Constraint(constraint) => constraint_keyword(constraint),
            Self::Default(_) => "default",
            Self::AdditionalProperties => "additionalProperties",
            Self::Tag(_) => "discriminator",
            Self::TagValue(_) => "mapping",
            Self::DefaultAlternative => "defaultMapping",
            Self::EnumValue(_) => "enum",
            Self::OtherStrings => "other strings",
        }
    }

    /// Returns a text that is equal for two facts of which one can replace the other.
    pub(crate) fn pairing_keyword(&self) -> &'static str {
        match self {
            Self::Constraint(constraint) => pairing_keyword(constraint),
            fact => fact.keyword(),
        }
    }

    /// Returns the value of the fact as in the document. The result is empty if the keyword has no value.
    pub fn value(&self) -> String {
        match self {
            Self::Present
            | Self::DefaultAlternative
            | Self::CredentialsOptional
            | Self::Required
            | Self::ReadOnly
            | Self::WriteOnly
            | Self::Nullable
            | Self::Deprecated
            | Self::Personal
            | Self::OtherStrings
            | Self::AdditionalProperties => String::new(),
            Self::Security(Credentials { kinds, scopes }) if scopes.is_empty() => kinds.join(" and "),
            Self::Security(Credentials { kinds, scopes }) => {
                format!("{} with scopes {}", kinds.join(" and "), scopes.join(", "))
            }
            Self::Paging(parts) => parts.join(", "),
            Self::MediaType(text) | Self::StreamEnd(text) => text.clone(),
            Self::Server(text) | Self::TokenUrl(text) | Self::Id(text) | Self::Name(text) => text.clone(),
            Self::Path(text)
            | Self::Scope(text)
            | Self::Type(text)
            | Self::Format(text)
            | Self::Encoding(text)
            | Self::Schema { name: text, .. } => text.clone(),
            Self::EventNames(names) => names.join(", "),
            Self::Scheme(text) | Self::Body(text) => (*text).to_owned(),
            Self::Method(method) => method.as_str().to_owned(),
            Self::In(location) => location.as_str().to_owned(),
            Self::Constraint(constraint) => constraint_value(constraint),
            Self::Tag(text) | Self::TagValue(text) => format!("{text:?}"),
            Self::Default(value) | Self::EnumValue(value) => value.to_string(),
        }
    }
}

/// Returns a text that is equal for two constraints of which one can replace the other.
pub(crate) fn pairing_keyword(constraint: &Constraint) -> &'static str {
    match constraint {
        Constraint::ExclusiveMinimum(_) => "minimum",
        Constraint::ExclusiveMaximum(_) => "maximum",
        constraint => constraint_keyword(constraint),
    }
}

fn constraint_keyword(constraint: &Constraint) -> &'static str {
    match constraint {
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
        Constraint::NoProperties | Constraint::AdditionalProperties(_) => "additionalProperties",
        Constraint::PropertyNames(..) => "propertyNames",
        Constraint::PropertiesMatching(..) => "patternProperties",
        Constraint::Requires(..) => "dependentRequired",
        Constraint::Json(_) => "contentSchema",
    }
}

fn constraint_value(constraint: &Constraint) -> String {
    match constraint {
        Constraint::MinLength(count)
        | Constraint::MaxLength(count)
        | Constraint::MinItems(count)
        | Constraint::MaxItems(count)
        | Constraint::MinProperties(count)
        | Constraint::MaxProperties(count) => count.to_string(),
        Constraint::Minimum(limit)
        | Constraint::ExclusiveMinimum(limit)
        | Constraint::Maximum(limit)
        | Constraint::ExclusiveMaximum(limit)
        | Constraint::MultipleOf(limit) => limit.to_string(),
        Constraint::Pattern(pattern) => pattern.clone(),
        Constraint::UniqueItems => String::new(),
        Constraint::NoProperties => "false".to_owned(),
        Constraint::Items(constraints)
        | Constraint::Item(_, constraints)
        | Constraint::ItemsFrom(_, constraints)
        | Constraint::AdditionalProperties(constraints)
        | Constraint::PropertyNames(_, constraints)
        | Constraint::PropertiesMatching(_, constraints)
        | Constraint::Json(constraints) => {
            let values = constraints
                .iter()
                .map(|constraint| format!("{} {}", constraint_keyword(constraint), constraint_value(constraint)));
            values.collect::<Vec<_>>().join(", ")
        }
        Constraint::Requires(property, required) => format!("{property}: {}", required.join(", ")),
    }
}
