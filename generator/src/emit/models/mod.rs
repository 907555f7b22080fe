//! The types of the API: a module for each schema with what stands inside it, and one for the newtypes.

pub(crate) mod types;
pub(crate) mod unions;
pub(crate) mod validation;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{attributes, code, default, lines, paragraph, remark, rules};
use super::imports::Imports;
use crate::analyze::{Users, spread};
use crate::characters::is_hidden;
use crate::emit::{Context, Item, Module, Sketch, feature, ident, many, module_path, tokens};
use crate::ir::{Constraint, Field, Next, Paging, Record, ResourceId, Shape, TypeDef, TypeId, TypeRef, Variant, parts};
use crate::naming::TypeName;

/// The modules below `models`, and `models` itself.
pub fn modules<'a>(context: &'a Context<'a>) -> Vec<Sketch<'a>> {
    let mut files: BTreeMap<&str, Vec<TypeId>> = BTreeMap::new();
    let used = context.api.types.iter().filter(|(id, _)| context.analysis.of(*id).used).map(|(id, _)| id);
    let (heads, others): (Vec<_>, Vec<_>) = used.partition(|id| context.names.ty(*id).head);
    for id in heads.into_iter().chain(others) {
        files.entry(&context.names.ty(id).module).or_default().push(id);
    }
    if files.is_empty() {
        return Vec::new();
    }
    let mut modules: Vec<Sketch<'a>> = vec![Box::new(|| context.root_of_models())];
    modules.extend(files.into_iter().map(|(name, types)| {
        let sketch = move || context.model_module(name, &types);
        Box::new(sketch) as Sketch<'a>
    }));
    modules
}

