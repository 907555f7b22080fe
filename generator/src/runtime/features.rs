//! The parts of the runtime that only some APIs need.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use heck::ToKebabCase;
use toml::{Table, Value};

use crate::analyze::Analysis;
use crate::config::{Config, DateTimeTypes, Map, Pointer, Types};
use crate::ir::{
    Api, BodyKind, Media, Next, Operation, Param, ParamLocation, ResponseBody, SchemeKind, Segment, Shape, StreamFlag,
    TypeRef, charset_of, contained_types,
};

/// A part of the runtime that only some APIs need. The crate `bindery-runtime` has a feature with the same name in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Operations without credentials in an API with credentials.
    AnonymousOperations,
    /// Values of unknown type.
    AnyJson,
    /// Values behind an `Arc`.
    Arcs,
    /// The extractor of webhooks for axum.
    Axum,
    /// Bytes as base64 strings.
    Base64,
    /// Numbers with more digits than Rust's number types have.
    BigNumbers,
    /// The runtime's own types of dates and times.
    BuiltInDates,
    /// Request bodies in a charset other than UTF-8.
    Charsets,
    /// Dates and times of the crate `chrono`.
    Chrono,
    /// Dates and times that serde encodes or decodes.
    DatesWithSerde,
    /// Response bodies that are read as a stream of bytes.
    Downloads,
    /// Durations in ISO 8601 notation.
    Durations,
    /// The check that the numbers in a JSON body are finite.
    FiniteNumbers,
    /// Types from codegen.toml, which only serde can decode.
    ForeignTypes,
    /// Maps without an order.
    HashMaps,
    /// Idempotency keys, which the client generates.
    IdempotencyKeys,
    /// Maps in the order of insertion.
    IndexMaps,
    /// Dates and times of the crate `jiff`.
    Jiff,
    /// JSON bodies of requests.
    JsonBodies,
    /// Lines of JSON as request bodies.
    JsonLines,
    /// Strings that contain JSON.
    JsonStrings,
    /// Validation of the values inside JSON.
    JsonValidation,
    /// Decoding with serde.
    JsonValues,
    /// Pagination with the header `Link`.
    LinkHeaders,
    /// Multipart bodies.
    Multipart,
    /// Types that are nested too deeply for the compiler.
    NestedTypes,
    /// Responses that may have no body.
    OptionalBodies,
    /// Pagination with a query parameter.
    PageParameters,
    /// Path parameters that are a part of a path segment.
    PartialPathParams,
    /// Redirects as documented responses.
    Redirects,
    /// Regular expressions that are not simple.
    Regexes,
    /// Path parameters that occur more than once in a path.
    RepeatedPathParams,
    /// Responses whose type depends on the status or the media type.
    ResponseEnums,
    /// Credentials other than a user name with a password, or credentials that depend on the operation.
    SecuritySchemes,
    /// Server variables, and servers of single operations.
    Servers,
    /// A property of the JSON body that selects a stream as the response.
    StreamFlags,
    /// Streams of events or JSON lines.
    Streams,
    /// Parameter styles.
    Styles,
    /// Response bodies that are text.
    TextBodies,
    /// Dates and times of the crate `time`.
    Time,
    /// Functions that provide bearer tokens.
    TokenProviders,
    /// Arrays with a fixed number of items of different types.
    Tuples,
    /// Error bodies with generated types.
    TypedErrors,
    /// Unions.
    Unions,
    /// Uploads of bytes, files and readers.
    Uploads,
    /// Enums with values other than strings.
    ValueEnums,
    /// Webhooks.
    Webhooks,
    /// Types that wrap another type.
    Wrappers,
}

impl Feature {
    fn name(self) -> String {
        format!("{self:?}").to_kebab_case()
    }
}

/// The names of the features that an API needs, with the features that they enable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features(BTreeSet<String>);

impl Features {
    /// Returns the features that an API needs.
    pub fn of(api: &Api, analysis: &Analysis, config: &Config) -> Self {
        let input = Input { api, analysis, types: &config.types };
        let needed = CONDITIONS.iter().filter(|(_, is_needed)| is_needed(&input));
        Self::with_enabled_features(needed.map(|(feature, _)| feature.name()))
    }

    /// Returns all features.
    pub fn all() -> Self {
        Self(ALL.clone())
    }

