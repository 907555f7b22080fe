//! The requests: their types, and what may be given to them before they are sent.

use proc_macro2::TokenStream;
use quote::quote;

use super::constraints::{limits, slice};
use super::operation_method::length;
use crate::emit::docs::{attributes, code, lines, remark};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, ImplBlock, Item, ident, tokens};
use crate::ir::{OperationId, Param, ParamLocation, Side, Style, TypeRef};

impl Context<'_> {
    /// The values that a request takes besides those of its handle, with their names.
    pub fn given(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        let params = &self.api.operations[id].params;
        params.iter().zip(&self.names.operation(id).params).filter(|(param, _)| self.api.is_request_argument(param))
    }

    /// The values that a request cannot be begun without.
    pub fn required(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        self.given(id).filter(|(param, _)| param.required && !self.is_fixed(param))
    }

    /// Whether there is no choice about a value: it must be given, and can only be one.
    pub fn is_fixed(&self, param: &Param) -> bool {
        param.required && !param.nullable && self.is_constant(&param.ty, param.constant)
    }

    /// Returns the type of a request, its setters, and the macro calls that implement what all requests have.
    pub fn request(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let (place, side) = self.api.client_resource(id);
        let handle = self.names.resource(place);
        let handle = if side == Side::Instance { &handle.instance } else { &handle.collection };
        let (decode, value) = self.reading(id, imports);
        let docs = attributes(&[format!("The request of [`{handle}::{}`].", name.method)]);
        let (request, decode) = (ident(&name.request), tokens(&decode));
        imports.add("crate::runtime", "Request");
        let mut items = vec![Item::Rust(quote! {
            #docs
            #[derive(Clone, Debug)]
            #[must_use = "a request does nothing until it is awaited or sent"]
            pub struct #request(Request<#decode>);
        })];
        let mut methods = Vec::new();
        for (param, name) in self.given(id).filter(|(param, _)| !param.required) {
            methods.push(self.setter(param, name, imports));
            methods.extend(self.json_setter(id, param, name, imports));
        }
        methods.extend(self.other_media_types(id, imports));
        if !methods.is_empty() {
            items.push(Item::Impl(ImplBlock { head: quote! { impl #request }, items: methods }));
        }
        items.push(Item::Call(MacroCall::of("impl_request", format!("{request} => {value}"))));
        if let Some(paging) = &operation.paging {
            let item = self.text(&paging.item, imports);
            items.push(Item::Call(MacroCall::of("impl_list_request", format!("{request} => {value}, {item}"))));
        }
        items.extend(self.response_enum(id, imports));
        items
    }

    /// Returns the method that sets an optional value.
    fn setter(&self, param: &Param, name: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&param.docs, &format!("{}.", code(&param.wire)));
        remark(&mut docs, &param.docs, &limits(param));
        if self.is_nullable(param) {
            remark(&mut docs, &param.docs, "`None` clears it.");
        }
        let takes = match (self.nullable(param, imports), param.is_structured(), self.resolved(&param.ty)) {
            (Some(nullable), ..) => Takes::Into(tokens(&nullable)),
            (None, true, _) => match self.whole(param, imports) {
                (true, ty) => Takes::Into(tokens(&ty)),
                (false, ty) => Takes::Value(tokens(&ty)),
            },
            (None, false, TypeRef::Array(item)) => Takes::List(self.ty(self.resolved(item), imports)),
            (None, false, ty) if self.converts(ty) => Takes::Into(self.ty(&param.ty, imports)),
            (None, false, _) => Takes::Value(self.ty(&param.ty, imports)),
        };
        self.setter_method(param, &docs, name, takes, imports)
    }

    /// Returns the method that sets a parameter to the JSON of a value.
    fn json_setter(&self, id: OperationId, param: &Param, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        if !param.holds_json || param.style != Style::Plain || !matches!(self.resolved(&param.ty), TypeRef::String) {
            return None;
        }
        let names = self.names.operation(id);
        let taken = |name: &String| names.params.contains(name) || names.alternatives.contains(name);
        let stem = name.trim_end_matches('_');
        let setter =
            ["_json", "_as_json", "_json_"].iter().map(|end| format!("{stem}{end}")).find(|name| !taken(name))?;
        let docs = [format!("Sets [`{name}`](Self::{name}) to a value as JSON.")];
        Some(self.setter_method(param, &docs, &setter, Takes::Json, imports))
    }

    fn setter_method(
        &self,
        param: &Param,
        docs: &[String],
        name: &str,
        takes: Takes,
        imports: &mut Imports,
    ) -> TokenStream {
        let docs = attributes(docs);
        let deprecated = param.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let reason = "a parameter is called like an operator";
        let operator =
            OPERATORS.contains(&name).then(|| quote! { #[allow(clippy::should_implement_trait, reason = #reason)] });
        if matches!(takes, Takes::List(_) | Takes::Json) {
            // A model may be called `Value`.
            imports.add("crate::runtime", "self");
        }
        let (generics, argument, value, ty) = match takes {
            Takes::Value(ty) => (None, ty.clone(), None, ty),
            Takes::Into(ty) => (None, quote! { impl Into<#ty> }, None, ty),
            Takes::List(item) => {
                let value = quote! { let value = runtime::Value::list::<#item>(value); };
                let argument = quote! { impl IntoIterator<Item = impl Into<#item>> };
                (None, argument, Some(value), quote! { runtime::Value })
            }
            Takes::Json => {
                imports.add("serde", "Serialize");
                let value = quote! { let value = runtime::Value::json(value); };
                (Some(quote! { <T: Serialize + ?Sized> }), quote! { &T }, Some(value), quote! { runtime::Value })
            }
        };
        let (place, wire, constraints) =
            (ident(&self.sets(param)), &param.wire, self.parameter_constraints(param, imports));
        let (table, declaration) = match constraints.is_empty() {
            true => (quote! { &[] }, None),
            false => {
                let constraints = slice(constraints);
                (quote! { constraints }, Some(quote! { let constraints = #constraints; }))
            }
        };
        let set = quote! { self.0.#place::<#ty>(#wire, value, #table) };
        // A call in a call is laid out well only on one line.
        let set = match length(&set) <= 74 {
            true => quote! { Self(#set) },
            false => quote! { let request = #set; Self(request) },
        };
        let name = ident(name);
        quote! {
            #docs
            #deprecated
            #operator
            pub fn #name #generics(self, value: #argument) -> Self {
                #value
                #declaration
                #set
            }
        }
    }

    /// The type of a value that is given as it is, and whether what becomes one is taken too.
    pub fn whole(&self, param: &Param, imports: &mut Imports) -> (bool, String) {
        match param.is_upload() {
            true => {
                imports.add("crate::runtime", "Upload");
                (true, if self.is_list(param) { "Vec<Upload>" } else { "Upload" }.to_owned())
            }
            false => (self.converts(self.resolved(&param.ty)), self.text(&param.ty, imports)),
        }
    }

    fn is_list(&self, param: &Param) -> bool {
        matches!(self.resolved(&param.ty), TypeRef::Array(_))
    }

    /// The method of a request that takes a value to its place.
    pub fn sets(&self, param: &Param) -> String {
        let place = match param.location {
            ParamLocation::File if self.is_list(param) => "files",
            place => place.as_str(),
        };
        let style = if param.style == Style::Plain { String::new() } else { format!("_{}", param.style.as_str()) };
        format!("{place}{style}{}", if param.allow_reserved { "_reserved" } else { "" })
    }
}

/// The argument of a setter.
enum Takes {
    /// A value of a type.
    Value(TokenStream),
    /// What converts into a type.
    Into(TokenStream),
    /// Any number of values that convert into a type.
    List(TokenStream),
    /// A value that is sent as JSON.
    Json,
}

/// The methods of the operator traits, for which clippy expects an implementation of the trait.
const OPERATORS: &[&str] = &["add", "bitand", "bitor", "bitxor", "div", "mul", "rem", "shl", "shr", "sub"];
