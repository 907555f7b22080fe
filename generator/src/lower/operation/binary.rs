//! Finds binary values: files in forms, and bodies that consist of bytes.

use std::collections::HashSet;

use indexmap::IndexSet;
use openapiv3::{AdditionalProperties, Encoding, ReferenceOr, Schema};

use super::media_type_names::{is_media_type, unknown_charset};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Media;
use crate::lower::Lowering;
use crate::lower::schema::merged_schema::{Kind, SchemaPart, first_keyword, schema_keywords};
use crate::lower::schema::{LoweredSchema, Node, has_own_keywords};
use crate::parse::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
use crate::source::Pointer;

/// The schemas that a value must match, and their locations.
pub(crate) type Nodes<'a> = Vec<(Node<'a>, Pointer)>;

/// A kind of value that a schema allows. A schema without alternatives has one leaf. Otherwise, each alternative has a
/// leaf. The leaf of an array is the leaf of its items.
pub(crate) struct Leaf<'a> {
    pub parts: Vec<SchemaPart<'a>>,
    /// The number of arrays around the value.
    pub depth: usize,
}

/// The files that a form accepts as the value of a field.
pub(crate) struct AcceptedFiles {
    /// Whether the field is an array of files.
    pub is_array: bool,
    /// Whether the field also accepts values that are not files.
    pub accepts_other_values: bool,
    /// The location of the object schema, if the values that are not files include objects.
    pub object: Option<Pointer>,
    /// The media types or ranges of the files according to the schema, separated by commas.
    pub media_type: Option<String>,
}

impl<'a> Lowering<'a> {
    /// Returns the kinds of values that match all schemas in `nodes`, except for `null`.
    pub(crate) fn leaves(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Vec<Leaf<'a>> {
        let (mut parts, mut part_locations) = (Vec::new(), HashSet::new());
        for (node, at) in nodes {
            let (_, node, at) = self.unwrap_all_of(*node, at);
            parts.extend(self.parts(node, &at).into_iter().filter(|part| part_locations.insert(part.at.clone())));
        }
        // Each alternative and each array is expanded only once, because schemas may be recursive.
        let (mut expanded_alternatives, mut expanded_arrays) = (HashSet::new(), HashSet::new());
        let mut leaves = Vec::new();
        let mut unexpanded = vec![Leaf { parts, depth: 0 }];
        while let Some(Leaf { parts, depth }) = unexpanded.pop() {
            if let Some((owner, alternatives)) = self.split_alternatives(&parts) {
                if expanded_alternatives.insert((owner, depth > 0)) {
                    unexpanded.extend(alternatives.into_iter().rev().map(|parts| Leaf { parts, depth }));
                }
                continue;
            }
            let items =
                |part: &SchemaPart<'a>| Some((Node::from(part.keywords().items.as_ref()?), part.at.child("items")));
            match parts.iter().find_map(items).filter(|_| self.kind(&parts) == Kind::Array) {
                Some((node, at)) if expanded_arrays.insert(at.clone()) => {
                    let (_, node, at) = self.unwrap_all_of(node, &at);
                    unexpanded.push(Leaf { parts: self.parts(node, &at), depth: depth + 1 });
                }
                Some(_) => {}
                None => leaves.push(Leaf { parts, depth }),
            }
        }
        leaves
    }