    /// Returns whether the API needs a feature.
    pub fn contains(&self, feature: Feature) -> bool {
        self.0.contains(&feature.name())
    }

    /// Returns whether the API needs the feature with this name.
    pub fn contains_name(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Returns the names in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Returns whether a feature of the runtime is a part that the generator selects. All other features are also features
    /// of the generated crates, and so are the [optional](Self::is_optional) parts.
    pub fn is_part(name: &str) -> bool {
        ALL.contains(name)
    }

    /// Returns whether a part is also a feature of the generated crates that need it, so that a program selects it.
    pub fn is_optional(name: &str) -> bool {
        [Feature::Axum, Feature::Webhooks].iter().any(|feature| feature.name() == name)
    }

    fn with_enabled_features(names: impl IntoIterator<Item = String>) -> Self {
        let mut features = BTreeSet::new();
        let mut remaining: Vec<String> = names.into_iter().collect();
        while let Some(name) = remaining.pop() {
            remaining.extend(enabled_by(&name).filter(|enabled| Self::is_part(enabled)).map(str::to_owned));
            features.insert(name);
        }
        Self(features)
    }
}

/// The feature of the runtime that enables all parts.
pub const FULL: &str = "full";

static ALL: LazyLock<BTreeSet<String>> = LazyLock::new(|| enabled_by(FULL).map(str::to_owned).collect());

/// The manifest of the crate `bindery-runtime`.
pub static MANIFEST: LazyLock<Table> =
    LazyLock::new(|| include_str!("../../embedded_runtime.toml").parse().unwrap_or_default());

/// Returns the names that a feature of the runtime enables: further features of the runtime, and features of dependencies.
pub fn enabled_by(feature: &str) -> impl Iterator<Item = &'static str> {
    let features = MANIFEST.get("features").and_then(|features| features.get(feature));
    features.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

struct Input<'a> {
    api: &'a Api,
    analysis: &'a Analysis,
    types: &'a Types,
}

