//! Emits the types of requests and their setters.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::constraints::{constraint_and_default_sentences, slice};
use super::operation_method::length;
use crate::emit::docs::{append_sentence, attributes, code, is_valid_alias, lines, wrap};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, ImplBlock, Item, Module, ident, inline_attribute, tokens};
use crate::ir::{Level, Media, OperationId, Param, ParamLocation, Style, TypeRef};
use crate::normalize::name_key;

/// Returns the module `request`: the type of all requests.
pub fn module() -> Module {
    let items = vec![Item::Call(MacroCall::with_argument("declare_request_type", ""))];
    Module { path: "request.rs".to_owned(), docs: vec!["The type of all requests.".to_owned()], items }
}

impl Context<'_> {
    /// Returns the parameters that are arguments or setters of a request, with their Rust names. The handle already has
    /// the values of all other parameters.
    pub fn request_arguments(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        let params = &self.api.operations[id].params;
        params.iter().zip(&self.names.operation(id).params).filter(|(param, _)| self.api.is_request_argument(param))
    }

    /// Returns the parameters that are arguments of the method that creates a request.
    pub fn required_arguments(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        self.request_arguments(id).filter(|(param, _)| param.is_required_argument() && !self.is_fixed(param))
    }

    /// Returns whether a parameter is required and has only one possible value.
    pub fn is_fixed(&self, param: &Param) -> bool {
        param.required && !param.nullable && self.is_constant(&param.ty, param.constant)
    }

    /// Returns the type of a request, its setters, and the macro calls that implement the traits of requests.
    pub fn request_items(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.operation(id);
        let (resource_id, level) = self.api.client_resource(id);
        let handle = self.names.resource(resource_id);
        let handle = if level == Level::Instance { &handle.instance } else { &handle.collection };
        let (decode, value) = self.response_decoder(id, imports);
        let mut docs = vec![format!("The request of [`{handle}::{}`].", name.method)];
        append_value(&mut docs, &value);
        let docs = attributes(&docs);
        let request = ident(&name.request);
        imports.add("crate::request", "RequestOf");
        let call = MacroCall::with_argument("impl_operation", format!("{request} => {decode}"));
        let mut items = vec![
            Item::Rust(quote! {
                #docs
                pub type #request = RequestOf<operations::#request>;
            }),
            Item::Call(call),
        ];
        let mut methods = Vec::new();
        for (param, name) in self.request_arguments(id).filter(|(param, _)| !param.is_required_argument()) {
            methods.push(self.setter(param, name, imports));
            methods.extend(self.option_setter(id, param, name, imports));
            methods.extend(self.json_setter(id, param, name, imports));
        }
        methods.extend(self.other_media_types(id, imports));
        if !methods.is_empty() {
            items.push(Item::Impl(ImplBlock { head: quote! { impl #request }, items: methods }));
        }
        items.extend(self.pagination(id, &value, imports));
        items.extend(self.response_enum(id, imports));
        items
    }

    /// Returns the module with the types of the operations whose requests are in the same file. `file` is the name of the
    /// file. `surface::reader` knows the module and `RequestOf` by their names.
    pub fn types_of_operations(&self, operations: &[OperationId], file: &str) -> Option<Item> {
        let names: Vec<Ident> = operations.iter().map(|id| ident(&self.names.operation(*id).request)).collect();
        let allow = (file == "operations").then(|| {
            quote! { #[allow(clippy::module_inception, reason = "the API has a resource with this name")] }
        });
        let module = Item::Rust(quote! {
            /// A type for each operation, which distinguishes the requests.
            #allow
            mod operations {
                #(pub enum #names {})*
            }
        });
        (!operations.is_empty()).then_some(module)
    }

    /// Returns the method that sets an optional value.
    fn setter(&self, param: &Param, name: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&param.docs, &format!("{}.", code(&param.wire)));
        append_sentence(&mut docs, &param.docs, &constraint_and_default_sentences(param));
        if self.is_nullable(param) {
            append_sentence(&mut docs, &param.docs, "`None` clears the value.");
        }
        if param.is_idempotency_key {
            append_sentence(&mut docs, &param.docs, "The default is a random UUID.");
        }
        let argument = self.setter_argument(param, imports);
        self.setter_method(param, &docs, name, argument, imports)
    }

    /// Returns the argument of the method that sets an optional value.
    fn setter_argument(&self, param: &Param, imports: &mut Imports) -> SetterArgument {
        match (self.nullable(param, imports), param.is_structured(), self.resolved(&param.ty)) {
            (Some(nullable), ..) => SetterArgument::Into(tokens(&nullable)),
            (None, true, _) => match self.structured_argument(param, imports) {
                (true, ty) => SetterArgument::Into(tokens(&ty)),
                (false, ty) => SetterArgument::Value(tokens(&ty)),
            },
            (None, false, TypeRef::Array(item)) => SetterArgument::List(self.ty(self.resolved(item), imports)),
            (None, false, ty) if self.converts(ty) => SetterArgument::Into(self.ty(&param.ty, imports)),
            (None, false, _) => SetterArgument::Value(self.ty(&param.ty, imports)),
        }
    }

    /// Returns the setter that takes an `Option`, such as `maybe_name`. Returns `None` unless codegen.toml asks for
    /// such setters.
    fn option_setter(&self, id: OperationId, param: &Param, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        let names = self.names.operation(id);
        let is_used = |name: &String| names.params.contains(name) || names.alternatives.contains(name);
        let setter = self.option_setter_name(name, is_used)?;
        let argument = self.setter_argument(param, imports).ty();
        let deprecated = param.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let allow = param.deprecated.then(|| quote! { #[allow(deprecated, reason = "the setter is also deprecated")] });
        let docs = attributes(&option_setter_docs(name));
        let (name, inline) = (ident(name), inline_attribute([&argument]));
        Some(quote! {
            #docs
            #deprecated
            #allow
            #inline
            pub fn #setter(self, value: Option<#argument>) -> Self {
                match value {
                    Some(value) => self.#name(value),
                    None => self,
                }
            }
        })
    }

    /// Returns the name of the setter that takes an `Option`, such as `maybe_name`. Returns `None` unless codegen.toml
    /// asks for such setters.
    pub fn option_setter_name(&self, name: &str, is_used: impl Fn(&String) -> bool) -> Option<Ident> {
        if !self.config.option_setters {
            return None;
        }
        let base_name = name.trim_matches('_');
        let names = ["maybe", "optional", "maybe_with"].map(|word| format!("{word}_{base_name}"));
        Some(ident(&unused_name(names, is_used)))
    }

    /// Returns the method that sets a string parameter to the JSON of a value, if the string contains JSON.
    fn json_setter(&self, id: OperationId, param: &Param, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        if !param.holds_json || param.style != Style::Plain || !matches!(self.resolved(&param.ty), TypeRef::String) {
            return None;
        }
        let names = self.names.operation(id);
        let is_used = |name: &String| names.params.contains(name) || names.alternatives.contains(name);
        let base_name = name.trim_end_matches('_');
        let setter = unused_name(["_json", "_as_json"].map(|suffix| format!("{base_name}{suffix}")), is_used);
        let docs = [format!("Sets [`{name}`](Self::{name}) to a value as JSON.")];
        let ty = param.content.as_ref().map(|ty| tokens(&self.borrowed(ty, imports)));
        Some(self.setter_method(param, &docs, &setter, SetterArgument::Json(ty), imports))
    }

    /// Returns the method for a setter.
    fn setter_method(
        &self,
        param: &Param,
        docs: &[String],
        name: &str,
        argument: SetterArgument,
        imports: &mut Imports,
    ) -> TokenStream {
        let docs = attributes(docs);
        let deprecated = param.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let reason = "the API has a parameter with this name";
        let operator =
            OPERATORS.contains(&name).then(|| quote! { #[allow(clippy::should_implement_trait, reason = #reason)] });
        // A search on docs.rs ignores case and underscores, so a wire name with the same letters needs no alias. An
        // entire body has no name, only a media type.
        let has_wire_name =
            !matches!(argument, SetterArgument::Json(_)) && !matches!(param.location, ParamLocation::Body(_));
        let is_renamed = has_wire_name && name_key(&param.wire) != name_key(name);
        let alias = Some(&param.wire).filter(|wire| is_renamed && is_valid_alias(wire));
        let alias = alias.map(|alias| quote! { #[doc(alias = #alias)] });
        if matches!(argument, SetterArgument::List(_) | SetterArgument::Json(_)) {
            // The generated code contains `runtime::Value`, because a model may have the name `Value`.
            imports.add("crate::runtime", "self");
        }
        let argument_ty = argument.ty();
        let (generics, value, ty) = match argument {
            SetterArgument::Value(ty) | SetterArgument::Into(ty) => (None, None, ty),
            SetterArgument::List(item) => {
                let value = quote! { let value = runtime::Value::list::<#item>(value); };
                (None, Some(value), quote! { runtime::Value })
            }
            SetterArgument::Json(ty) => {
                let generics = ty.is_none().then(|| {
                    imports.add("serde_core", "Serialize");
                    quote! { <T: Serialize + ?Sized> }
                });
                let is_reference = ty.as_ref().is_none_or(|ty| ty.to_string().starts_with('&'));
                let borrow = (!is_reference).then(|| quote! { & });
                (generics, Some(quote! { let value = runtime::Value::json(#borrow value); }), quote! { runtime::Value })
            }
        };
        let (runtime_setter, wire, constraints) =
            (ident(&self.runtime_setter(param)), &param.wire, self.parameter_constraints(param, imports));
        let (table_argument, table_statement) = match constraints.is_empty() {
            true => (quote! { &[] }, None),
            false => {
                let table = slice(constraints);
                (quote! { constraints }, Some(quote! { let constraints = #table; }))
            }
        };
        let call = quote! { self.0.#runtime_setter::<#ty>(#wire, value, #table_argument) };
        // Nest the call in the expression only if the expression fits on one line.
        let body = match length(&call) <= 74 {
            true => quote! { Self(#call) },
            false => quote! { let request = #call; Self(request) },
        };
        let name = ident(name);
        let inline = if generics.is_none() { inline_attribute([&argument_ty]) } else { None };
        quote! {
            #docs
            #alias
            #deprecated
            #operator
            #inline
            pub fn #name #generics(self, value: #argument_ty) -> Self {
                #value
                #table_statement
                #body
            }
        }
    }

    /// Returns the type of a structured argument, and whether the method also accepts values that convert into it.
    pub fn structured_argument(&self, param: &Param, imports: &mut Imports) -> (bool, String) {
        match param.is_upload() {
            true => {
                imports.add("crate::runtime", "Upload");
                (true, if self.is_list(param) { "Vec<Upload>" } else { "Upload" }.to_owned())
            }
            false if param.location == ParamLocation::Body(Media::Lines) => {
                // Many documents have schemas with the name of this type, so the type is written with its path.
                (true, format!("crate::runtime::JsonLines<{}>", self.text(&param.ty, imports)))
            }
            false => (self.converts(self.resolved(&param.ty)), self.text(&param.ty, imports)),
        }
    }

    fn is_list(&self, param: &Param) -> bool {
        matches!(self.resolved(&param.ty), TypeRef::Array(_))
    }

    /// Returns the name of the method of the runtime's `Request` that adds a parameter.
    pub fn runtime_setter(&self, param: &Param) -> String {
        let location = match param.location {
            ParamLocation::File if self.is_list(param) => "files",
            location => location.as_str(),
        };
        let style = if param.style == Style::Plain { String::new() } else { format!("_{}", param.style.as_str()) };
        format!("{location}{style}{}", if param.allow_reserved { "_reserved" } else { "" })
    }
}

/// The argument of a setter.
enum SetterArgument {
    /// A value of a type.
    Value(TokenStream),
    /// A value that converts into a type.
    Into(TokenStream),
    /// Any number of values that convert into a type.
    List(TokenStream),
    /// A value that is sent as JSON: of a type, or of any type.
    Json(Option<TokenStream>),
}

impl SetterArgument {
    /// Returns the type of the argument.
    fn ty(&self) -> TokenStream {
        match self {
            Self::Value(ty) => ty.clone(),
            Self::Into(ty) => quote! { impl Into<#ty> },
            Self::List(item) => quote! { impl IntoIterator<Item = impl Into<#item>> },
            Self::Json(Some(ty)) => ty.clone(),
            Self::Json(None) => quote! { &T },
        }
    }
}

/// Adds the type of the value that a response contains.
fn append_value(docs: &mut Vec<String>, value: &str) {
    let value = value.replace("crate::runtime::", "");
    if value != "()" {
        let line = format!("{} The response is {}.", docs.pop().unwrap_or_default(), code(&value));
        docs.extend(wrap(&line));
    }
}

/// Returns the documentation of a setter that takes an `Option`.
pub fn option_setter_docs(setter: &str) -> Vec<String> {
    vec![format!("Calls [`{setter}`](Self::{setter}) if there is a value.")]
}

/// The names of the methods of operator traits. clippy reports inherent methods with these names.
const OPERATORS: &[&str] = &["add", "bitand", "bitor", "bitxor", "div", "mul", "rem", "shl", "shr", "sub"];

/// Returns the first name that is not used. If all names are used, adds `_` to the first one.
pub fn unused_name<const N: usize>(names: [String; N], is_used: impl Fn(&String) -> bool) -> String {
    let mut escaped = names.first().cloned().unwrap_or_default();
    names.into_iter().find(|name| !is_used(name)).unwrap_or_else(|| {
        while is_used(&escaped) {
            escaped.push('_');
        }
        escaped
    })
}