    /// Returns the files that a multipart body accepts as the value of a field, or `None` if it accepts no files. Each
    /// version of the field is a set of schemas, and a value must match all schemas of one version.
    pub(crate) fn accepted_files(
        &mut self,
        versions: &[Nodes<'a>],
        encoding: Option<&Encoding>,
    ) -> Option<AcceptedFiles> {
        let content_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
        let leaves: Vec<Leaf<'a>> = versions.iter().flat_map(|nodes| self.leaves(nodes)).collect();
        let (files, other_leaves): (Vec<_>, Vec<_>) =
            leaves.iter().partition(|leaf| self.is_file(&leaf.parts, content_type));
        if files.is_empty() {
            return None;
        }
        let media_types: IndexSet<Option<String>> = files.iter().map(|leaf| content_type_of(&leaf.parts)).collect();
        let media_type_list = media_types.into_iter().collect::<Option<Vec<_>>>().map(|names| names.join(", "));
        let is_array = files.iter().any(|leaf| leaf.depth > 0);
        let object = other_leaves.iter().find(|leaf| leaf.parts.iter().any(|part| part.kind() == Kind::Object));
        let object = object.and_then(|leaf| leaf.parts.last()).map(|part| part.at.clone());
        Some(AcceptedFiles {
            is_array,
            accepts_other_values: !other_leaves.is_empty(),
            object,
            media_type: media_type_list,
        })
    }

    /// Reports files inside values that are sent as text, such as JSON. The generated type of such a file is a
    /// string.
    pub(crate) fn report_files_in_text(&mut self, nodes: &[(Node<'a>, Pointer)]) {
        let mut unsearched: Nodes<'a> = nodes.to_vec();
        while let Some((node, used_at)) = unsearched.pop() {
            let Some((schema, at)) = self.schema_at(node, &used_at) else { continue };
            if schema.schema_data.read_only {
                continue;
            }
            if is_binary(&[SchemaPart { schema, at: at.clone(), uses_alternatives: true }]) {
                let message = "a file can be sent only as the entire body, or as a part of a multipart form";
                let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(used_at), message);
                let help = "write `contentEncoding: base64` or `format: byte` if the API expects Base64; otherwise make the file \
                            a property of a `multipart/form-data` body";
                self.diagnostics
                    .push(diagnostic.label("the generated type is a string, which is sent unchanged").help(help));
                continue;
            }
            if !self.searched_for_files.insert(at.clone()) {
                continue;
            }
            let keywords = schema_keywords(schema);
            let combined_len = keywords.all_of.len() + keywords.one_of.len() + keywords.any_of.len();
            if !self.spend(1 + keywords.properties.len() + combined_len, &at) {
                return;
            }
            // The parser stores the `prefixItems` of an array in `properties`.
            let keyword = if keywords.typ.as_deref() == Some("array") { "prefixItems" } else { "properties" };
            unsearched
                .extend(keywords.properties.iter().map(|(wire, node)| (node.into(), at.child(keyword).child(wire))));
            unsearched.extend(keywords.items.iter().map(|node| (node.into(), at.child("items"))));
            if let Some(AdditionalProperties::Schema(values)) = &keywords.additional_properties {
                unsearched.push((values.as_ref().into(), at.child("additionalProperties")));
            }
            for (keyword, nodes) in
                [("allOf", &keywords.all_of), ("oneOf", &keywords.one_of), ("anyOf", &keywords.any_of)]
            {
                let nodes = nodes.iter().enumerate();
                unsearched.extend(nodes.map(|(index, node)| (node.into(), at.child(keyword).child(index))));
            }
        }
    }

    /// Returns the media type of a part of a multipart body according to its schema. Returns `None` if the schema has a
    /// range or several media types.
    pub(crate) fn schema_content_type(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Option<String> {
        let media_type = self.leaves(nodes).iter().find_map(|leaf| content_type_of(&leaf.parts));
        media_type.filter(|name| !name.contains(['*', ',']))
    }

    /// Returns whether all values of a schema are bytes. If the document allows any media type, Base64 strings are
    /// bytes, too.
    pub(crate) fn is_binary(&mut self, node: Node<'a>, at: &Pointer, allows_any_media_type: bool) -> bool {
        let leaves = self.leaves(&[(node, at.clone())]);
        let is_binary_leaf = |leaf: &Leaf<'a>| {
            let format = first_keyword(&leaf.parts, |keywords| keywords.format.as_deref());
            let is_base64 = matches!(format, Some("byte" | "base64"));
            leaf.depth == 0 && (is_binary(&leaf.parts) || allows_any_media_type && is_base64)
        };
        !leaves.is_empty() && leaves.iter().all(is_binary_leaf)
    }

    /// Returns whether a field of a multipart body is a file, according to its schema and its `contentType`.
    fn is_file(&mut self, parts: &[SchemaPart<'a>], content_type: Option<&str>) -> bool {
        // The keyword `contentType` may list several media types, separated by commas.
        let is_bytes =
            |name: &str| Media::from_media_type(name.trim()) == Media::Binary || unknown_charset(name).is_some();
        let has_binary_content_type = content_type.map(|names| names.split(',').any(is_bytes));
        match self.kind(parts) {
            Kind::String => {
                let has_format = first_keyword(parts, |keywords| keywords.format.as_deref()).is_some();
                is_binary(parts) || has_binary_content_type == Some(true) && !has_format
            }
            // In OpenAPI 3.1, the schema of a file has no `type`, because a file is not JSON.
            Kind::Any => has_binary_content_type.unwrap_or_else(|| {
                is_binary(parts) || !self.document.openapi.starts_with("3.0") && !parts.iter().any(implies_type)
            }),
            _ => false,
        }
    }

    /// Returns the annotations of a field, such as its description. The result has no type.
    pub(crate) fn annotations_of(&mut self, nodes: &[(Node<'a>, Pointer)]) -> LoweredSchema {
        let mut annotations = LoweredSchema::default();
        for (node, at) in nodes {
            let (wrappers, node, at) = self.unwrap_all_of(*node, at);
            let parts = self.parts(node, &at);
            let target = self.schema_at(node, &at).map(|(schema, _)| schema);
            for schema in parts.iter().map(|part| part.schema).chain(target).chain(wrappers.into_iter().rev()) {
                self.add_annotations(&mut annotations, schema);
            }
        }
        annotations
    }

    /// Removes the wrappers around a schema. A wrapper only adds annotations to a reference in `allOf`. Returns the
    /// wrappers, the innermost schema, and the location of this schema.
    pub(crate) fn unwrap_all_of(&mut self, node: Node<'a>, at: &Pointer) -> (Vec<&'a Schema>, Node<'a>, Pointer) {
        let (mut node, mut at, mut wrappers) = (node, at.clone(), Vec::new());
        let mut visited: HashSet<Pointer> = HashSet::new();
        while let Some((schema, schema_at)) = self.schema_at(node, &at)
            && let [reference @ ReferenceOr::Reference { .. }] = schema_keywords(schema).all_of.as_slice()
            && !has_own_keywords(schema)
            && schema_keywords(schema).format.is_none()
            && visited.insert(schema_at.clone())
            && self.spend(1, &schema_at)
        {
            wrappers.push(schema);
            (node, at) = (reference.into(), schema_at.child("allOf").child(0));
        }
        (wrappers, node, at)
    }
}

/// Returns whether a schema without a `type` has keywords which show that its values are JSON.
fn implies_type(part: &SchemaPart<'_>) -> bool {
    let (keywords, data) = (part.keywords(), &part.schema.schema_data);
    let has_number_limits = keywords.minimum.is_some() || keywords.maximum.is_some() || keywords.multiple_of.is_some();
    let has_array_limits =
        keywords.min_items.is_some() || keywords.max_items.is_some() || keywords.unique_items.is_some();
    let has_object_limits =
        keywords.min_properties.is_some() || keywords.max_properties.is_some() || !keywords.required.is_empty();
    let has_default = data.default.as_ref().is_some_and(|default| !default.is_null());
    let has_json_example = data.example.as_ref().is_some_and(|example| !example.is_null() && !example.is_string());
    has_number_limits
        || has_array_limits
        || has_object_limits
        || !keywords.enumeration.is_empty()
        || has_default
        || has_json_example
}

/// Returns whether the values are bytes. OpenAPI 2.0 uses `type: file` for this.
fn is_binary(parts: &[SchemaPart<'_>]) -> bool {
    let has_type_file = || first_keyword(parts, |keywords| keywords.typ.as_deref()) == Some("file");
    first_keyword(parts, |keywords| keywords.format.as_deref()).map_or_else(has_type_file, |format| format == "binary")
}

/// Returns the `contentMediaType` of the values. It may list several media types. If there is none, values with a
/// `contentEncoding` are bytes.
fn content_type_of(parts: &[SchemaPart<'_>]) -> Option<String> {
    let extension = |keyword| parts.iter().find_map(|part| part.schema.schema_data.extensions.get(keyword)?.as_str());
    let are_media_types = |names: &&str| names.split(',').all(|name| is_media_type(name.trim()));
    let media_type = extension(CONTENT_MEDIA_TYPE).filter(are_media_types).map(str::to_owned);
    let encoding = || extension(CONTENT_ENCODING).filter(|encoding| !is_identity(encoding));
    media_type.or_else(|| encoding().map(|_| "application/octet-stream".to_owned()))
}

/// Returns whether an encoded string is equal to the string before encoding.
fn is_identity(encoding: &str) -> bool {
    ["7bit", "8bit"].iter().any(|identity| encoding.eq_ignore_ascii_case(identity))
}
