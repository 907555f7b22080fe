//! Binary schemas: the files of a form, and bodies that are sent and received as bytes.

use std::collections::HashSet;

use openapiv3::{Encoding, ReferenceOr, Schema};

use super::Lowering;
use super::body::{is_media_type, unknown_charset};
use super::schema::{Node, Use, says_more};
use super::view::{Kind, Part, first, general};
use crate::ir::Media;
use crate::parse::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
use crate::source::Pointer;

/// The schemas that a value must match, and their locations.
pub(super) type Nodes<'a> = Vec<(Node<'a>, Pointer)>;

/// One kind of value that a schema allows: itself, one of its alternatives, or the items of an array among them.
pub(super) struct Leaf<'a> {
    pub parts: Vec<Part<'a>>,
    /// Whether it describes the items of an array.
    pub item: bool,
}

/// The files that a field of a form accepts.
pub(super) struct Files {
    /// Whether it accepts any number of them.
    pub many: bool,
    /// Whether it also accepts values that are not files.
    pub mixed: bool,
    /// The media type that the schema gives to each.
    pub media_type: Option<String>,
}

impl<'a> Lowering<'a> {
    /// Returns the kinds of values that match all of the schemas, except for `null`.
    pub(super) fn leaves(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Vec<Leaf<'a>> {
        let (mut parts, mut seen) = (Vec::new(), HashSet::new());
        for (node, at) in nodes {
            let (_, node, at) = self.unwrapped(*node, at);
            parts.extend(self.parts(node, &at).into_iter().filter(|part| seen.insert(part.at.clone())));
        }
        let (mut leaves, mut seen, mut arrays) = (Vec::new(), HashSet::new(), HashSet::new());
        // Alternatives may be recursive, so each schema is followed once.
        let mut open = vec![Leaf { parts, item: false }];
        while let Some(Leaf { parts, item }) = open.pop() {
            if let Some(owner) = parts.iter().find(|part| part.choices().is_some()) {
                if !seen.insert((owner.at.clone(), item)) {
                    continue;
                }
                let rest = parts.iter().filter(|part| part.at != owner.at || part.says_anything());
                let rest: Vec<_> =
                    rest.map(|part| Part { open: part.open && part.at != owner.at, ..part.clone() }).collect();
                let (options, _) = self.options(owner, &rest);
                if options.is_empty() {
                    open.push(Leaf { parts: rest, item });
                }
                open.extend(options.into_iter().rev().map(|option| Leaf { parts: option.parts, item }));
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
    pub(super) fn files(&mut self, versions: &[Nodes<'a>], encoding: Option<&Encoding>) -> Option<Files> {
        let content_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
        let leaves: Vec<Leaf<'a>> = versions.iter().flat_map(|nodes| self.leaves(nodes)).collect();
        let (files, others): (Vec<_>, Vec<_>) = leaves.iter().partition(|leaf| self.is_file(&leaf.parts, content_type));
        let media_type = files.first().and_then(|leaf| content_type_of(&leaf.parts));
        let many = files.iter().any(|leaf| leaf.item);
        (!files.is_empty()).then_some(Files { many, mixed: !others.is_empty(), media_type })
    }

    /// Returns the media type of a part, or of each of several, according to its schema.
    pub(super) fn content_type(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Option<String> {
        self.leaves(nodes).iter().find_map(|leaf| content_type_of(&leaf.parts))
    }

    /// Returns whether all values of a schema are bytes. If the document allows `any` media type, Base64 strings count as
    /// bytes, too.
    pub(super) fn is_binary(&mut self, node: Node<'a>, at: &Pointer, any: bool) -> bool {
        let leaves = self.leaves(&[(node, at.clone())]);
        let binary = |leaf: &Leaf<'a>| {
            let in_base64 = matches!(first(&leaf.parts, |any| any.format.as_deref()), Some("byte" | "base64"));
            !leaf.item && (is_binary(&leaf.parts) || any && in_base64)
        };
        !leaves.is_empty() && leaves.iter().all(binary)
    }

    fn is_file(&mut self, parts: &[Part<'a>], content_type: Option<&str>) -> bool {
        // The content type may be a list of alternatives.
        let is_bytes = |name: &str| Media::of(name.trim()) == Media::Binary || unknown_charset(name).is_some();
        let bytes = content_type.map(|names| names.split(',').any(is_bytes));
        match self.kind(parts) {
            Kind::Text => {
                is_binary(parts) || bytes == Some(true) && first(parts, |any| any.format.as_deref()).is_none()
            }
            // Since OpenAPI 3.1, the schema of content that is not JSON needs no type.
            Kind::Any => bytes.unwrap_or_else(|| is_binary(parts) || !self.document.openapi.starts_with("3.0")),
            _ => false,
        }
    }

    /// Returns the annotations of a field, such as its description, without its type.
    pub(super) fn remarks(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Use {
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
    pub(super) fn unwrapped(&mut self, node: Node<'a>, at: &Pointer) -> (Vec<&'a Schema>, Node<'a>, Pointer) {
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

/// Returns whether the values are bytes. `type: file` is the keyword of OpenAPI 2.0.
fn is_binary(parts: &[Part<'_>]) -> bool {
    let is_file = || first(parts, |any| any.typ.as_deref()) == Some("file");
    first(parts, |any| any.format.as_deref()).map_or_else(is_file, |format| format == "binary")
}

/// Returns the media type of the values of a schema. Encoded values without a media type are bytes.
fn content_type_of(parts: &[Part<'_>]) -> Option<String> {
    let extension = |keyword| parts.iter().find_map(|part| part.schema.schema_data.extensions.get(keyword)?.as_str());
    let is_single = |name: &&str| is_media_type(name) && !name.contains(['*', ',']);
    let named = extension(CONTENT_MEDIA_TYPE).filter(is_single).map(str::to_owned);
    let encoded = || extension(CONTENT_ENCODING).filter(|encoding| !is_identity(encoding));
    named.or_else(|| encoded().map(|_| "application/octet-stream".to_owned()))
}

/// Returns whether an encoding leaves strings unchanged.
fn is_identity(encoding: &str) -> bool {
    ["7bit", "8bit"].iter().any(|identity| encoding.eq_ignore_ascii_case(identity))
}
