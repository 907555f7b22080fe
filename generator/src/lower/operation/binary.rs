//! Binary schemas: the files of a form, and bodies that are sent and received as bytes.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, Encoding, ReferenceOr, Schema};

use super::media_type_names::{is_media_type, unknown_charset};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Media;
use crate::lower::Lowering;
use crate::lower::schema::merged_schema::{Kind, Part, first, general};
use crate::lower::schema::{Node, Use, says_more};
use crate::parse::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
use crate::source::Pointer;

/// The schemas that a value must match, and their locations.
pub(crate) type Nodes<'a> = Vec<(Node<'a>, Pointer)>;

/// One kind of value that a schema allows: itself, one of its alternatives, or the items of an array among them.
pub(crate) struct Leaf<'a> {
    pub parts: Vec<Part<'a>>,
    /// Whether it describes the items of an array.
    pub item: bool,
}

/// The files that a field of a form accepts.
pub(crate) struct Files {
    /// Whether it accepts any number of them.
    pub many: bool,
    /// Whether it also accepts values that are not files.
    pub mixed: bool,
    /// The location of an object among these values.
    pub object: Option<Pointer>,
    /// The media types that the schema gives to them, separated by commas; some may be ranges.
    pub media_type: Option<String>,
}

impl<'a> Lowering<'a> {
    /// Returns the kinds of values that match all of the schemas, except for `null`.
    pub(crate) fn leaves(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Vec<Leaf<'a>> {
        let (mut parts, mut seen) = (Vec::new(), HashSet::new());
        for (node, at) in nodes {
            let (_, node, at) = self.unwrapped(*node, at);
            parts.extend(self.parts(node, &at).into_iter().filter(|part| seen.insert(part.at.clone())));
        }
        let (mut leaves, mut seen, mut arrays) = (Vec::new(), HashSet::new(), HashSet::new());
        // Alternatives may be recursive, so each schema is followed once.
        let mut open = vec![Leaf { parts, item: false }];
        while let Some(Leaf { parts, item }) = open.pop() {
            if let Some((owner, alternatives)) = self.split(&parts) {
                if seen.insert((owner, item)) {
                    open.extend(alternatives.into_iter().rev().map(|parts| Leaf { parts, item }));
                }
                continue;
            }
            let items = |part: &Part<'a>| Some((Node::from(part.any().items.as_ref()?), part.at.child("items")));
            match parts.iter().find_map(items).filter(|_| self.kind(&parts) == Kind::List) {
                Some((node, at)) if arrays.insert(at.clone()) => {
                    let (_, node, at) = self.unwrapped(node, &at);
                    open.push(Leaf { parts: self.parts(node, &at), item: true });
                }
                Some(_) => {}
                None => leaves.push(Leaf { parts, item }),
            }
        }
        leaves
    }