/// A function that returns whether an API needs a feature.
type Condition = fn(&Input<'_>) -> bool;

/// The features with their conditions. A feature without a condition is needed only if another feature enables it.
const CONDITIONS: &[(Feature, Condition)] = &[
    (Feature::AnonymousOperations, |input| input.api.mixes_anonymous_operations()),
    (Feature::AnyJson, |input| input.has_type(|ty| *ty == TypeRef::Json)),
    (Feature::Arcs, |input| input.types.pointer == Pointer::Arc && input.has_pointers()),
    (Feature::Axum, |input| !input.api.webhooks.is_empty()),
    (Feature::Base64, |input| input.has_type(|ty| matches!(ty, TypeRef::Bytes | TypeRef::UrlBytes))),
    (Feature::BigNumbers, |input| input.has_type_or_header(|ty| *ty == TypeRef::BigNumber)),
    (Feature::BuiltInDates, |input| {
        let is_date = |ty: &TypeRef| matches!(ty, TypeRef::Date | TypeRef::DateTime);
        input.types.date_time == DateTimeTypes::BuiltIn && input.has_type_or_header(is_date)
    }),
    (Feature::Charsets, |input| input.sends_charset()),
    (Feature::Chrono, |input| input.types.date_time == DateTimeTypes::Chrono),
    (Feature::DatesWithSerde, |input| input.has_dates_with_serde()),
    (Feature::Downloads, |input| {
        input.any_response_body(|body| matches!(body, ResponseBody::Stream(..) | ResponseBody::Binary))
    }),
    (Feature::Durations, |input| input.has_type(|ty| *ty == TypeRef::Duration)),
    (Feature::ForeignTypes, |input| input.has_type(TypeRef::is_foreign)),
    (Feature::HashMaps, |input| input.types.map == Map::HashMap && input.has_maps()),
    (Feature::IdempotencyKeys, |input| input.any_operation(|operation| operation.idempotency_key().is_some())),
    (Feature::IndexMaps, |input| input.types.map == Map::IndexMap && input.has_maps()),
    (Feature::Jiff, |input| input.types.date_time == DateTimeTypes::Jiff),
    (Feature::JsonBodies, |input| input.any_operation(|operation| operation.body == Some(BodyKind::Value))),
    (Feature::JsonLines, |input| {
        let sends_lines = |param: &Param| param.location == ParamLocation::Body(Media::Lines);
        input.any_operation(|operation| operation.params.iter().any(sends_lines))
    }),
    (Feature::JsonStrings, |input| input.has_json_strings()),
    (Feature::JsonValidation, |input| {
        input.any_operation(|operation| operation.params.iter().any(|param| param.content.is_some()))
    }),
    (Feature::LinkHeaders, |input| input.any_pagination(|next| matches!(next, Next::Link))),
    (Feature::Multipart, |input| input.any_operation(|operation| operation.body == Some(BodyKind::Multipart))),
    (Feature::NestedTypes, |input| input.analysis.has_nested_types()),
    (Feature::OptionalBodies, |input| {
        input.any_operation(|operation| {
            operation.response_is_optional()
                || operation.accept_header().is_some()
                || operation.alternatives().next().is_some()
        })
    }),
    (Feature::PageParameters, |input| input.any_pagination(|next| !matches!(next, Next::Url(_) | Next::Link))),
    (Feature::PartialPathParams, |input| {
        let is_partial = |segment: &Segment| matches!(segment, Segment::ParamSuffix(..));
        input.any_operation(|operation| operation.path.iter().any(is_partial))
    }),
    (Feature::Redirects, |input| input.any_operation(Operation::succeeds_with_redirect)),
    (Feature::Regexes, |input| input.api.needs_regex_crate),
    (Feature::RepeatedPathParams, |input| input.any_operation(Operation::has_repeated_param)),
    (Feature::ResponseEnums, |input| {
        input.any_operation(|operation| {
            matches!(operation.response_body(), ResponseBody::ByStatus(_)) || operation.alternatives().next().is_some()
        })
    }),
    (Feature::SecuritySchemes, |input| input.needs_security_schemes()),
    (Feature::Servers, |input| {
        input.api.server_variables().next().is_some() || input.any_operation(|operation| operation.server.is_some())
    }),
    (Feature::StreamFlags, |input| input.has_stream_flags()),
    (Feature::Streams, |input| input.any_response_body(|body| matches!(body, ResponseBody::Stream(..)))),
    (Feature::Styles, |input| input.api.has_param_styles()),
    (Feature::TextBodies, |input| input.any_response_body(|body| matches!(body, ResponseBody::Text))),
    (Feature::Time, |input| input.types.date_time == DateTimeTypes::Time),
    (Feature::TokenProviders, |input| {
        input.needs_security_schemes() && input.api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)
    }),
    (Feature::Tuples, |input| input.has_type(|ty| matches!(ty, TypeRef::Tuple(_)))),
    (Feature::TypedErrors, |input| {
        input.api.has_typed_errors && input.any_operation(|operation| operation.error_types().next().is_some())
    }),
    (Feature::Unions, |input| input.has_shape(|shape| matches!(shape, Shape::Union(_)))),
    (Feature::Uploads, |input| input.api.sends_uploads()),
    (Feature::ValueEnums, |input| input.has_shape(|shape| matches!(shape, Shape::ValueEnum(_)))),
    (Feature::Webhooks, |input| !input.api.webhooks.is_empty()),
    (Feature::Wrappers, |input| input.has_shape(|shape| matches!(shape, Shape::Wrapper(_)))),
];

