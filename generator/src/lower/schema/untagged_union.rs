//! Distinguishes alternatives by their structure, in a fixed order, if no property does.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use openapiv3::AdditionalProperties;
use serde_json::Value;

use super::merged_schema::{Kind, Part, properties, required};
use super::union::{Alternative, is_record};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Shape, TypeRef, Union, UnionVariant, Variant};
use crate::lower::Lowering;
use crate::lower::schema::{DEEPEST, Node, below};
use crate::normalize::name_key;
use crate::source::Pointer;

/// The class of an alternative. A union has at most one of each, except tuples, tagged unions and objects with properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Bool,
    Integer,
    Number,
    Format(&'static str),
    Text,
    Tuple,
    List,
    Tagged,
    Record,
    Map,
    Any,
}

/// The levels of nested schemas that are compared to find alternatives that cannot be distinguished.
const LEVELS: usize = 3;

impl<'a> Lowering<'a> {
    /// The alternatives by what their values look like, in the order in which they are tried: of everything that is no
    /// object with properties one of a kind, then those, then other objects. `None` if one of them is any value.
    pub(crate) fn structural(&mut self, options: Vec<Alternative<'a>>, at: &Pointer, name: &[String]) -> Option<Union> {
        let mut flat = Vec::new();
        self.flatten(options, 0, &mut HashSet::new(), &mut HashSet::new(), &mut flat);
        let mut classes: Vec<(Class, Vec<Alternative<'a>>)> = Vec::new();
        for option in flat {
            let class = self.class(&option);
            match classes.iter_mut().find(|(known, _)| *known == class) {
                Some((_, options)) => options.push(option),
                None => classes.push((class, vec![option])),
            }
        }
        classes.sort_by_key(|(class, _)| *class);
        let (mut variants, mut called_by_class) = (Vec::new(), Vec::new());
        for (class, mut options) in classes {
            match class {
                Class::Any => return None,
                Class::Record => {
                    // Of objects with the same properties, the one that requires more comes first.
                    options.sort_by_cached_key(|option| {
                        let (properties, required) = (properties(&option.parts), required(&option.parts));
                        let known = properties.iter().filter(|(wire, _)| required.contains(wire.as_str())).count();
                        (Reverse(known), properties.len())
                    });
                    self.unreachable(&options);
                    let more = self.named(&options, &variants[called_by_class.len()..], name);
                    variants.extend(more);
                }
                Class::Tagged => variants.extend(self.named(&options, &[], name)),
                // Only one tuple has this length and these types.
                Class::Tuple => {
                    let tuples = self.named(&options, &variants, name);
                    called_by_class.extend(variants.len()..variants.len() + tuples.len());
                    variants.extend(tuples);
                }
                class => {
                    let (ty, constraints, origin) = match options.as_slice() {
                        [one] => {
                            let found = self.option(one, &below(name, word(class)));
                            (found.ty?, found.constraints, one.at.clone())
                        }
                        several => (self.together(class, several, at, name)?, Vec::new(), at.clone()),
                    };
                    called_by_class.push(variants.len());
                    variants.push(UnionVariant {
                        name: word(class).to_owned(),
                        ty,
                        constraints,
                        tags: Vec::new(),
                        constants: Vec::new(),
                        closed: false,
                        origin,
                    });
                }
            }
        }
        // A schema may have the name `Text`.
        let mut names: HashMap<String, usize> = HashMap::new();
        variants.iter().for_each(|choice: &UnionVariant| *names.entry(name_key(&choice.name)).or_default() += 1);
        for index in called_by_class {
            let word = &variants[index].name;
            if names.get(&name_key(word)).is_some_and(|count| *count > 1) {
                variants[index].name = format!("plain {word}");
            }
        }
        Some(Union { tag: None, variants })
    }

    /// Replaces an alternative by its own alternatives, unless a property distinguishes them.
    fn flatten(
        &mut self,
        options: Vec<Alternative<'a>>,
        depth: usize,
        seen: &mut HashSet<Pointer>,
        taken: &mut HashSet<Pointer>,
        flat: &mut Vec<Alternative<'a>>,
    ) {
        for option in options {
            let mut open = option.parts.iter().filter(|part| part.choices().is_some());
            if let (Some(owner), None) = (open.next(), open.next())
                && self.class(&option) != Class::Tagged
            {
                if !seen.insert(owner.at.clone()) {
                    continue;
                }
                if depth > DEEPEST {
                    self.too_deep(&owner.at);
                    continue;
                }
                let closed = option.parts.iter().map(|part| Part { open: false, ..part.clone() });
                let rest: Vec<Part<'a>> = closed.filter(Part::says_anything).collect();
                let (inner, _) = self.options(owner, &rest);
                match inner.is_empty() {
                    true => flat.push(Alternative { parts: rest, node: None, ..option.clone() }),
                    false => self.flatten(inner, depth + 1, seen, taken, flat),
                }
                continue;
            }
            if taken.insert(option.at.clone()) {
                flat.push(option);
            }
        }
    }

    fn class(&mut self, option: &Alternative<'a>) -> Class {
        let parts = &option.parts;
        if let Some(owner) = parts.iter().find(|part| part.choices().is_some()) {
            let rest: Vec<Part<'a>> = parts.iter().filter(|part| part.at != owner.at).cloned().collect();
            let discriminator = owner.schema.schema_data.discriminator.as_ref().map(|one| (one, owner));
            let (inner, _) = self.options(owner, &rest);
            return match inner.len() > 1 && self.tagged(inner, discriminator).is_some() {
                true => Class::Tagged,
                false => Class::Any,
            };
        }
        match self.kind(parts) {
            Kind::Any | Kind::Null => Class::Any,
            Kind::Bool => Class::Bool,
            Kind::Integer => Class::Integer,
            Kind::Number => Class::Number,
            Kind::List if parts.iter().any(|part| super::type_builder::tuple_len(part.any()).is_some()) => Class::Tuple,
            Kind::List => Class::List,
            Kind::Object if is_record(parts) => Class::Record,
            Kind::Object => Class::Map,
            Kind::Text => {
                let format = super::merged_schema::first(parts, |any| any.format.as_deref());
                match super::formats::scalar(Kind::Text, format) {
                    TypeRef::DateTime => Class::Format("date time"),
                    TypeRef::Date => Class::Format("date"),
                    TypeRef::Uuid => Class::Format("uuid"),
                    _ => Class::Text,
                }
            }
        }
    }

    /// Merges several alternatives of a class into one type.
    fn together(
        &mut self,
        class: Class,
        options: &[Alternative<'a>],
        at: &Pointer,
        name: &[String],
    ) -> Option<TypeRef> {
        Some(match class {
            Class::Bool => TypeRef::Bool,
            Class::Integer => TypeRef::Int(64),
            Class::Number => TypeRef::Float(64),
            Class::Format("date time") => TypeRef::DateTime,
            Class::Format("date") => TypeRef::Date,
            Class::Format(_) => TypeRef::Uuid,
            Class::Text => self.texts(options, at, name),
            Class::List => {
                let items = options.iter().flat_map(|option| &option.parts);
                let items: Vec<(Node<'a>, Pointer)> = items
                    .filter_map(|part| Some((part.any().items.as_ref()?.into(), part.at.child("items"))))
                    .collect();
                let mut inner: Vec<Alternative<'a>> = Vec::new();
                let mut seen = HashSet::new();
                for (node, at) in items {
                    let parts = self.parts(node, &at);
                    // Equal schemas are one.
                    if seen.insert(format!("{node:?}")) {
                        inner.push(Alternative { node: Some(node), at, parts, tags: Vec::new() });
                    }
                }
                let name = below(name, "item");
                let item = match inner.as_slice() {
                    [] => TypeRef::Json,
                    [one] => self.option(one, &name).whole()?,
                    _ => self.item(inner, &at.child("items"), &name),
                };
                TypeRef::Array(Box::new(item))
            }
            Class::Map => TypeRef::Map(Box::new(TypeRef::Json)),
            Class::Tuple | Class::Tagged | Class::Record | Class::Any => return None,
        })
    }

    /// Returns the item type of several arrays.
    fn item(&mut self, options: Vec<Alternative<'a>>, at: &Pointer, name: &[String]) -> TypeRef {
        let mut members: Vec<Pointer> = options.iter().map(|option| option.at.clone()).collect();
        members.sort_unstable();
        // The items may be arrays of the same items.
        if let Some(id) = self.item_unions.get(&members) {
            return TypeRef::Named(*id);
        }
        if self.depth > DEEPEST {
            self.too_deep(at);
            return TypeRef::Json;
        }
        let id = self.define(None, name, &[], at);
        self.item_unions.insert(members, id);
        self.depth += 1;
        let union = self.structural(options, at, name);
        self.depth -= 1;
        let other = match union {
            Some(union) if union.variants.len() > 1 => {
                self.types[id].shape = Shape::Union(union);
                return TypeRef::Named(id);
            }
            Some(mut union) => union.variants.pop().map_or(TypeRef::Json, |only| only.ty),
            None => TypeRef::Json,
        };
        self.types[id].shape = Shape::Alias(other.clone());
        other
    }

    /// Merges several kinds of strings into one: an enum that also accepts other strings, or any string.
    fn texts(&mut self, options: &[Alternative<'a>], at: &Pointer, name: &[String]) -> TypeRef {
        let (mut variants, mut seen) = (Vec::new(), HashSet::new());
        for part in options.iter().flat_map(|option| &option.parts) {
            for (index, value) in part.any().enumeration.iter().enumerate() {
                if let Some(wire) = value.as_str()
                    && seen.insert(wire)
                {
                    let origin = part.at.child("enum").child(index);
                    variants.push(Variant { wire: wire.to_owned(), origin });
                }
            }
        }
        if variants.is_empty() {
            return TypeRef::String;
        }
        let id = self.define(None, &below(name, "text"), &[], at);
        self.types[id].shape = Shape::StringEnum(variants);
        TypeRef::Named(id)
    }

    /// Reports objects that decoding cannot distinguish from one before them.
    fn unreachable(&mut self, options: &[Alternative<'a>]) {
        type Names<'n> = BTreeSet<&'n str>;
        let mut of_same_names: IndexMap<(Names<'_>, Names<'_>), Vec<&Alternative<'a>>> = IndexMap::new();
        for option in options {
            let names = properties(&option.parts).into_iter().map(|(wire, _)| wire.as_str()).collect();
            of_same_names.entry((names, required(&option.parts).into_iter().collect())).or_default().push(option);
        }
        for options in of_same_names.into_values().filter(|options| options.len() > 1) {
            self.report_same_checks(&options);
        }
    }

    fn report_same_checks(&mut self, options: &[&Alternative<'a>]) {
        let mut known: HashMap<String, &Alternative<'a>> = HashMap::new();
        for option in options {
            let first = *known.entry(self.checks(&option.parts, LEVELS, true)).or_insert(option);
            if !std::ptr::eq(first, *option) {
                let place = Location::Key(option.at.clone());
                let message = "the generated code cannot distinguish this alternative from another";
                let diagnostic = Diagnostic::warning(code::AMBIGUOUS, place, message)
                    .label("a value that matches both is decoded as the other alternative")
                    .related(Location::Key(first.at.clone()), "the other alternative")
                    .help("add a `discriminator`, or a property with a constant value");
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Returns what decoding checks of the values that match all parts, as a string that is equal for equal checks. Limits
    /// such as `maximum` or `pattern` are not among them. Schemas more than `levels` deep are compared by location. Boolean
    /// constants count only `outside_arrays` and maps.
    fn checks(&mut self, parts: &[Part<'a>], levels: usize, outside_arrays: bool) -> String {
        if let Some(owner) = parts.iter().find(|part| part.choices().is_some()) {
            return owner.at.to_string();
        }
        let kind = parts.iter().map(Part::kind).find(|kind| *kind != Kind::Any).unwrap_or(Kind::Any);
        let format = super::merged_schema::first(parts, |any| any.format.as_deref());
        let nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
        let listed = parts.iter().filter(|_| kind != Kind::Bool || outside_arrays);
        let listed: Vec<&[Value]> = listed.map(|part| part.any().enumeration.as_slice()).collect();
        let inner = match (kind, parts) {
            (Kind::Integer, _) => format!("{:?}", super::formats::integer(parts, format)),
            (Kind::List | Kind::Object, [first, ..]) if levels == 0 => first.at.to_string(),
            (Kind::List | Kind::Object, _) => {
                let required = required(parts);
                let mut inner = BTreeSet::new();
                for (wire, nodes) in properties(parts) {
                    let is_required = required.contains(wire.as_str());
                    let checks = self.checks_of(&nodes, levels, outside_arrays && kind == Kind::Object);
                    // A nested object matches every alternative whose required properties it has.
                    if levels == LEVELS || is_required || !self.listed_values(&nodes).is_empty() {
                        inner.insert(format!("{wire:?} {is_required} {checks}"));
                    }
                }
                for part in parts {
                    let any = part.any();
                    if let Some(items) = &any.items {
                        inner.insert(self.checks_of(&[(items.into(), part.at.child("items"))], levels, false));
                    }
                    match &any.additional_properties {
                        Some(AdditionalProperties::Schema(values)) => {
                            let at = part.at.child("additionalProperties");
                            inner.insert(self.checks_of(&[(values.as_ref().into(), at)], levels, false));
                        }
                        Some(AdditionalProperties::Any(false)) if levels == LEVELS => {
                            inner.insert("closed".to_owned());
                        }
                        _ => {}
                    }
                }
                format!("{inner:?}")
            }
            (kind, _) => format!("{:?}", super::formats::scalar(kind, format)),
        };
        format!("{kind:?} {inner} {nullable} {listed:?}")
    }

    /// Returns what decoding checks of the values that match all schemas.
    fn checks_of(&mut self, nodes: &[(Node<'a>, Pointer)], levels: usize, outside_arrays: bool) -> String {
        let mut parts = Vec::new();
        for (node, at) in nodes {
            parts.extend(self.parts(*node, at));
        }
        self.checks(&parts, levels - 1, outside_arrays)
    }
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Bool => "boolean",
        Class::Integer => "integer",
        Class::Number => "number",
        Class::Format(word) => word,
        Class::Text => "text",
        Class::List => "list",
        Class::Map => "map",
        Class::Tuple => "tuple",
        Class::Tagged | Class::Record | Class::Any => "value",
    }
}
