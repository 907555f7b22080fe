//! Emits the method of a handle that creates the request of an operation.

use indexmap::IndexSet;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::constraints::{constraint_and_default_sentences, slice};
use super::path_literals;
use crate::emit::docs::{
    as_sentence, attributes, code, first_sentence, inline_docs, is_valid_alias, join_with_or, lines, paragraph, wrap,
};
use crate::emit::imports::Imports;
use crate::emit::operations::PathArgument;
use crate::emit::{Context, ident, inline_attribute, many_arguments, tokens};
use crate::ir::{BodyKind, Docs, Method, Operation, OperationId, Paging, Param, ParamLocation, Segment, Status};

impl Context<'_> {
    /// Returns the methods of a handle that create the requests of an operation.
    pub fn operation_methods(&self, id: OperationId, imports: &mut Imports) -> Vec<TokenStream> {
        let mut methods = vec![self.operation_method(id, imports)];
        methods.extend(self.stream_method(id, imports));
        methods
    }

    /// Returns the method of a handle that creates a request.
    fn operation_method(&self, id: OperationId, imports: &mut Imports) -> TokenStream {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let docs = attributes(&self.operation_docs(id));
        let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let (mut arguments, mut statements, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        for (param, name) in self.request_arguments(id).filter(|(param, _)| param.is_required_argument()) {
            let (argument, ty) = self.required_argument(param, imports);
            let value = self.required_value(param, name, imports);
            if !self.is_fixed(param) {
                statements.extend(self.list_statement(param, name, imports));
                arguments.push(quote! { #value: #argument });
            }
            let (name, wire) = (ident(name), &param.wire);
            if param.location == ParamLocation::Path {
                continue;
            }
            let setter = ident(&self.runtime_setter(param));
            let constraints = self.parameter_constraints(param, imports);
            let call = |constraints| quote! { .#setter::<#ty>(#wire, #value, #constraints) };
            calls.push(call_with_constraints(&mut statements, &name, constraints, call));
        }
        if operation.body == Some(BodyKind::Multipart) {
            // This call comes first, because it sets the content types that the calls for the parts need. With
            // `optional_multipart`, the request has a body only if a setter adds a part.
            let multipart = ident(if operation.requires_body { "multipart" } else { "optional_multipart" });
            let typed_params =
                operation.params.iter().filter_map(|param| Some((&param.wire, param.media_type.as_ref()?)));
            let (names, types): (Vec<_>, Vec<_>) = typed_params.unzip();
            calls.insert(0, quote! { .#multipart(&[#((#names, #types)),*]) });
        }
        calls.extend(self.setting_calls(operation));
        imports.add("crate::runtime", "Request");
        let (method, request) = (ident(&name.method), ident(&name.request));
        let (constructor, method_argument) = match (&operation.method, operation.body) {
            (Method::Post | Method::Put | Method::Patch, Some(BodyKind::Form)) => {
                (format!("{}_form", operation.method.as_str().to_ascii_lowercase()), None)
            }
            (Method::Query | Method::Other(_), _) => {
                let name = operation.method.as_str();
                ("with_method".to_owned(), Some(quote! { , #name }))
            }
            (method, _) => (method.as_str().to_ascii_lowercase(), None),
        };
        let (constructor, operation_id) = (ident(&constructor), &operation.id);
        let constructor_len = constructor.to_string().len() + operation_id.len();
        let path_calls = self.path_calls(id, &mut statements, imports);
        let (scope, scope_statement, scope_len) = match path_calls.as_slice() {
            [] => (quote! { &self.0 }, None, 0),
            [call] if constructor_len + length(call) <= 44 => (quote! { &self.0 #call }, None, length(call)),
            calls => {
                let is_argument = |name: &str| self.required_arguments(id).any(|(_, argument)| argument == name);
                let scope = unused_local("scope", is_argument);
                (quote! { &#scope }, Some(quote! { let #scope = self.0 #(#calls)*; }), 0)
            }
        };
        let new = quote! { Request::#constructor(#scope, #operation_id #method_argument) };
        // Nest the calls in one expression only if the expression fits on one line.
        let fits_on_line = constructor_len + scope_len <= 45;
        let body = match calls.is_empty() && fits_on_line {
            true => quote! { #(#statements)* #scope_statement RequestOf(#new) },
            false => quote! { #(#statements)* #scope_statement let request = #new #(#calls)*; RequestOf(request) },
        };
        let many_arguments = many_arguments(arguments.len() + 1);
        let aliases = self.aliases(id);
        let inline = inline_attribute(&arguments);
        quote! {
            #docs
            #(#[doc(alias = #aliases)])*
            #deprecated
            #many_arguments
            #inline
            pub fn #method(&self, #(#arguments),*) -> #request { #body }
        }
    }

    /// Returns the calls that configure a request: its page size, idempotency key, server, credentials and media types.
    fn setting_calls(&self, operation: &Operation) -> Vec<TokenStream> {
        let mut calls = Vec::new();
        if let Some((wire, maximum)) = operation.paging.as_ref().and_then(Paging::limit_parameter) {
            let maximum = Literal::u64_unsuffixed(maximum);
            calls.push(quote! { .paged(#wire, Some(#maximum)) });
        }
        calls.extend(operation.idempotency_key().map(|Param { wire, .. }| quote! { .idempotency_key(#wire) }));
        let server = operation.server.as_ref().map(|server| self.api.server_url(server));
        calls.extend(server.map(|url| quote! { .server(#url) }));
        if self.has_per_operation_auth && !operation.is_anonymous {
            let alternatives = self.api.security_alternatives(operation).map(|schemes| quote! { &[#(#schemes),*] });
            calls.push(quote! { .security(&[#(#alternatives),*]) });
        }
        calls.extend((operation.is_anonymous && self.has_anonymous_operations).then(|| quote! { .anonymous() }));
        calls.extend(operation.succeeds_with_redirect().then(|| quote! { .expects_redirect() }));
        calls.extend(operation.accept_header().map(|media_type| quote! { .accept(#media_type) }));
        let offers = operation.selectable_media_types();
        calls.extend((!offers.is_empty()).then(|| quote! { .offers(&[#(#offers),*]) }));
        calls
    }

    /// Returns the type of a required argument, and the type that the runtime expects.
    pub fn required_argument(&self, param: &Param, imports: &mut Imports) -> (TokenStream, TokenStream) {
        if let Some(nullable) = self.nullable(param, imports) {
            let ty = tokens(&nullable);
            return (quote! { impl Into<#ty> }, ty);
        }
        if param.location == ParamLocation::Path {
            return self.path_argument(param.style, &param.ty, imports);
        }
        if !param.is_structured() {
            return (self.argument(&param.ty, imports), self.value(&param.ty, imports));
        }
        let (accepts_conversions, ty) = self.structured_argument(param, imports);
        let ty = tokens(&ty);
        match accepts_conversions {
            true => (quote! { impl Into<#ty> }, ty),
            false => (ty.clone(), ty),
        }
    }

    /// Returns the expression for a required value: the argument, or the only possible value.
    fn required_value(&self, param: &Param, name: &str, imports: &mut Imports) -> TokenStream {
        let constant = if self.is_fixed(param) { self.constant(&param.ty, param.constant, imports) } else { None };
        let name = ident(name);
        constant.unwrap_or_else(|| quote! { #name })
    }

    /// Returns the statement that converts an argument with several values, if the parameter is an array.
    fn list_statement(&self, param: &Param, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        let is_single_value = param.is_structured() || self.is_nullable(param);
        if is_single_value { None } else { self.list(&param.ty, name, imports) }
    }

    /// Returns the calls that add the remaining segments of an operation's path to the scope of its handle. Adds the
    /// constants that these calls use to `statements`.
    fn path_calls(
        &self,
        id: OperationId,
        statements: &mut Vec<TokenStream>,
        imports: &mut Imports,
    ) -> Vec<TokenStream> {
        let (mut calls, mut literal) = (Vec::new(), String::new());
        let literal_call = |literal: &mut String| {
            let path = path_literals::literal(&std::mem::take(literal));
            (!path.is_empty()).then(|| quote! { .join(#path) })
        };
        let segments = self.api.path_suffix(id);
        for (index, segment) in segments.iter().enumerate() {
            let (before, wire) = match segment {
                Segment::Literal(text) => {
                    literal += &format!("/{text}");
                    continue;
                }
                Segment::LiteralSuffix(text) => {
                    literal += text;
                    continue;
                }
                Segment::Param(wire) => ("/", wire),
                Segment::ParamSuffix(before, wire) => (before.as_str(), wire),
            };
            let mut arguments = self.request_arguments(id);
            let argument = arguments.find(|(param, _)| param.location == ParamLocation::Path && param.wire == *wire);
            let Some((param, name)) = argument else { continue };
            calls.extend(literal_call(&mut literal));
            if calls.is_empty() {
                calls.push(quote! { .clone() });
            }
            if segments[..index].iter().any(|segment| segment.param() == Some(wire)) {
                calls.push(quote! { .repeated_path_param(#before, #wire) });
                continue;
            }
            let (_, ty) = self.path_argument(param.style, &param.ty, imports);
            let value = self.required_value(param, name, imports);
            let path_argument = PathArgument { before, wire, style: param.style, ty, value };
            let constraints = self.parameter_constraints(param, imports);
            calls.push(call_with_constraints(statements, &ident(name), constraints, |constraints| {
                path_argument.call(constraints)
            }));
        }
        calls.extend(literal_call(&mut literal));
        calls
    }

    /// Returns the documentation of the method that creates a request.
    fn operation_docs(&self, id: OperationId) -> Vec<String> {
        let operation = &self.api.operations[id];
        let mut docs = lines(&self.combined_docs(id), &format!("{}.", code(&operation.id)));
        paragraph(
            &mut docs,
            format!("{}{}. {}", self.methods_and_paths(id), media_type_phrase(operation), error_description(operation)),
        );
        let stream_method = &self.names.operation(id).stream_method;
        if !stream_method.is_empty() {
            paragraph(&mut docs, format!("[`{stream_method}`](Self::{stream_method}) requests a stream."));
        }
        let nullable = self.request_arguments(id).filter(|(param, _)| self.is_nullable(param));
        let nullable: Vec<String> = nullable.map(|(_, name)| code(name)).collect();
        if !nullable.is_empty() {
            paragraph(
                &mut docs,
                format!("`None` clears {}. Values that are not set are not sent.", nullable.join(", ")),
            );
        }
        paragraph(&mut docs, self.idempotency_key_docs(id));
        let error_types = self.error_types(id);
        if !error_types.is_empty() {
            paragraph(
                &mut docs,
                format!(
                    "[`ApiError::decode`](crate::ApiError::decode) reads the body of {}.",
                    error_types.join(", of ")
                ),
            );
        }
        let scopes: IndexSet<&String> = operation.scopes.iter().flatten().collect();
        let scopes = scopes.into_iter().map(|scope| code(scope)).collect::<Vec<_>>().join(", ");
        paragraph(
            &mut docs,
            if scopes.is_empty() { scopes } else { format!("Required scopes of the token: {scopes}.") },
        );
        docs.push(String::new());
        for (param, name) in self.required_arguments(id) {
            let sentences = [as_sentence(&inline_docs(&param.docs)), constraint_and_default_sentences(param)];
            let sentences: Vec<_> = sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect();
            if !sentences.is_empty() {
                docs.extend(wrap(&format!("- {}: {}", code(name), sentences.join(" "))));
            }
        }
        if docs.last().is_some_and(String::is_empty) {
            docs.pop();
        }
        docs.push(String::new());
        docs.extend(body_example(operation));
        docs.extend(self.example(id));
        docs
    }

    /// Describes the idempotency key, if the client generates one.
    fn idempotency_key_docs(&self, id: OperationId) -> String {
        let key = self.request_arguments(id).find(|(param, _)| param.is_idempotency_key);
        key.map_or_else(String::new, |(param, name)| {
            format!(
                "Each request has a random key in the header {}, unless {} sets it. All attempts have the same key, so the \
                 client also repeats this request after a broken connection, a timeout, or the status 502, 503 or 504.",
                code(&param.wire),
                code(name)
            )
        })
    }

    /// Returns the operation IDs that differ from the public names. Each becomes a `#[doc(alias)]`, so that a search
    /// for the ID finds the method.
    fn aliases(&self, id: OperationId) -> Vec<&str> {
        let name = self.names.operation(id);
        let operation_ids =
            self.analysis.equivalent_operations(id).iter().map(|id| self.api.operations[*id].id.as_str());
        let mut aliases: Vec<&str> = operation_ids
            .filter(|alias| is_valid_alias(alias) && *alias != name.request && *alias != name.method)
            .collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }

    /// Returns the description of an operation and of its equivalent operations, which have different paths. Summaries
    /// that begin with the same words become one sentence. Otherwise, each description names the path of its operation.
    fn combined_docs(&self, id: OperationId) -> Docs {
        let docs = &self.api.operations[id].docs;
        let equivalents = self.analysis.equivalent_operations(id).iter().map(|id| &self.api.operations[*id]);
        let documented: Vec<&Operation> = equivalents.filter(|operation| !operation.docs.is_empty()).collect();
        let summaries: Vec<&str> = documented.iter().map(|operation| operation.docs.summary.as_str()).collect();
        match merged_summary(&summaries) {
            Some(summary) if documented.iter().all(|operation| operation.docs.body == docs.body) => {
                Docs { summary, body: docs.body.clone() }
            }
            _ if documented.len() < 2 => docs.clone(),
            _ => {
                let descriptions = documented.iter().map(|operation| {
                    format!("At {}: {}\n\n{}", code(&operation.template()), operation.docs.summary, operation.docs.body)
                });
                Docs { summary: docs.summary.clone(), body: descriptions.collect::<Vec<_>>().join("\n\n") }
            }
        }
    }

    /// Returns the methods and paths of an operation and of its equivalents.
    fn methods_and_paths(&self, id: OperationId) -> String {
        let methods_and_paths = self.analysis.equivalent_operations(id).iter().map(|id| {
            let operation = &self.api.operations[*id];
            code(&format!("{} {}", operation.method.as_str(), operation.template()))
        });
        join_with_or(methods_and_paths)
    }
}

/// Joins sentences that begin with the same words: `Lists the users of the default Service or a Service.`
fn merged_summary(summaries: &[&str]) -> Option<String> {
    let first = summaries.first()?;
    let mut distinct_words: Vec<Vec<&str>> = Vec::new();
    for summary in summaries {
        let words: Vec<&str> = summary.trim_end_matches('.').split(' ').collect();
        if summary.contains(['\n', '`', '[', ':']) && summaries.iter().any(|other| other != summary) {
            return None;
        }
        if !distinct_words.contains(&words) {
            distinct_words.push(words);
        }
    }
    if distinct_words.len() < 2 {
        return Some((*first).to_owned());
    }
    let min_len = distinct_words.iter().map(Vec::len).min()?;
    let is_common = |index: &usize| distinct_words.iter().all(|words| words[*index] == distinct_words[0][*index]);
    let common_len = (0..min_len).take_while(is_common).count();
    if common_len == 0 || common_len == min_len {
        return None;
    }
    let common_words = distinct_words[0][..common_len].join(" ");
    let endings = distinct_words.iter().map(|words| words[common_len..].join(" "));
    Some(format!("{common_words} {}.", join_with_or(endings)))
}

/// Returns the documentation with the example of the request body, shortened to a maximum number of lines.
fn body_example(operation: &Operation) -> Vec<String> {
    const MAX_LINES: usize = 40;
    let body = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    let (language, text) = match body.and_then(|body| body.example.as_ref()) {
        Some(Value::String(text)) => ("text", text.trim_end().to_owned()),
        Some(json) => ("json", serde_json::to_string_pretty(json).unwrap_or_default()),
        None => return Vec::new(),
    };
    if text.contains("```") {
        return Vec::new();
    }
    let mut lines: Vec<String> = text.lines().take(MAX_LINES).map(str::to_owned).collect();
    lines.extend((text.lines().count() > MAX_LINES).then(|| "…".to_owned()));
    let mut docs = vec!["An example of the request body:".to_owned(), String::new(), format!("```{language}")];
    docs.append(&mut lines);
    docs.extend(["```".to_owned(), String::new()]);
    docs
}

/// Returns words such as ` as multipart/form-data` if the operation is one of several with different media types.
fn media_type_phrase(operation: &Operation) -> String {
    let body_param = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    match (&operation.body_format, operation.body) {
        (Some(_), Some(BodyKind::Form)) => format!(" as {}", code("application/x-www-form-urlencoded")),
        (Some(_), Some(BodyKind::Multipart)) => format!(" as {}", code("multipart/form-data")),
        (Some(_), Some(BodyKind::Value)) => {
            body_param.map(|param| format!(" as {}", code(&param.wire))).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Describes which statuses are errors, with the descriptions of the declared error responses.
fn error_description(operation: &Operation) -> String {
    let status = |status: Status| match status {
        Status::Code(code) => format!("`{code}`"),
        Status::Range(class) => format!("`{class}XX`"),
        Status::Default => "`2XX`".to_owned(),
    };
    let (successes, errors): (Vec<_>, Vec<_>) =
        operation.responses.iter().partition(|response| operation.is_success_status(response.status));
    let successes = match successes.is_empty() {
        true => "`2XX`".to_owned(),
        false => join_with_or(successes.iter().map(|response| status(response.status))),
    };
    let mut text = format!("Any status other than {successes} is an [`Error::Api`](crate::Error::Api)");
    let documented = errors.iter().filter(|response| response.status != Status::Default && !response.docs.is_empty());
    for (index, response) in documented.enumerate() {
        let separator = if index == 0 { ": " } else { "; " };
        let description = inline_docs(&response.docs);
        let description = first_sentence(&description).trim_end_matches('.');
        text += &format!("{separator}{} {description}", status(response.status));
    }
    text + "."
}

/// Returns a method call with the constraints of a value. If the call would not fit on a line, the constraints become a
/// constant in `statements`.
pub fn call_with_constraints(
    statements: &mut Vec<TokenStream>,
    name: &Ident,
    constraints: Vec<String>,
    call: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let has_constraints = !constraints.is_empty();
    let constraints = slice(constraints);
    let inline_call = call(constraints.clone());
    if !has_constraints || length(&inline_call) <= 76 {
        return inline_call;
    }
    let constant = ident(&format!("{name}_CONSTRAINTS").to_uppercase());
    statements.push(quote! { const #constant: &[Constraint<'_>] = #constraints; });
    call(quote! { #constant })
}

/// Returns the number of characters of a call on one line.
pub fn length(call: &TokenStream) -> usize {
    let text = call.to_string();
    text.chars().filter(|c| !c.is_whitespace()).count() + text.matches(", ").count()
}

/// Returns a name for a local variable that is different from the names of the arguments.
pub fn unused_local(name: &str, is_argument: impl Fn(&str) -> bool) -> Ident {
    let mut name = name.to_owned();
    while is_argument(&name) {
        name.push('_');
    }
    ident(&name)
}
