//! Emits the methods for string properties with JSON, and for strings with integers: accessors, setters and a constructor.

use proc_macro2::TokenStream;
use quote::quote;

use super::is_always_present;
use crate::emit::docs::{attributes, wrap};
use crate::emit::imports::Imports;
use crate::emit::{Context, ident, many_arguments, tokens};
use crate::ir::{Field, Record, TypeId, TypeRef};

/// What the strings of a property contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StringContent {
    /// A string with JSON.
    Json,
    /// A string with an integer.
    Integer,
    /// An array of strings with integers.
    Integers,
    /// A map of strings with integers.
    IntegersByKey,
}

impl Context<'_> {
    /// Returns the methods that decode the JSON or the integers in string properties.
    pub(super) fn json_accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.ty(id);
        let methods = record.fields.iter().zip(&name.members).filter_map(|(field, member)| {
            let content = self.string_content(field)?;
            let method = ident(&format!("{}{}", member.trim_end_matches('_'), suffix(field, member, &name.members)?));
            imports.add("crate::runtime", "Result");
            imports.add("crate::runtime", "json_in");
            let ty = match &field.content {
                Some(ty) => self.text(ty, imports),
                None => {
                    imports.add("serde_core::de", "DeserializeOwned");
                    "T".to_owned()
                }
            };
            let (verb, problem) = match content {
                StringContent::Json => ("Decodes the JSON", format!("is not JSON, or cannot be decoded as `{ty}`")),
                StringContent::Integer => {
                    ("Returns the integer", "or if the string is not an integer of this type".to_owned())
                }
                StringContent::Integers | StringContent::IntegersByKey => {
                    ("Returns the integers", "or if a string is not an integer of this type".to_owned())
                }
            };
            let docs = [
                format!("{verb} in [`{member}`](field@Self::{member})."),
                String::new(),
                "# Errors".to_owned(),
                String::new(),
                format!("Returns an error if the property is missing, {problem}."),
            ];
            let (docs, ty) = (attributes(&docs), tokens(&ty));
            let generics = field.content.is_none().then(|| quote! { <T: DeserializeOwned> });
            let inline = generics.is_none().then(|| quote! { #[inline] });
            let body = self.decode_content(id, field, (member, content), imports);
            Some(quote! {
                #docs
                #inline
                pub fn #method #generics(&self) -> Result<#ty> { #body }
            })
        });
        methods.collect()
    }

    /// Returns the statements that decode a property.
    fn decode_content(
        &self,
        id: TypeId,
        field: &Field,
        (member, content): (&String, StringContent),
        imports: &mut Imports,
    ) -> TokenStream {
        let (model, name, member) = (&self.names.ty(id).ident, member, ident(member));
        let is_nullable = match (content, self.resolved(&field.ty)) {
            (StringContent::Json | StringContent::Integer, _) => {
                return quote! { json_in(&self.#member, #model, #name) };
            }
            (_, TypeRef::Array(item) | TypeRef::Map(item)) => matches!(**item, TypeRef::Nullable(_)),
            _ => false,
        };
        let decode = match is_nullable {
            true => quote! { text.as_ref().map(|text| json_in(text, #model, #name)).transpose() },
            false => quote! { json_in(text, #model, #name) },
        };
        let decode = match content {
            StringContent::IntegersByKey => quote! { |(key, text)| Ok((key.clone(), #decode?)) },
            _ => quote! { |text| #decode },
        };
        if is_always_present(field) {
            return quote! { self.#member.iter().map(#decode).collect() };
        }
        imports.add("crate::runtime", "given");
        let ty = tokens(&self.borrowed(&field.ty, imports));
        let given = match self.is_double_option(id, field) {
            true => {
                let owned = self.ty(&field.ty, imports);
                quote! {
                    let texts: &Option<#owned> = given(&self.#member, #model, #name)?;
                    let texts: #ty = given(texts, #model, #name)?;
                }
            }
            false => quote! { let texts: #ty = given(&self.#member, #model, #name)?; },
        };
        quote! { #given texts.iter().map(#decode).collect() }
    }

    /// Returns the constructor whose arguments for strings with JSON are the values in the strings. Returns `None` if no
    /// required property has such a string with a described type.
    pub(super) fn json_constructor(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Option<TokenStream> {
        let name = self.names.ty(id);
        let required = record.fields.iter().zip(&name.members);
        let required = required.filter(|(field, _)| {
            is_always_present(field) && self.constant(&field.ty, field.constant, &mut Imports::default()).is_none()
        });
        let (mut arguments, mut values, mut has_json) = (Vec::new(), Vec::new(), false);
        for (field, member) in required {
            let member_ident = ident(member);
            let json = field.content.as_ref().filter(|_| self.string_content(field) == Some(StringContent::Json));
            let (argument, value) = match json {
                Some(content) => {
                    let (argument, value) = self.json_argument(content, &quote! { #member_ident }, imports);
                    (argument, quote! { json_string(#value, #member)? })
                }
                None => (self.constructor_argument(field, imports), quote! { #member_ident }),
            };
            has_json |= json.is_some();
            arguments.push(quote! { #member_ident: #argument });
            values.push(value);
        }
        if !has_json {
            return None;
        }
        imports.add("crate::runtime", "Result");
        imports.add("crate::runtime", "json_string");
        let is_used = |candidate: &&str| name.members.iter().any(|member| member == candidate);
        let constructor = ident(["new_json", "new_with_json", "with_json"].into_iter().find(|name| !is_used(name))?);
        let many = many_arguments(arguments.len());
        let docs =
            attributes(&encoding_docs("Like [`new`](Self::new), but encodes the arguments for JSON strings as JSON."));
        Some(quote! {
            #docs
            #many
            pub fn #constructor(#(#arguments),*) -> Result<Self> { Ok(Self::new(#(#values),*)) }
        })
    }

    /// Returns the methods that set a string property to JSON or to an integer.
    pub(super) fn json_setters(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.ty(id);
        let methods = record.fields.iter().zip(&name.members).filter_map(|(field, member)| {
            let (content, ty) = (self.string_content(field)?, field.content.as_ref()?);
            let suffix = suffix(field, member, &name.members)?;
            let setter = ident(&format!("with_{}{suffix}", member.trim_matches('_')));
            let member_ident = ident(member);
            let wrapped = |value: TokenStream| match (is_always_present(field), self.is_double_option(id, field)) {
                (true, _) => value,
                (false, true) => quote! { Some(Some(#value)) },
                (false, false) => quote! { Some(#value) },
            };
            let first = |what: &str| format!("Sets [`{member}`](field@Self::{member}) to {what}.");
            if content == StringContent::Json {
                imports.add("crate::runtime", "Result");
                imports.add("crate::runtime", "json_string");
                let (argument, value) = self.json_argument(ty, &quote! { value }, imports);
                let value = wrapped(quote! { json_string(#value, #member)? });
                let docs = attributes(&encoding_docs(&first("a value as JSON")));
                return Some(quote! {
                    #docs
                    pub fn #setter(mut self, value: #argument) -> Result<Self> {
                        self.#member_ident = #value;
                        Ok(self)
                    }
                });
            }
            let (argument, value) = match (content, ty) {
                (StringContent::Integer, ty) => (self.ty(ty, imports), quote! { value.to_string() }),
                (StringContent::Integers, TypeRef::Array(item)) if !matches!(**item, TypeRef::Nullable(_)) => {
                    let item = self.ty(item, imports);
                    let texts = quote! { value.into_iter().map(|value| value.to_string()).collect() };
                    (quote! { impl IntoIterator<Item = #item> }, texts)
                }
                _ => return None,
            };
            let what = if content == StringContent::Integer { "an integer" } else { "integers" };
            let (docs, value) = (attributes(&[first(what)]), wrapped(value));
            Some(quote! {
                #docs
                #[must_use]
                pub fn #setter(mut self, value: #argument) -> Self {
                    self.#member_ident = #value;
                    self
                }
            })
        });
        methods.collect()
    }

    /// Returns the type of an argument that becomes JSON, and a reference to its value.
    fn json_argument(
        &self,
        content: &TypeRef,
        value: &TokenStream,
        imports: &mut Imports,
    ) -> (TokenStream, TokenStream) {
        let ty = self.borrowed(content, imports);
        let value = if ty.starts_with('&') {
            quote! { #value }
        } else {
            quote! { &#value }
        };
        (tokens(&ty), value)
    }

    /// Returns what the strings of a property contain, if the document says so.
    fn string_content(&self, field: &Field) -> Option<StringContent> {
        match (self.resolved(&field.ty), &field.content) {
            (TypeRef::String, Some(TypeRef::Int(_) | TypeRef::Unsigned(_))) => Some(StringContent::Integer),
            (TypeRef::String, _) if field.holds_json => Some(StringContent::Json),
            (TypeRef::Array(_), Some(_)) => Some(StringContent::Integers),
            (TypeRef::Map(_), Some(_)) => Some(StringContent::IntegersByKey),
            _ => None,
        }
    }
}

/// Returns the end of the names of the methods for a property. Returns `None` if other properties have all of these names.
fn suffix(field: &Field, member: &str, members: &[String]) -> Option<String> {
    let integer = |ty: &TypeRef| match ty {
        TypeRef::Int(bits) => Some(format!("i{bits}")),
        TypeRef::Unsigned(bits) => Some(format!("u{bits}")),
        _ => None,
    };
    let is_collection = !field.holds_json;
    let integer = field.content.as_ref().and_then(|ty| match ty {
        TypeRef::Array(item) | TypeRef::Map(item) if is_collection => match item.as_ref() {
            TypeRef::Nullable(item) => integer(item),
            item => integer(item),
        },
        ty => integer(ty),
    });
    let suffixes = match (integer, &field.content) {
        (Some(integer), _) => [format!("_{integer}"), format!("_as_{integer}")],
        (None, Some(_)) => ["_json", "_decoded"].map(str::to_owned),
        (None, None) => ["_as", "_decoded_as"].map(str::to_owned),
    };
    let base_name = member.trim_end_matches('_');
    suffixes.into_iter().find(|suffix| !members.contains(&format!("{base_name}{suffix}")))
}

/// Returns the documentation of a method that encodes values as JSON.
fn encoding_docs(first: &str) -> Vec<String> {
    let error = "Returns [`Error::InvalidRequest`](crate::Error::InvalidRequest) if a value cannot be encoded, for example \
                 because a number is not finite.";
    let mut docs = vec![first.to_owned(), String::new(), "# Errors".to_owned(), String::new()];
    docs.extend(wrap(error));
    docs
}
