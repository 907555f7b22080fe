//! The Rust types of fields, arguments and parameter values.

use proc_macro2::TokenStream;
use quote::quote;

use crate::analyze::Indirection;
use crate::config::{DateTimeTypes, Map, Pointer};
use crate::emit::imports::Imports;
use crate::emit::{Context, ident, tokens};
use crate::ir::{Param, ParamLocation, Shape, Style, TypeId, TypeRef};

impl Context<'_> {
    /// Returns the type of a field as text, and imports the types in it.
    pub fn text(&self, ty: &TypeRef, imports: &mut Imports) -> String {
        match ty {
            TypeRef::Bool => "bool".to_owned(),
            TypeRef::Int(bits) => format!("i{bits}"),
            TypeRef::Unsigned(bits) => format!("u{bits}"),
            // An `f32` would encode the decimal number 0.1 as 0.10000000149011612.
            TypeRef::Float(_) => "f64".to_owned(),
            TypeRef::BigNumber => {
                imports.add("crate::runtime", "BigNumber");
                "BigNumber".to_owned()
            }
            TypeRef::String | TypeRef::Uri | TypeRef::Uuid => "String".to_owned(),
            TypeRef::Duration => {
                imports.add("crate::runtime", "IsoDuration");
                "IsoDuration".to_owned()
            }
            TypeRef::Bytes => {
                imports.add("crate::runtime", "Base64");
                "Base64".to_owned()
            }
            TypeRef::UrlBytes => {
                imports.add("crate::runtime", "Base64Url");
                "Base64Url".to_owned()
            }
            TypeRef::Custom(path) => path.clone(),
            TypeRef::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| self.text(item, imports)).collect();
                let comma = if items.len() == 1 { "," } else { "" };
                format!("({}{comma})", items.join(", "))
            }
            TypeRef::Nullable(ty) => format!("Option<{}>", self.text(ty, imports)),
            TypeRef::DateTime => date_time_text(self.config.types.date_time, imports),
            TypeRef::Date => date_text(self.config.types.date_time, imports),
            TypeRef::Array(item) => format!("Vec<{}>", self.text(item, imports)),
            TypeRef::Map(value) => format!("{}<String, {}>", self.map_name(imports), self.text(value, imports)),
            TypeRef::Named(id) => {
                let name = &self.names.ty(*id).ident;
                imports.add("crate::models", name);
                name.clone()
            }
            TypeRef::Json => {
                imports.add("crate::runtime", "AnyJson");
                "AnyJson".to_owned()
            }
        }
    }

    /// Returns the type of a field as tokens.
    pub fn ty(&self, ty: &TypeRef, imports: &mut Imports) -> TokenStream {
        tokens(&self.text(ty, imports))
    }

    /// Follows the aliases of a type, and returns the first type that is not an alias.
    pub fn resolved<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        self.api.resolved(ty)
    }

    /// Returns the type that the accessor of a field returns: a copy of a small value, a reference otherwise.
    pub fn borrowed(&self, ty: &TypeRef, imports: &mut Imports) -> String {
        match self.resolved(ty) {
            TypeRef::Bool
            | TypeRef::Int(_)
            | TypeRef::Unsigned(_)
            | TypeRef::Float(_)
            | TypeRef::DateTime
            | TypeRef::Date => self.text(ty, imports),
            TypeRef::String | TypeRef::Uri | TypeRef::Uuid => "&str".to_owned(),
            TypeRef::Array(item) => format!("&[{}]", self.text(item, imports)),
            _ => format!("&{}", self.text(ty, imports)),
        }
    }

    /// Returns the type of an argument, which accepts every type that converts without loss.
    pub fn argument(&self, ty: &TypeRef, imports: &mut Imports) -> TokenStream {
        match self.resolved(ty) {
            TypeRef::Array(item) => {
                let item = self.argument(item, imports);
                quote! { impl IntoIterator<Item = #item> }
            }
            ty if self.converts(ty) => {
                let ty = self.ty(ty, imports);
                quote! { impl Into<#ty> }
            }
            ty => self.ty(ty, imports),
        }
    }

    /// Returns the type of the value of a parameter, as the runtime accepts it.
    pub fn value(&self, ty: &TypeRef, imports: &mut Imports) -> TokenStream {
        match self.resolved(ty) {
            TypeRef::Array(_) => {
                // Write `runtime::Value`, because `Value` is also the name of the JSON value of `serde_json`.
                imports.add("crate::runtime", "self");
                quote! { runtime::Value }
            }
            ty => self.ty(ty, imports),
        }
    }

    /// Returns the name of the type if it is a string type with constraints.
    pub fn newtype(&self, ty: &TypeRef, imports: &mut Imports) -> Option<String> {
        match self.resolved(ty) {
            TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Newtype(_)) => {
                Some(self.text(self.resolved(ty), imports))
            }
            _ => None,
        }
    }

    /// Returns the expression for the value of a type that has only one value. Returns `None` for all other types.
    pub fn constant(&self, ty: &TypeRef, constant: Option<bool>, imports: &mut Imports) -> Option<TokenStream> {
        let ty = self.resolved(ty);
        match ty {
            TypeRef::Bool => constant.map(|value| quote! { #value }),
            TypeRef::Named(id) if self.api.types[*id].has_single_value => {
                let (ty, variant) = (self.ty(ty, imports), ident(self.names.ty(*id).members.first()?));
                Some(quote! { #ty::#variant })
            }
            _ => None,
        }
    }

    /// Returns whether a type has only one value.
    pub fn is_constant(&self, ty: &TypeRef, constant: Option<bool>) -> bool {
        self.constant(ty, constant, &mut Imports::default()).is_some()
    }

    /// Returns the statement that converts an argument to the value of an array parameter.
    pub fn list(&self, ty: &TypeRef, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        let TypeRef::Array(item) = self.resolved(ty) else { return None };
        let (name, item) = (ident(name), self.ty(self.resolved(item), imports));
        Some(quote! { let #name = runtime::Value::list::<#item>(#name); })
    }

    /// Returns whether the setter of a form field accepts `None`, which sends an empty value. The setter of an object
    /// whose properties are separate fields does not accept `None`, because the object has no field that could be
    /// empty.
    pub fn is_nullable(&self, param: &Param) -> bool {
        let has_name = param.location == ParamLocation::Form && param.style != Style::ExplodedObject;
        param.nullable && has_name && !matches!(self.resolved(&param.ty), TypeRef::Json)
    }

    /// Returns the type `Nullable` of the value of a nullable parameter.
    pub fn nullable(&self, param: &Param, imports: &mut Imports) -> Option<String> {
        let ty = self.is_nullable(param).then(|| self.text(self.resolved(&param.ty), imports))?;
        imports.add("crate::runtime", "Nullable");
        Some(format!("Nullable<{ty}>"))
    }

    /// Returns whether the generated code accepts `impl Into` for an argument of this type.
    pub fn converts(&self, ty: &TypeRef) -> bool {
        matches!(
            ty,
            TypeRef::String
                | TypeRef::Uri
                | TypeRef::Uuid
                | TypeRef::Duration
                | TypeRef::Bytes
                | TypeRef::UrlBytes
                | TypeRef::BigNumber
                | TypeRef::Json
                | TypeRef::Named(_)
        )
    }

    /// Returns the name of the map type, and imports it.
    pub fn map_name(&self, imports: &mut Imports) -> &'static str {
        let (module, name) = match self.config.types.map {
            Map::BTreeMap => ("std::collections", "BTreeMap"),
            Map::HashMap => ("std::collections", "HashMap"),
            Map::IndexMap => ("indexmap", "IndexMap"),
        };
        imports.add(module, name);
        name
    }

    /// Returns the name of the pointer to recursive values and to the objects in a union, and imports it.
    pub fn pointer_name(&self, imports: &mut Imports) -> &'static str {
        match self.config.types.pointer {
            Pointer::Box => "Box",
            Pointer::Arc => {
                imports.add("std::sync", "Arc");
                "Arc"
            }
        }
    }

    /// Returns `Box` or a similar pointer if a field of the type `owner` must contain its value through a pointer.
    pub fn pointer(&self, owner: TypeId, ty: &TypeRef, imports: &mut Imports) -> Option<&'static str> {
        match self.analysis.indirection(self.api, owner, ty)? {
            Indirection::Box => Some(self.pointer_name(imports)),
            Indirection::Nested => {
                imports.add("crate::runtime", "Nested");
                Some("Nested")
            }
        }
    }

    /// Returns the type of a field of `owner` as text, with the pointer that it needs.
    pub fn text_in(&self, owner: TypeId, ty: &TypeRef, imports: &mut Imports) -> String {
        let text = self.text(ty, imports);
        match self.pointer(owner, ty, imports) {
            Some(pointer) => format!("{pointer}<{text}>"),
            None => text,
        }
    }
}

/// Returns the type of a date and time. The types of the runtime, of `jiff` and of `time` have a path, because the API may have types with
/// the same names. The path of `time` begins with `::`, because the API may also have a module `time`.
fn date_time_text(types: DateTimeTypes, imports: &mut Imports) -> String {
    match types {
        DateTimeTypes::BuiltIn => {
            imports.add("crate::runtime", "self");
            "runtime::Timestamp".to_owned()
        }
        DateTimeTypes::Chrono => {
            imports.add("chrono", "DateTime");
            imports.add("chrono", "Utc");
            "DateTime<Utc>".to_owned()
        }
        DateTimeTypes::Jiff => "jiff::Timestamp".to_owned(),
        DateTimeTypes::Time => {
            imports.add("crate::runtime", "Rfc3339");
            "Rfc3339<::time::OffsetDateTime>".to_owned()
        }
    }
}

/// Returns the type of a date.
fn date_text(types: DateTimeTypes, imports: &mut Imports) -> String {
    match types {
        DateTimeTypes::BuiltIn => {
            imports.add("crate::runtime", "self");
            "runtime::Date".to_owned()
        }
        DateTimeTypes::Chrono => {
            imports.add("chrono", "NaiveDate");
            "NaiveDate".to_owned()
        }
        DateTimeTypes::Jiff => "jiff::civil::Date".to_owned(),
        DateTimeTypes::Time => {
            imports.add("crate::runtime", "Rfc3339");
            "Rfc3339<::time::Date>".to_owned()
        }
    }
}
