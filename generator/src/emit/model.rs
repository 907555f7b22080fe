//! The types of the API: a module for each schema with what stands inside it, and one for the newtypes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{attributes, code, lines, paragraph, rules};
use super::imports::Imports;
use super::{BLANK, Context, Item, Module, feature, ident};
use crate::ir::{
    Answer, Constraint, Field, Operation, Paging, Record, ResourceId, Shape, TypeDef, TypeId, TypeRef, Variant,
};
use crate::name::TypeName;

/// The modules below `models`, and `models` itself.
pub fn modules(context: &Context<'_>) -> Vec<Module> {
    let mut files: BTreeMap<&str, (Imports, Vec<Item>)> = BTreeMap::new();
    for (id, def) in context.api.types.iter().filter(|(id, _)| context.analysis.of(*id).used) {
        let (imports, items) = files.entry(&context.names.ty(id).module).or_default();
        items.extend(context.type_def(id, def, imports));
    }
    for (id, _) in context.api.types.iter().filter(|(id, _)| context.analysis.of(*id).used) {
        let name = context.names.ty(id);
        if let Some((imports, _)) = files.get_mut(name.module.as_str()) {
            imports.remove("crate::models", &name.ident);
        }
    }
    if files.is_empty() {
        return Vec::new();
    }
    let features: BTreeMap<&str, TokenStream> =
        files.keys().map(|module| (*module, context.needed_by(module))).collect();
    let mut root = Vec::new();
    root.extend(features.iter().map(|(module, feature)| {
        let module = ident(module);
        Item::Rust(quote! { #feature mod #module; })
    }));
    let mut together: BTreeMap<String, (TokenStream, Vec<TokenStream>)> = BTreeMap::new();
    for (module, feature) in features {
        let module = ident(module);
        let (_, modules) = together.entry(feature.to_string()).or_insert((feature, Vec::new()));
        modules.push(quote! { #module::* });
    }
    root.extend(together.into_values().map(|(feature, modules)| match modules.as_slice() {
        [one] => Item::Rust(quote! { #feature pub use #one; }),
        modules => Item::Rust(quote! { #feature pub use self::{#(#modules),*}; }),
    }));
    let docs = vec!["The types of the values that go over the wire.".to_owned()];
    let mut modules = vec![Module { path: "models/mod.rs".to_owned(), docs, items: root }];
    modules.extend(files.into_iter().map(|(module, (imports, items))| {
        let mut all = imports.items();
        all.extend(items);
        Module { path: format!("models/{module}.rs"), docs: Vec::new(), items: all }
    }));
    modules
}

impl Context<'_> {
    /// The attribute of a module that is there for the sake of some resources only.
    fn needed_by(&self, module: &str) -> TokenStream {
        let types = self.api.types.iter().filter(|(id, _)| self.names.ty(*id).module == module);
        let users: BTreeSet<ResourceId> = types.flat_map(|(id, _)| self.analysis.users(id)).copied().collect();
        if self.resources().all(|id| users.contains(&id)) || users.contains(&ResourceId::FIRST) {
            return quote! {};
        }
        feature(&users.into_iter().map(|id| self.names.resource(id).feature.clone()).collect())
    }

    fn type_def(&self, id: TypeId, def: &TypeDef, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let mut docs = lines(&def.docs, &format!("{}.", code(&def.name.join("."))));
        if def.deprecated {
            paragraph(&mut docs, "The API advises against it.");
        }
        match &def.shape {
            Shape::Record(record) => self.record(id, record, docs, imports),
            Shape::StringEnum(variants) => string_enum(name, variants, docs),
            Shape::Newtype(constraints) => newtype(name, constraints, docs, imports),
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
        let personal = record.fields.iter().any(|field| field.pii);
        let derives = [
            (true, "Clone"),
            (!personal, "Debug"),
            (facts.default, "Default"),
            (true, "PartialEq"),
            (facts.eq, "Eq"),
            (true, "Deserialize"),
            (true, "Serialize"),
        ];
        let derives = derives.iter().filter(|(holds, _)| *holds).map(|(_, name)| self::ident(name));
        imports.add("serde", "Deserialize");
        imports.add("serde", "Serialize");
        let fields = record.fields.iter().zip(&name.parts).map(|(field, part)| self.field(id, field, part, imports));
        let mut fields: Vec<TokenStream> = fields.collect();
        fields.extend(record.additional.as_ref().map(|ty| {
            imports.add("std::collections", "BTreeMap");
            let (part, ty) = (self::ident(&name.additional), self.ty(ty, imports));
            quote! {
                /// The members that the document does not name.
                #[serde(flatten)]
                pub #part: BTreeMap<String, #ty>,
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
        items.extend(self.accessors(id, record, imports));
        if personal {
            let parts = record.fields.iter().zip(&name.parts);
            let line = |(field, part): (&Field, &String)| match field.pii {
                true => format!("{part}: personal"),
                false => part.clone(),
            };
            let others = record.additional.iter().map(|_| format!("{}: personal", name.additional));
            items.push(Item::Macro(packed("redacted", &name.ident, parts.map(line).chain(others))));
        }
        items.extend(self.page(id, record, imports));
        items
    }

    fn field(&self, owner: TypeId, field: &Field, part: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&field.docs, &format!("{}.", code(&field.wire)));
        if field.pii {
            paragraph(&mut docs, "It may be personal data, so `Debug` does not show it.");
        }
        if field.deprecated {
            paragraph(&mut docs, "The API advises against it.");
        }
        let docs = attributes(&docs);
        let part_ident = ident(part);
        let rename = (part != field.wire).then(|| format!("rename = {:?}", field.wire));
        // Where the document has no `null`, what was not there is left out again.
        let skip = !field.required && !field.nullable;
        let skip = skip.then(|| "skip_serializing_if = \"Option::is_none\"".to_owned());
        let serde: Vec<String> = rename.into_iter().chain(skip).collect();
        let serde = serde.join(", ").parse::<TokenStream>().ok().filter(|serde| !serde.is_empty());
        let serde = serde.map(|serde| quote! { #[serde(#serde)] });
        let mut ty = self.ty(&field.ty, imports);
        if self.boxed(owner, &field.ty) {
            ty = quote! { Box<#ty> };
        }
        if !always(field) {
            ty = quote! { Option<#ty> };
        }
        quote! { #docs #serde pub #part_ident: #ty, }
    }

    /// Methods that give an optional field as a result, for those who cannot go on without it.
    fn accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Option<Item> {
        let name = self.names.ty(id);
        let optional = record.fields.iter().zip(&name.parts).filter(|(field, _)| !always(field));
        let lines: Vec<String> =
            optional.map(|(field, part)| format!("{part}: {},", self.borrowed(&field.ty, imports))).collect();
        (!lines.is_empty()).then(|| call("accessors", &name.ident, lines))
    }

    /// How a page gives its items and the way to the next.
    fn page(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Option<Item> {
        let pages = |operation: &Operation| {
            let Answer::Json(ty) = operation.answer() else { return None };
            (self.resolved(ty) == &TypeRef::Named(id)).then_some(operation.paging.clone()).flatten()
        };
        let paging: Paging = self.api.operations.iter().find_map(|(_, operation)| pages(operation))?;
        imports.add("crate::runtime", "Page");
        let item = self.ty(&paging.item, imports);
        let name = self.names.ty(id);
        let (position, items) = record.fields.iter().enumerate().find(|(_, field)| field.wire == paging.items[0])?;
        let part = ident(&name.parts[position]);
        let items = match always(items) {
            true => quote! { &mut self.#part },
            false => quote! { self.#part.get_or_insert_default() },
        };
        let next = self.next(id, &paging.next)?;
        let ident = ident(&name.ident);
        Some(Item::Rust(quote! {
            impl Page for #ident {
                type Item = #item;
                #[doc = #BLANK]
                fn items(&mut self) -> &mut Vec<#item> { #items }
                #[doc = #BLANK]
                fn next(&self) -> Option<&str> { #next }
            }
        }))
    }

    /// The expression that leads from a page to the URL of the next.
    fn next(&self, id: TypeId, keys: &[String]) -> Option<TokenStream> {
        let mut at = id;
        let mut path = quote! { self };
        for (depth, key) in keys.iter().enumerate() {
            let Shape::Record(record) = &self.api.types[at].shape else { return None };
            let position = record.fields.iter().position(|field| field.wire == *key)?;
            let (field, part) = (&record.fields[position], ident(&self.names.ty(at).parts[position]));
            if depth + 1 == keys.len() {
                return Some(match always(field) {
                    true => quote! { Some(#path.#part.as_str()) },
                    false => quote! { #path.#part.as_deref() },
                });
            }
            path = if always(field) {
                quote! { #path.#part }
            } else {
                quote! { #path.#part.as_ref()? }
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

fn string_enum(name: &TypeName, variants: &[Variant], docs: Vec<String>) -> Vec<Item> {
    let (ident, docs) = (ident(&name.ident), attributes(&docs));
    let listed = variants.iter().zip(&name.parts).map(|(variant, part)| {
        let docs = match variant.wire.as_str() {
            "" => "The empty text.".to_owned(),
            wire => format!("{}.", code(wire)),
        };
        let docs = attributes(&[docs]);
        let part = self::ident(part);
        quote! { #docs #part, }
    });
    let unknown = self::ident(&name.unknown);
    let item = Item::Rust(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#listed)*
            /// A value that this version of the crate does not know.
            #unknown(String),
        }
    });
    let pairs = variants.iter().zip(&name.parts).map(|(variant, part)| format!("{part} => {:?},", variant.wire));
    let mut lines = vec![format!("string_enum!({} {{", name.ident)];
    lines.extend(pairs.map(|pair| format!("    {pair}")));
    lines.push(format!("}} else {});", name.unknown));
    vec![item, Item::Macro(lines)]
}

fn newtype(name: &TypeName, constraints: &[Constraint], mut docs: Vec<String>, imports: &mut Imports) -> Vec<Item> {
    paragraph(&mut docs, rules(constraints));
    for derive in ["Deserialize", "Serialize"] {
        imports.add("serde", derive);
    }
    let (ident, docs) = (ident(&name.ident), attributes(&docs));
    let item = Item::Rust(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
        #[serde(transparent)]
        pub struct #ident(String);
    });
    imports.add("crate::runtime", "Rule");
    let rules = constraints.iter().map(super::request::rule).collect::<Vec<_>>();
    let line = format!("newtype!({}, [{}]);", name.ident, rules.join(", "));
    let lines = match line.len() > 100 {
        false => vec![line],
        true => {
            let rules = rules.iter().map(|rule| format!("    {rule},"));
            let head = [format!("newtype!({}, [", name.ident)];
            head.into_iter().chain(rules).chain(["]);".to_owned()]).collect()
        }
    };
    vec![item, Item::Macro(lines)]
}

/// The call of a macro about a type, a line for each of its parts.
fn call(name: &str, ty: &str, parts: impl IntoIterator<Item = String>) -> Item {
    let parts: Vec<String> = parts.into_iter().collect();
    if let [one] = parts.as_slice() {
        return Item::Macro(vec![format!("{name}!({ty} {{ {} }});", one.trim_end_matches(','))]);
    }
    let mut lines = vec![format!("{name}!({ty} {{")];
    lines.extend(parts.into_iter().map(|part| format!("    {part}")));
    lines.push("});".to_owned());
    Item::Macro(lines)
}

/// The call of a macro about a type, with as many of its parts on a line as there is room for.
fn packed(name: &str, ty: &str, parts: impl IntoIterator<Item = String>) -> Vec<String> {
    let parts: Vec<String> = parts.into_iter().collect();
    let line = format!("{name}!({ty} {{ {} }});", parts.join(", "));
    if line.len() <= 110 {
        return vec![line];
    }
    let mut lines = vec![format!("{name}!({ty} {{"), String::new()];
    for part in parts {
        let last = lines.len() - 1;
        if lines[last].len() + part.len() > 115 {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        let gap = if lines[last].is_empty() { "    " } else { " " };
        lines[last] += &format!("{gap}{part},");
    }
    lines.push("});".to_owned());
    lines
}
