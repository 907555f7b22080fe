//! The use of a type, as Rust says it: in a field, as an argument, as the value of a parameter.

use proc_macro2::TokenStream;
use quote::quote;

use crate::analyze::Indirection;
use crate::emit::imports::Imports;
use crate::emit::{Context, ident, tokens};
use crate::ir::{Param, ParamLocation, Shape, Style, TypeId, TypeRef};

impl Context<'_> {
    /// The type as the text of a field's type. What it names is imported.
    pub fn text(&self, ty: &TypeRef, imports: &mut Imports) -> String {
        match ty {
            TypeRef::Bool => "bool".to_owned(),
            TypeRef::Int(bits) => format!("i{bits}"),
            TypeRef::Unsigned(bits) => format!("u{bits}"),
            // As a number of 32 bits, the decimal number `0.1` would come back as 0.10000000149011612.
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
            TypeRef::DateTime => {
                imports.add("chrono", "DateTime");
                imports.add("chrono", "Utc");
                "DateTime<Utc>".to_owned()
            }
            TypeRef::Date => {
                imports.add("chrono", "NaiveDate");
                "NaiveDate".to_owned()
            }
            TypeRef::Array(item) => format!("Vec<{}>", self.text(item, imports)),
            TypeRef::Map(value) => {
                imports.add("std::collections", "BTreeMap");
                format!("BTreeMap<String, {}>", self.text(value, imports))
            }
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

    /// The type as tokens.
    pub fn ty(&self, ty: &TypeRef, imports: &mut Imports) -> TokenStream {
        tokens(&self.text(ty, imports))
    }

    /// The type behind its other names.
    pub fn resolved<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        self.api.resolved(ty)
    }

    /// What an accessor gives of a field: a copy where that is cheap, a reference otherwise.
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

    /// The type of an argument: whatever becomes the value without loss.
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

    /// The type that the runtime takes for the value of a parameter.
    pub fn value(&self, ty: &TypeRef, imports: &mut Imports) -> TokenStream {
        match self.resolved(ty) {
            TypeRef::Array(_) => {
                // The same word means any JSON.
                imports.add("crate::runtime", "self");
                quote! { runtime::Value }
            }
            ty => self.ty(ty, imports),
        }
    }

    /// The name of a string type with rules of its own.
    pub fn newtype(&self, ty: &TypeRef, imports: &mut Imports) -> Option<String> {
        match self.resolved(ty) {
            TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Newtype(_)) => {
                Some(self.text(self.resolved(ty), imports))
            }
            _ => None,
        }
    }

    /// The expression of the value of a type that has only one.
    pub fn constant(&self, ty: &TypeRef, boolean: Option<bool>, imports: &mut Imports) -> Option<TokenStream> {
        let ty = self.resolved(ty);
        match ty {
            TypeRef::Bool => boolean.map(|only| quote! { #only }),
            TypeRef::Named(id) if self.api.types[*id].has_single_value => {
                let (ty, only) = (self.ty(ty, imports), ident(self.names.ty(*id).parts.first()?));
                Some(quote! { #ty::#only })
            }
            _ => None,
        }
    }

    /// Whether a type has only one value.
    pub fn is_constant(&self, ty: &TypeRef, boolean: Option<bool>) -> bool {
        self.constant(ty, boolean, &mut Imports::default()).is_some()
    }

    /// What makes such a value of an argument that is a list.
    pub fn list(&self, ty: &TypeRef, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        let TypeRef::Array(item) = self.resolved(ty) else { return None };
        let (name, item) = (ident(name), self.ty(self.resolved(item), imports));
        Some(quote! { let #name = runtime::Value::list::<#item>(#name); })
    }

    /// Whether a parameter is a field of a form that takes `None`, which sends it empty. A field whose members are sent as
    /// fields of their own has no name that could be sent.
    pub fn is_nullable(&self, param: &Param) -> bool {
        let has_name = param.location == ParamLocation::Form && param.style != Style::ExplodedObject;
        param.nullable && has_name && !matches!(self.resolved(&param.ty), TypeRef::Json)
    }

    /// The type of the value of such a parameter.
    pub fn nullable(&self, param: &Param, imports: &mut Imports) -> Option<String> {
        let ty = self.is_nullable(param).then(|| self.text(self.resolved(&param.ty), imports))?;
        imports.add("crate::runtime", "Nullable");
        Some(format!("Nullable<{ty}>"))
    }

    /// Whether other types become this one by `into`.
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

    /// The name of the pointer that a value of this type must be behind in one of the type `owner`.
    pub fn pointer(&self, owner: TypeId, ty: &TypeRef, imports: &mut Imports) -> Option<&'static str> {
        match self.analysis.indirection(self.api, owner, ty)? {
            Indirection::Box => Some("Box"),
            Indirection::Nested => {
                imports.add("crate::runtime", "Nested");
                Some("Nested")
            }
        }
    }

    /// The type as the text of a field's type in one of the type `owner`.
    pub fn text_in(&self, owner: TypeId, ty: &TypeRef, imports: &mut Imports) -> String {
        let text = self.text(ty, imports);
        match self.pointer(owner, ty, imports) {
            Some(pointer) => format!("{pointer}<{text}>"),
            None => text,
        }
    }
}