impl Input<'_> {
    /// Returns whether the API has maps, or objects with additional properties.
    fn has_maps(&self) -> bool {
        let has_additional = |shape: &Shape| matches!(shape, Shape::Record(record) if record.additional.is_some());
        self.has_type(|ty| matches!(ty, TypeRef::Map(_))) || self.has_shape(has_additional)
    }

    /// Returns whether the API has values behind a pointer: recursive values, or objects in a union.
    fn has_pointers(&self) -> bool {
        self.analysis.has_boxed_types() || self.has_shape(|shape| matches!(shape, Shape::Union(_)))
    }

    /// Returns whether the API has strings that contain JSON.
    fn has_json_strings(&self) -> bool {
        let has_json_field = |shape: &Shape| match shape {
            Shape::Record(record) => record.fields.iter().any(|field| field.holds_json || field.content.is_some()),
            _ => false,
        };
        self.any_operation(|operation| operation.params.iter().any(|param| param.holds_json))
            || self.has_shape(has_json_field)
    }

    /// Returns whether serde encodes or decodes a date or a time. For rare types that serde decodes, the result is `true` even if they
    /// contain none.
    fn has_dates_with_serde(&self) -> bool {
        let contains_date = |ty: &TypeRef| ty.any(&|ty| matches!(ty, TypeRef::DateTime | TypeRef::Date));
        let params = self.api.operations.iter().flat_map(|(_, operation)| &operation.params);
        let mut sent = params.flat_map(Param::json_types).chain(self.api.reply_types());
        let mut types = self.api.types.iter().map(|(id, _)| id).filter(|id| self.analysis.facts(*id).is_used);
        let decodes_strings = |shape: &Shape| matches!(shape, Shape::Record(record) if record.fields.iter().any(|field| field.content.is_some()));
        let has_date_error =
            |operation: &Operation| operation.error_types().any(|(_, ty)| contains_date(self.api.resolved(ty)));
        sent.any(contains_date)
            || types.any(|id| {
                self.analysis.is_serialized(self.api, id)
                    && contained_types(self.api, id).into_iter().any(contains_date)
            })
            || self.has_type(TypeRef::is_foreign)
            || self.has_shape(decodes_strings)
            || self.any_operation(has_date_error)
    }

    /// Returns whether the client needs the security schemes: if there are credentials other than a user name with a
    /// password, or if credentials depend on the operation.
    fn needs_security_schemes(&self) -> bool {
        let mut schemes = self.api.security.iter();
        self.api.has_per_operation_auth() || schemes.any(|scheme| !matches!(scheme.kind, SchemeKind::Basic))
    }

    /// Returns whether a request body, or a part of it, has a charset other than UTF-8.
    fn sends_charset(&self) -> bool {
        let is_other_charset =
            |name: &str| charset_of(name).is_some_and(|charset| !matches!(charset.as_str(), "utf-8" | "utf8"));
        let sends_other_charset = |param: &Param| match param.location {
            ParamLocation::Body(Media::Json | Media::Lines | Media::Text) => is_other_charset(&param.wire),
            _ => param.media_type.as_deref().is_some_and(is_other_charset),
        };
        self.any_operation(|operation| operation.params.iter().any(sends_other_charset))
    }

    /// Returns whether a property of a JSON body selects a stream as the response.
    fn has_stream_flags(&self) -> bool {
        self.any_operation(|operation| {
            self.api.requested_stream(operation).is_some()
                && matches!(self.api.stream_flag(operation), Some(StreamFlag::Json(_)))
        })
    }

    /// Returns whether `predicate` is true for a type in the generated code, except for the types of response headers.
    fn has_type(&self, predicate: impl Fn(&TypeRef) -> bool) -> bool {
        self.analysis.uses_type(self.api, predicate)
    }

    /// Returns whether `predicate` is true for a type in the generated code.
    fn has_type_or_header(&self, predicate: fn(&TypeRef) -> bool) -> bool {
        self.analysis.uses_type_or_header(self.api, predicate)
    }

    /// Returns whether `predicate` is true for the shape of a generated type.
    fn has_shape(&self, predicate: impl Fn(&Shape) -> bool) -> bool {
        self.api.types.iter().any(|(id, def)| self.analysis.facts(id).is_used && predicate(&def.shape))
    }

    /// Returns whether `predicate` is true for the body of a response.
    fn any_response_body(&self, predicate: impl Fn(&ResponseBody<'_>) -> bool) -> bool {
        self.any_operation(|operation| operation.possible_response_bodies().any(|body| predicate(&body)))
    }

    /// Returns whether `predicate` is true for the next page of a list.
    fn any_pagination(&self, predicate: impl Fn(&Next) -> bool) -> bool {
        self.any_operation(|operation| operation.paging.as_ref().is_some_and(|paging| predicate(&paging.next)))
    }

    /// Returns whether `predicate` is true for an operation.
    fn any_operation(&self, predicate: impl Fn(&Operation) -> bool) -> bool {
        self.api.operations.iter().any(|(_, operation)| predicate(operation))
    }
}

#[cfg(test)]
mod tests {
    use super::{CONDITIONS, Features};

    #[test]
    fn the_runtime_has_a_feature_for_each_condition() {
        assert!(CONDITIONS.iter().all(|(feature, _)| Features::is_part(&feature.name())));
    }

    #[test]
    fn each_feature_of_the_runtime_can_be_needed() {
        let needed = Features::with_enabled_features(CONDITIONS.iter().map(|(feature, _)| feature.name()));
        assert_eq!(needed, Features::all());
    }
}