impl Context<'_> {
    fn root_of_models(&self) -> Module {
        let features = self.needed_by();
        let mut items = Vec::new();
        items.extend(features.iter().map(|(module, feature)| {
            let (path, module) = (module_path(module), ident(module));
            Item::Rust(quote! { #feature #path mod #module; })
        }));
        let mut together: BTreeMap<String, (TokenStream, Vec<TokenStream>)> = BTreeMap::new();
        for (module, feature) in features {
            let module = ident(module);
            let (_, modules) = together.entry(feature.to_string()).or_insert((feature, Vec::new()));
            modules.push(quote! { #module::* });
        }
        items.extend(together.into_values().map(|(feature, modules)| match modules.as_slice() {
            [one] => Item::Rust(quote! { #feature pub use #one; }),
            modules => Item::Rust(quote! { #feature pub use self::{#(#modules),*}; }),
        }));
        let docs = vec!["The types of request and response bodies.".to_owned()];
        Module { path: "models/mod.rs".to_owned(), docs, items }
    }

    fn model_module(&self, name: &str, types: &[TypeId]) -> Module {
        let (mut imports, mut items) = (Imports::default(), Vec::new());
        for id in types {
            items.extend(self.type_def(*id, &self.api.types[*id], &mut imports));
        }
        for id in types {
            imports.remove("crate::models", &self.names.ty(*id).ident);
        }
        let mut all = imports.items();
        all.extend(items);
        Module { path: format!("models/{name}.rs"), docs: Vec::new(), items: all }
    }

    /// The attributes of the modules: each is there for the sake of some resources, and of the modules that it serves.
    fn needed_by(&self) -> BTreeMap<&str, TokenStream> {
        let used = || self.api.types.iter().filter(|(id, _)| self.analysis.of(*id).used).map(|(id, _)| id);
        let module = |id: TypeId| self.names.ty(id).module.as_str();
        let modules: BTreeSet<&str> = used().map(module).collect();
        let modules: Vec<&str> = modules.into_iter().collect();
        let place = |id: TypeId| modules.binary_search(&module(id)).ok();
        let (mut users, mut needs) = (vec![Users::default(); modules.len()], vec![Vec::new(); modules.len()]);
        for id in used() {
            let Some(own) = place(id) else { continue };
            users[own].extend(self.analysis.users(id));
            let parts = parts(self.api, id).into_iter().flat_map(TypeRef::hearts);
            needs[own].extend(parts.filter_map(place).filter(|part| *part != own));
        }
        spread(&mut users, &needs);
        let all: BTreeSet<ResourceId> = self.resources().collect();
        let attribute = |users: Users| match users {
            Users::Few(users) if !users.is_superset(&all) => {
                feature(&users.into_iter().map(|id| self.names.resource(id).feature.clone()).collect())
            }
            _ => quote! {},
        };
        modules.into_iter().zip(users).map(|(module, users)| (module, attribute(users))).collect()
    }

    fn type_def(&self, id: TypeId, def: &TypeDef, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let mut docs = lines(&def.docs, &format!("{}.", code(&def.name.join("."))));
        if def.deprecated {
            paragraph(&mut docs, "Deprecated.");
        }
        if def.input {
            paragraph(&mut docs, "The request type, without the properties that only responses have.");
        }
        match &def.shape {
            Shape::Record(record) => self.record(id, record, docs, imports),
            Shape::StringEnum(variants) => vec![string_enum(name, variants, docs)],
            Shape::ValueEnum(values) => vec![self.value_enum(name, values, docs, imports)],
            Shape::Union(union) => {
                self.union(id, union, docs, imports).into_iter().chain(self.type_checks(id)).collect()
            }
            Shape::Newtype(constraints) => vec![newtype(name, constraints, def, docs, imports)],
            Shape::Wrapper(ty) => {
                imports.add("serde", "Deserialize");
                imports.add("serde", "Serialize");
                let eq = self.analysis.of(id).eq.then(|| quote! { Eq, });
                let (ident, docs) = (ident(&name.ident), attributes(&docs));
                let is_tuple = matches!(ty, TypeRef::Tuple(_));
                // Not everything in a tuple has a default.
                let default = (!is_tuple).then(|| quote! { Default, });
                let ty = tokens(&self.text_in(id, ty, imports));
                let item = Item::Rust(quote! {
                    #docs
                    #[derive(Clone, Debug, #default PartialEq, #eq Deserialize, Serialize)]
                    #[serde(transparent)]
                    pub struct #ident(pub #ty);
                });
                [item].into_iter().chain(self.type_checks(id)).collect()
            }
            Shape::Alias(ty) => {
                let (ident, docs) = (ident(&name.ident), attributes(&docs));
                let ty = self.ty(ty, imports);
                vec![Item::Rust(quote! { #docs pub type #ident = #ty; })]
            }
        }
    }

    fn record(&self, id: TypeId, record: &Record, docs: Vec<String>, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let facts = self.analysis.of(id);
        let personal = record.fields.iter().any(|field| self.is_hidden(id, field));
        let derives = [
            (true, "Clone"),
            (!personal, "Debug"),
            (facts.default, "Default"),
            (true, "PartialEq"),
            (facts.eq, "Eq"),
            (true, "Serialize"),
        ];
        let derives = derives.iter().filter(|(holds, _)| *holds).map(|(_, name)| self::ident(name));
        imports.add("serde", "Serialize");
        let fields = record.fields.iter().zip(&name.parts).map(|(field, part)| self.field(id, field, part, imports));
        let mut fields: Vec<TokenStream> = fields.collect();
        fields.extend(record.additional.as_ref().map(|ty| {
            imports.add("std::collections", "BTreeMap");
            // A map is itself a pointer, so a recursive type needs no `Box` here.
            let map = TypeRef::Map(Box::new(ty.clone()));
            let pointer = self.pointer(id, &map, imports).map(self::ident);
            let (part, ty) = (self::ident(&name.additional), self.ty(ty, imports));
            let map = quote! { BTreeMap<String, #ty> };
            let map = pointer.map_or_else(|| map.clone(), |pointer| quote! { #pointer<#map> });
            quote! {
                /// The members that the document does not name.
                #[serde(flatten)]
                pub #part: #map,
            }
        }));
        let (ident, docs) = (ident(&name.ident), attributes(&docs));
        let mut items = vec![Item::Rust(quote! {
            #docs
            #[derive(#(#derives),*)]
            #[non_exhaustive]
            pub struct #ident {
                #(#fields)*
            }
        })];
        items.push(self.decoding(id, record));
        // Programs build what they send; only their tests build responses.
        let in_tests = (!facts.sent).then_some("test-util");
        items.extend((!facts.default).then(|| self.constructor(id, record, in_tests, imports)));
        items.extend(self.setters(id, record, in_tests, imports));
        items.extend(self.type_checks(id));
        items.extend(self.accessors(id, record, imports));
        items.extend(self.json_accessors(id, record));
        if personal {
            let parts = record.fields.iter().zip(&name.parts);
            let line = |(field, part): (&Field, &String)| match self.is_hidden(id, field) {
                true => format!("{part}: personal"),
                false => part.clone(),
            };
            let others = record.additional.iter().map(|_| format!("{}: personal", name.additional));
            items.push(Item::Macro(packed("redacted", &name.ident, parts.map(line).chain(others))));
        }
        items.extend(self.page(id, imports));
        items
    }

    /// The macro call that decodes a model.
    fn decoding(&self, id: TypeId, record: &Record) -> Item {
        let name = self.names.ty(id);
        let line = |(field, part): (&Field, &String)| {
            let null = if self.tells_null(id, field) { " null" } else { "" };
            format!("{part}: {:?}{null}", field.wire)
        };
        let lines: Vec<String> = record.fields.iter().zip(&name.parts).map(line).collect();
        let others = record.additional.as_ref().map(|_| format!(" else {}", name.additional)).unwrap_or_default();
        Item::Macro(braced(&format!("impl_deserialize!({}", name.ident), &lines, &format!("{others});")))
    }

    fn field(&self, owner: TypeId, field: &Field, part: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&field.docs, &format!("{}.", code(&field.wire)));
        if field.pii {
            remark(&mut docs, &field.docs, "Personal: `Debug` does not show it.");
        } else if self.is_hidden(owner, field) {
            remark(&mut docs, &field.docs, "`Debug` does not show it, since it may hold personal data.");
        }
        let facts = self.analysis.of(owner);
        if facts.sent {
            remark(&mut docs, &field.docs, &rules(&field.constraints));
            remark(&mut docs, &field.docs, &default(&field.docs, field.default.as_ref()));
        }
        if field.read_only && facts.sent {
            remark(&mut docs, &field.docs, "Only in responses.");
        }
        if field.write_only && facts.received {
            remark(&mut docs, &field.docs, "Only in requests.");
        }
        if field.deprecated {
            paragraph(&mut docs, "Deprecated.");
        }
        let docs = attributes(&docs);
        let part_ident = ident(part);
        let rename = (part != field.wire).then(|| format!("rename = {:?}", field.wire));
        let kept = self.tells_null(owner, field);
        // Where the document has no `null`, or where that is another thing, what was not there is left out again.
        let skip = !field.required && (!field.nullable || kept);
        let skip = skip.then(|| "skip_serializing_if = \"Option::is_none\"".to_owned());
        let serde: Vec<String> = rename.into_iter().chain(skip).collect();
        let serde = (!serde.is_empty()).then(|| tokens(&serde.join(", "))).map(|serde| quote! { #[serde(#serde)] });
        let mut ty = tokens(&self.text_in(owner, &field.ty, imports));
        if !always(field) {
            ty = quote! { Option<#ty> };
        }
        if self.is_double(owner, field) {
            ty = quote! { Option<#ty> };
        }
        quote! { #docs #serde pub #part_ident: #ty, }
    }

    /// Whether `Debug` does not show a field: it is personal, or it may be the URL or the cursor of a page, which repeats
    /// what was asked for.
    fn is_hidden(&self, owner: TypeId, field: &Field) -> bool {
        let is_items = || self.pages.get(&owner).is_some_and(|paging| paging.items.first() == Some(&field.wire));
        field.pii || self.page_links.contains(&owner) && !is_items() && self.may_be_link(&field.ty)
    }

    /// Whether a value of the type may be, or hold, a text of any form.
    fn may_be_link(&self, ty: &TypeRef) -> bool {
        match self.resolved(ty) {
            TypeRef::Bool
            | TypeRef::Int(_)
            | TypeRef::Unsigned(_)
            | TypeRef::Float(_)
            | TypeRef::BigNumber
            | TypeRef::DateTime
            | TypeRef::Date
            | TypeRef::Uuid
            | TypeRef::Duration => false,
            TypeRef::List(inner) | TypeRef::Nullable(inner) => self.may_be_link(inner),
            TypeRef::Tuple(items) => items.iter().any(|item| self.may_be_link(item)),
            TypeRef::Named(id) => {
                let shape = &self.api.types[*id].shape;
                !matches!(shape, Shape::Record(_) | Shape::StringEnum(_) | Shape::ValueEnum(_))
            }
            TypeRef::Text
            | TypeRef::Uri
            | TypeRef::Bytes
            | TypeRef::UrlBytes
            | TypeRef::Custom(_)
            | TypeRef::Map(_)
            | TypeRef::Json => true,
        }
    }

    /// Whether a field tells `null` from what is not there: to send one or the other may be two things.
    fn tells_null(&self, owner: TypeId, field: &Field) -> bool {
        let any = matches!(self.resolved(&field.ty), TypeRef::Json);
        self.analysis.of(owner).sent && !field.required && (field.nullable || any)
    }

    /// Whether it needs an `Option` in an `Option` for that. Where it may be any value, `null` is one.
    fn is_double(&self, owner: TypeId, field: &Field) -> bool {
        self.tells_null(owner, field) && !matches!(self.resolved(&field.ty), TypeRef::Json)
    }

    /// Methods that set the optional properties.
    fn setters(&self, id: TypeId, record: &Record, in_tests: Option<&str>, imports: &mut Imports) -> Option<Item> {
        let name = self.names.ty(id);
        let taken: BTreeSet<&String> = name.parts.iter().collect();
        let setter = |(field, part): (&Field, &String)| {
            let mut names = ["with", "set"].iter().map(|word| format!("{word}_{}", part.trim_matches('_')));
            let set = names.find(|name| !taken.contains(name))?;
            Some(format!("{set}({part}: {})", self.set_to(id, field, imports)))
        };
        let optional = record.fields.iter().zip(&name.parts).filter(|(field, _)| !always(field));
        let lines: Vec<String> = optional.filter_map(setter).collect();
        let cfg = in_tests.map(|feature| format!("#[cfg(feature = {feature:?})]"));
        (!lines.is_empty()).then(|| Item::Macro(cfg.into_iter().chain(packed("setters", &name.ident, lines)).collect()))
    }

    /// What the setter of a field takes, in the words of the macro that makes it. A property that may be `null` takes `None`,
    /// and so does one that only responses have, where a missing property is `None`.
    fn set_to(&self, id: TypeId, field: &Field, imports: &mut Imports) -> String {
        let takes_null = field.nullable || !self.analysis.of(id).sent;
        match self.resolved(&field.ty) {
            TypeRef::Json => self.given_to(id, &field.ty, imports),
            ty if takes_null => {
                let kind = if self.is_double(id, field) { "double" } else { "null" };
                format!("{kind} {}", self.text(ty, imports))
            }
            _ => self.given_to(id, &field.ty, imports),
        }
    }

    /// What a setter takes for a field, in the words of the macro that makes it.
    fn given_to(&self, owner: TypeId, ty: &TypeRef, imports: &mut Imports) -> String {
        let text = self.text(ty, imports);
        match self.resolved(ty) {
            _ if self.pointer(owner, ty, imports).is_some() => format!("into {}", self.text_in(owner, ty, imports)),
            TypeRef::List(item) if self.converts(self.resolved(item)) => {
                format!("list into {}", self.text(item, imports))
            }
            TypeRef::List(item) => format!("list {}", self.text(item, imports)),
            TypeRef::Json => format!("into {text}"),
            resolved if self.converts(resolved) => format!("into {text}"),
            _ => text,
        }
    }

    /// The function that makes a value of the required properties.
    fn constructor(&self, id: TypeId, record: &Record, in_tests: Option<&str>, imports: &mut Imports) -> Item {
        let name = self.names.ty(id);
        let (mut arguments, mut fields) = (Vec::new(), Vec::new());
        for (field, part) in record.fields.iter().zip(&name.parts) {
            let part = ident(part);
            if !always(field) {
                fields.push(quote! { #part: None });
                continue;
            }
            if let Some(only) = self.constant(&field.ty, field.constant, imports) {
                fields.push(quote! { #part: #only });
                continue;
            }
            let ty = self.ty(&field.ty, imports);
            let into = self.converts(self.resolved(&field.ty));
            arguments.push(if into {
                quote! { #part: impl Into<#ty> }
            } else {
                quote! { #part: #ty }
            });
            let pointer = self.pointer(id, &field.ty, imports).map(self::ident);
            fields.push(match (into, pointer) {
                (true, Some(pointer)) => quote! { #part: #pointer::new(#part.into()) },
                (true, None) => quote! { #part: #part.into() },
                (false, Some(pointer)) => quote! { #part: #pointer::new(#part) },
                (false, None) => quote! { #part },
            });
        }
        if record.additional.is_some() {
            let part = ident(&name.additional);
            let pointer = record.additional.as_ref().and_then(|ty| self.pointer(id, ty, imports)).map(self::ident);
            fields.push(match pointer {
                Some(pointer) => quote! { #part: #pointer::default() },
                None => quote! { #part: BTreeMap::new() },
            });
        }
        let (name, many) = (ident(&name.ident), many(arguments.len()));
        let cfg = in_tests.map(|feature| quote! { #[cfg(feature = #feature)] });
        if arguments.is_empty() {
            return Item::Rust(quote! {
                #cfg
                impl Default for #name {
                    fn default() -> Self { Self { #(#fields),* } }
                }
            });
        }
        Item::Rust(quote! {
            #cfg
            impl #name {
                /// A value with the required properties only.
                #many
                pub fn new(#(#arguments),*) -> Self { Self { #(#fields),* } }
            }
        })
    }

    /// Methods that give an optional field as a result, for those who cannot go on without it.
    fn accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Option<Item> {
        let name = self.names.ty(id);
        let optional = record.fields.iter().zip(&name.parts);
        let optional = optional.filter(|(field, _)| !always(field) && !self.is_double(id, field));
        let lines: Vec<String> =
            optional.map(|(field, part)| format!("{part}: {}", self.borrowed(&field.ty, imports))).collect();
        (!lines.is_empty()).then(|| Item::Macro(packed("accessors", &name.ident, lines)))
    }

    /// Methods that decode the JSON in string properties.
    fn json_accessors(&self, id: TypeId, record: &Record) -> Option<Item> {
        let name = self.names.ty(id);
        let lines = record.fields.iter().zip(&name.parts).filter_map(|(field, part)| {
            let is_json = field.json && matches!(self.resolved(&field.ty), TypeRef::Text);
            let stem = part.trim_end_matches('_');
            let mut names = ["_as", "_decoded_as"].iter().map(|end| format!("{stem}{end}"));
            let free = names.find(|accessor| is_json && !name.parts.contains(accessor))?;
            Some(format!("{free}({part})"))
        });
        let lines: Vec<String> = lines.collect();
        (!lines.is_empty()).then(|| Item::Macro(packed("json_accessors", &name.ident, lines)))
    }

    /// How a page gives its items and the way to the next.
    fn page(&self, id: TypeId, imports: &mut Imports) -> Option<Item> {
        let paging = self.pages.get(&id)?;
        let item = self.text(&paging.item, imports);
        let name = self.names.ty(id);
        let items = self.items(id, &paging.items)?;
        let next = match &paging.next {
            Next::Url(keys) => format!("|page| {}", self.next(id, keys)?),
            _ => "|_page| None".to_owned(),
        };
        // The API's own property of that name has the accessor.
        let taken = name.parts.iter().any(|part| part == "next_token");
        let token = self.next_token(id, paging).filter(|_| !taken);
        let parts = [Some(format!("|page| {items}")), Some(next), token];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let line = format!("page!({} => {item}, {});", name.ident, parts.join(", "));
        Some(Item::Macro(match line.len() > 120 {
            false => vec![line],
            true => vec![format!("page!({} => {item},", name.ident), format!("    {});", parts.join(",\n    "))],
        }))
    }

    /// How a page gives the token of the next one, unless only a request or a response tells.
    fn next_token(&self, id: TypeId, paging: &Paging) -> Option<String> {
        match &paging.next {
            Next::Url(_) => Some("next_token".to_owned()),
            // Where the page says in another place whether there is a next one, it may have a cursor on the last page too.
            Next::Cursor { keys, param } if paging.more.is_empty() => {
                let operations = self.api.operations.iter().map(|(_, operation)| operation);
                let mut same = operations.filter(|one| self.api.page_type(one) == Some(id)).flat_map(|one| &one.paging);
                let cursor = self.next(id, keys).filter(|_| same.all(|other| other.next == paging.next))?;
                Some(format!("{param:?} = |page| {cursor}"))
            }
            _ => None,
        }
    }

    /// The expression that leads from a page to its items.
    fn items(&self, id: TypeId, keys: &[String]) -> Option<String> {
        let (mut at, mut path) = (id, "page".to_owned());
        for (depth, key) in keys.iter().enumerate() {
            let Shape::Record(record) = &self.api.types[at].shape else { return None };
            let position = record.fields.iter().position(|field| field.wire == *key)?;
            let (field, part) = (&record.fields[position], &self.names.ty(at).parts[position]);
            path = match (always(field), depth + 1 == keys.len()) {
                (true, true) => format!("&mut {path}.{part}"),
                (true, false) => format!("{path}.{part}"),
                (false, _) if self.is_double(at, field) => {
                    format!("{path}.{part}.get_or_insert_default().get_or_insert_default()")
                }
                (false, _) => format!("{path}.{part}.get_or_insert_default()"),
            };
            if let TypeRef::Named(next) = self.resolved(&field.ty) {
                at = *next;
            }
        }
        Some(path)
    }

    /// The expression that leads from a page to what it says of the next.
    fn next(&self, id: TypeId, keys: &[String]) -> Option<String> {
        let mut at = id;
        let mut path = "page".to_owned();
        for (depth, key) in keys.iter().enumerate() {
            let Shape::Record(record) = &self.api.types[at].shape else { return None };
            let position = record.fields.iter().position(|field| field.wire == *key)?;
            let (field, part) = (&record.fields[position], &self.names.ty(at).parts[position]);
            if depth + 1 == keys.len() {
                let is_string = |ty: &TypeRef| matches!(ty, TypeRef::Text | TypeRef::Uri | TypeRef::Uuid);
                if !is_string(self.resolved(&field.ty)) {
                    return None;
                }
                return Some(match always(field) {
                    true => format!("Some({path}.{part}.as_str())"),
                    false if self.is_double(at, field) => format!("{path}.{part}.as_ref()?.as_deref()"),
                    false => format!("{path}.{part}.as_deref()"),
                });
            }
            path = match always(field) {
                true => format!("{path}.{part}"),
                false if self.is_double(at, field) => format!("{path}.{part}.as_ref()?.as_ref()?"),
                false => format!("{path}.{part}.as_ref()?"),
            };
            let TypeRef::Named(next) = self.resolved(&field.ty) else { return None };
            at = *next;
        }
        None
    }
}

/// Whether a value without this field would not be one.
fn always(field: &Field) -> bool {
    field.required && !field.nullable
}

fn string_enum(name: &TypeName, variants: &[Variant], docs: Vec<String>) -> Item {
    let mut lines = vec!["string_enum! {".to_owned()];
    lines.extend(docs.iter().map(|line| format!("    /// {line}").trim_end().to_owned()));
    let pairs: Vec<_> = variants.iter().zip(&name.parts).collect();
    let pair = |(variant, part): &(&Variant, &String)| {
        format!("{part} => {:?}{}", variant.wire, variant_docs(&variant.wire, "as"))
    };
    let pairs: Vec<String> = pairs.iter().map(pair).collect();
    lines.extend(braced(&format!("    {}", name.ident), &pairs, &format!(" else {}", name.unknown)));
    lines.push("}".to_owned());
    Item::Macro(lines)
}

/// The documentation of a variant whose value cannot be its own, behind a sign.
pub fn variant_docs(value: &str, sign: &str) -> String {
    match value.contains(|c: char| matches!(c, '`' | '[') || is_hidden(c)) {
        true => format!(" {sign} {:?}", format!("{}.", code(value))),
        false => String::new(),
    }
}

fn newtype(
    name: &TypeName,
    constraints: &[Constraint],
    def: &TypeDef,
    mut docs: Vec<String>,
    imports: &mut Imports,
) -> Item {
    remark(&mut docs, &def.docs, &rules(constraints));
    if def.pii {
        remark(&mut docs, &def.docs, "Personal: `Debug` does not show it.");
    }
    let ident = format!("{}{}", name.ident, if def.pii { ": personal" } else { "" });
    imports.add("crate::runtime", "Rule");
    let mut lines = vec!["newtype! {".to_owned()];
    lines.extend(docs.iter().map(|line| format!("    /// {line}").trim_end().to_owned()));
    let rules = super::operations::request_types::rules_of(constraints);
    let line = format!("    {ident}, [{}]", rules.join(", "));
    if line.len() <= 120 {
        lines.push(line);
    } else {
        lines.push(format!("    {ident}, ["));
        lines.extend(rules.iter().map(|rule| format!("        {rule},")));
        lines.push("    ]".to_owned());
    }
    lines.push("}".to_owned());
    Item::Macro(lines)
}

/// The call of a macro about a type, with as many of its parts on a line as there is room for.
fn packed(name: &str, ty: &str, parts: impl IntoIterator<Item = String>) -> Vec<String> {
    let parts: Vec<String> = parts.into_iter().collect();
    braced(&format!("{name}!({ty}"), &parts, ");")
}

/// Parts in braces: on one line if there is room, otherwise as many on a line as it takes.
pub fn braced(head: &str, parts: &[String], tail: &str) -> Vec<String> {
    let line = format!("{head} {{ {} }}{tail}", parts.join(", "));
    if line.len() <= 110 {
        return vec![line];
    }
    let indent = " ".repeat(head.len() - head.trim_start().len());
    let mut lines = vec![format!("{head} {{")];
    let mut last = String::new();
    for part in parts {
        if !last.is_empty() && last.len() + part.len() > 112 {
            lines.push(std::mem::take(&mut last));
        }
        last += &if last.is_empty() { format!("{indent}    {part},") } else { format!(" {part},") };
    }
    lines.push(last);
    lines.push(format!("{indent}}}{tail}"));
    lines
}