    /// Returns the files that a field of a multipart body accepts, if any. The field matches one of the versions.
    pub(crate) fn files(&mut self, versions: &[Nodes<'a>], encoding: Option<&Encoding>) -> Option<Files> {
        let content_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
        let leaves: Vec<Leaf<'a>> = versions.iter().flat_map(|nodes| self.leaves(nodes)).collect();
        let (files, others): (Vec<_>, Vec<_>) = leaves.iter().partition(|leaf| self.is_file(&leaf.parts, content_type));
        let mut media_types: Vec<Option<String>> = files.iter().map(|leaf| content_type_of(&leaf.parts)).collect();
        let mut seen = HashSet::new();
        media_types.retain(|one| seen.insert(one.clone()));
        let media_type = media_types.into_iter().collect::<Option<Vec<_>>>().map(|names| names.join(", "));
        let many = files.iter().any(|leaf| leaf.item);
        let object = others.iter().find(|leaf| leaf.parts.iter().any(|part| part.kind() == Kind::Object));
        let object = object.and_then(|leaf| leaf.parts.last()).map(|part| part.at.clone());
        (!files.is_empty()).then_some(Files { many, mixed: !others.is_empty(), object, media_type })
    }

    /// Reports the files in values that are sent as text: the generated code takes strings for them.
    pub(crate) fn report_files_in_text(&mut self, nodes: &[(Node<'a>, Pointer)]) {
        let mut open: Nodes<'a> = nodes.to_vec();
        while let Some((node, used_at)) = open.pop() {
            let Some((schema, at)) = self.schema_at(node, &used_at) else { continue };
            if schema.schema_data.read_only {
                continue;
            }
            if is_binary(&[Part { schema, at: at.clone(), open: true }]) {
                let message = "a file can only be sent as a whole body or as a part of its own";
                let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(used_at), message);
                let help = "write `contentEncoding: base64` or `format: byte` if the API expects Base64; otherwise make the file \
                            a property of a `multipart/form-data` body";
                self.diagnostics.push(diagnostic.label("generated as a string, which is sent as it is").help(help));
                continue;
            }
            if !self.searched_for_files.insert(at.clone()) {
                continue;
            }
            let any = general(schema);
            let width = any.properties.len() + any.all_of.len() + any.one_of.len() + any.any_of.len();
            if !self.spend(1 + width, &at) {
                return;
            }
            // The properties of an array are the items of a tuple.
            let keyword = if any.typ.as_deref() == Some("array") { "prefixItems" } else { "properties" };
            open.extend(any.properties.iter().map(|(wire, node)| (node.into(), at.child(keyword).child(wire))));
            open.extend(any.items.iter().map(|node| (node.into(), at.child("items"))));
            if let Some(AdditionalProperties::Schema(values)) = &any.additional_properties {
                open.push((values.as_ref().into(), at.child("additionalProperties")));
            }
            for (keyword, nodes) in [("allOf", &any.all_of), ("oneOf", &any.one_of), ("anyOf", &any.any_of)] {
                let nodes = nodes.iter().enumerate();
                open.extend(nodes.map(|(index, node)| (node.into(), at.child(keyword).child(index))));
            }
        }
    }

    /// Returns the media type of a part, or of each of several, according to its schema.
    pub(crate) fn content_type(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Option<String> {
        let named = self.leaves(nodes).iter().find_map(|leaf| content_type_of(&leaf.parts));
        named.filter(|name| !name.contains(['*', ',']))
    }

    /// Returns whether all values of a schema are bytes. If the document allows `any` media type, Base64 strings count as
    /// bytes, too.
    pub(crate) fn is_binary(&mut self, node: Node<'a>, at: &Pointer, any: bool) -> bool {
        let leaves = self.leaves(&[(node, at.clone())]);
        let binary = |leaf: &Leaf<'a>| {
            let in_base64 = matches!(first(&leaf.parts, |any| any.format.as_deref()), Some("byte" | "base64"));
            !leaf.item && (is_binary(&leaf.parts) || any && in_base64)
        };
        !leaves.is_empty() && leaves.iter().all(binary)
    }

    fn is_file(&mut self, parts: &[Part<'a>], content_type: Option<&str>) -> bool {
        // The content type may be a list of alternatives.
        let is_bytes =
            |name: &str| Media::from_media_type(name.trim()) == Media::Binary || unknown_charset(name).is_some();
        let bytes = content_type.map(|names| names.split(',').any(is_bytes));
        match self.kind(parts) {
            Kind::Text => {
                is_binary(parts) || bytes == Some(true) && first(parts, |any| any.format.as_deref()).is_none()
            }
            // Since OpenAPI 3.1, the schema of content that is not JSON needs no type.
            Kind::Any => bytes.unwrap_or_else(|| {
                is_binary(parts) || !self.document.openapi.starts_with("3.0") && !parts.iter().any(implies_type)
            }),
            _ => false,
        }
    }

    /// Returns the annotations of a field, such as its description, without its type.
    pub(crate) fn remarks(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Use {
        let mut found = Use::default();
        for (node, at) in nodes {
            let (wrappers, node, at) = self.unwrapped(*node, at);
            let parts = self.parts(node, &at);
            let own = self.schema_at(node, &at).map(|(schema, _)| schema);
            for schema in parts.iter().map(|part| part.schema).chain(own).chain(wrappers.into_iter().rev()) {
                self.annotate(&mut found, schema);
            }
        }
        found
    }

    /// Returns the schema behind wrappers such as an `allOf` of one reference, and these wrappers.
    pub(crate) fn unwrapped(&mut self, node: Node<'a>, at: &Pointer) -> (Vec<&'a Schema>, Node<'a>, Pointer) {
        let (mut node, mut at, mut wrappers) = (node, at.clone(), Vec::new());
        let mut seen: HashSet<Pointer> = HashSet::new();
        while let Some((schema, own)) = self.schema_at(node, &at)
            && let [one @ ReferenceOr::Reference { .. }] = general(schema).all_of.as_slice()
            && !says_more(schema)
            && general(schema).format.is_none()
            && seen.insert(own.clone())
            && self.spend(1, &own)
        {
            wrappers.push(schema);
            (node, at) = (one.into(), own.child("allOf").child(0));
        }
        (wrappers, node, at)
    }
}

/// Returns whether a schema without a `type` has keywords that apply to JSON values of some type only.
fn implies_type(part: &Part<'_>) -> bool {
    let (any, data) = (part.any(), &part.schema.schema_data);
    let of_numbers = any.minimum.is_some() || any.maximum.is_some() || any.multiple_of.is_some();
    let of_arrays = any.min_items.is_some() || any.max_items.is_some() || any.unique_items.is_some();
    let of_objects = any.min_properties.is_some() || any.max_properties.is_some() || !any.required.is_empty();
    let default = data.default.as_ref().is_some_and(|default| !default.is_null());
    let example = data.example.as_ref().is_some_and(|example| !example.is_null() && !example.is_string());
    of_numbers || of_arrays || of_objects || !any.enumeration.is_empty() || default || example
}

/// Returns whether the values are bytes. `type: file` is the keyword of OpenAPI 2.0.
fn is_binary(parts: &[Part<'_>]) -> bool {
    let is_file = || first(parts, |any| any.typ.as_deref()) == Some("file");
    first(parts, |any| any.format.as_deref()).map_or_else(is_file, |format| format == "binary")
}

/// Returns the media type of the values of a schema, or several separated by commas. Encoded values without one are bytes.
fn content_type_of(parts: &[Part<'_>]) -> Option<String> {
    let extension = |keyword| parts.iter().find_map(|part| part.schema.schema_data.extensions.get(keyword)?.as_str());
    let are_media_types = |names: &&str| names.split(',').all(|name| is_media_type(name.trim()));
    let named = extension(CONTENT_MEDIA_TYPE).filter(are_media_types).map(str::to_owned);
    let encoded = || extension(CONTENT_ENCODING).filter(|encoding| !is_identity(encoding));
    named.or_else(|| encoded().map(|_| "application/octet-stream".to_owned()))
}

/// Returns whether an encoding leaves strings unchanged.
fn is_identity(encoding: &str) -> bool {
    ["7bit", "8bit"].iter().any(|identity| encoding.eq_ignore_ascii_case(identity))
}
