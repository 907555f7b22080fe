//! How a handle begins a request: with what fills its path, and the values that it cannot be without.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::constraints::{limits, slice};
use super::path_literals;
use crate::emit::docs::{attributes, code, either, ended, first_sentence, lines, paragraph, sentence, wrap};
use crate::emit::imports::Imports;
use crate::emit::operations::Placed;
use crate::emit::{Context, ident, many, tokens};
use crate::ir::{BodyKind, Docs, Method, Next, Operation, OperationId, Paging, Param, ParamLocation, Segment, Status};

impl Context<'_> {
    /// The method of a handle that begins a request.
    pub fn begin(&self, id: OperationId, imports: &mut Imports) -> TokenStream {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let docs = attributes(&self.begin_docs(id));
        let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let (mut arguments, mut before, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for (param, name) in self.given(id).filter(|(param, _)| param.required) {
            let (argument, ty) = self.required_argument(param, imports);
            let value = self.value_of(param, name, imports);
            if !self.is_fixed(param) {
                before.extend(self.list_value(param, name, imports));
                arguments.push(quote! { #value: #argument });
            }
            let (name, wire) = (ident(name), &param.wire);
            if param.location == ParamLocation::Path {
                continue;
            }
            let place = ident(&self.sets(param));
            let constraints = self.parameter_constraints(param, imports);
            let step = |rules| quote! { .#place::<#ty>(#wire, #value, #rules) };
            steps.push(constrained(&mut before, &name, constraints, step));
        }
        if operation.body == Some(BodyKind::Multipart) {
            // Of what media type its parts are is known before there are any. A body that can be left out is where nothing is
            // set.
            let begin = ident(if operation.requires_body { "multipart" } else { "optional_multipart" });
            let typed = operation.params.iter().filter_map(|param| Some((&param.wire, param.media_type.as_ref()?)));
            let (names, types): (Vec<_>, Vec<_>) = typed.unzip();
            steps.insert(0, quote! { .#begin(&[#((#names, #types)),*]) });
        }
        steps.extend(operation.paging.as_ref().and_then(|paging| self.next_page(operation, paging, imports)));
        if let Some((wire, maximum)) = operation.paging.as_ref().and_then(Paging::limit_parameter) {
            let maximum = Literal::u64_unsuffixed(maximum);
            steps.push(quote! { .paged(#wire, Some(#maximum)) });
        }
        let server = operation.server.as_ref().map(|server| self.api.server_url(server));
        steps.extend(server.map(|url| quote! { .server(#url) }));
        if self.chooses && !operation.anonymous {
            let alternatives = self.api.security_alternatives(operation).map(|together| quote! { &[#(#together),*] });
            steps.push(quote! { .security(&[#(#alternatives),*]) });
        }
        steps.extend((operation.anonymous && self.opens).then(|| quote! { .anonymous() }));
        steps.extend(operation.succeeds_with_redirect().then(|| quote! { .expects_redirect() }));
        steps.extend(operation.accept_header().map(|media_type| quote! { .accept(#media_type) }));
        let offers = operation.selectable_media_types();
        steps.extend((!offers.is_empty()).then(|| quote! { .offers(&[#(#offers),*]) }));
        imports.add("crate::runtime", "Request");
        let (method, request) = (ident(&name.method), ident(&name.request));
        let begin = match (operation.method, operation.body) {
            (Method::Post | Method::Put | Method::Patch, Some(BodyKind::Form)) => "_form",
            _ => "",
        };
        let begin = ident(&format!("{}{begin}", operation.method.as_str().to_ascii_lowercase()));
        let operation_id = &operation.id;
        let named = begin.to_string().len() + operation_id.len();
        let (scope, way, width) = match self.way_to(id, &mut before, imports).as_slice() {
            [] => (quote! { &self.0 }, None, 0),
            [below] if named + length(below) <= 44 => (quote! { &self.0 #below }, None, length(below)),
            calls => {
                let scope = local("scope", |name| self.required(id).any(|(_, other)| other == name));
                (quote! { &#scope }, Some(quote! { let #scope = self.0 #(#calls)*; }), 0)
            }
        };
        let new = quote! { Request::#begin(#scope, #operation_id) };
        // A call in a call is laid out well only on one line.
        let long = name.request.len() + named + width > 54;
        let body = match steps.is_empty() && !long {
            true => quote! { #(#before)* #way #request(#new) },
            false => quote! { #(#before)* #way let request = #new #(#steps)*; #request(request) },
        };
        let many = many(arguments.len() + 1);
        let aliases = self.aliases(id);
        quote! {
            #docs
            #(#[doc(alias = #aliases)])*
            #deprecated
            #many
            pub fn #method(&self, #(#arguments),*) -> #request { #body }
        }
    }

    /// What an argument is taken as, and the type that the runtime takes for it.
    fn required_argument(&self, param: &Param, imports: &mut Imports) -> (TokenStream, TokenStream) {
        if let Some(nullable) = self.nullable(param, imports) {
            let ty = tokens(&nullable);
            return (quote! { impl Into<#ty> }, ty);
        }
        if param.location == ParamLocation::Path {
            return self.placed(param.style, &param.ty, imports);
        }
        if !param.is_structured() {
            return (self.argument(&param.ty, imports), self.value(&param.ty, imports));
        }
        let (into, ty) = self.whole(param, imports);
        let ty = tokens(&ty);
        (
            if into {
                quote! { impl Into<#ty> }
            } else {
                ty.clone()
            },
            ty,
        )
    }

    /// The expression for a required value: the argument, or the only value that there is.
    fn value_of(&self, param: &Param, name: &str, imports: &mut Imports) -> TokenStream {
        let only = if self.is_fixed(param) { self.constant(&param.ty, param.constant, imports) } else { None };
        let name = ident(name);
        only.unwrap_or_else(|| quote! { #name })
    }

    /// The statement that makes one value of an argument that is a list.
    fn list_value(&self, param: &Param, name: &str, imports: &mut Imports) -> Option<TokenStream> {
        let is_one_value = param.is_structured() || self.is_nullable(param);
        if is_one_value { None } else { self.list(&param.ty, name, imports) }
    }

    /// The calls that lead from the scope of a handle to that of a request.
    fn way_to(&self, id: OperationId, consts: &mut Vec<TokenStream>, imports: &mut Imports) -> Vec<TokenStream> {
        let (mut calls, mut literal) = (Vec::new(), String::new());
        let below = |literal: &mut String| {
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
            let mut given = self.given(id);
            let found = given.find(|(param, _)| param.location == ParamLocation::Path && param.wire == *wire);
            let Some((param, name)) = found else { continue };
            calls.extend(below(&mut literal));
            if calls.is_empty() {
                calls.push(quote! { .clone() });
            }
            if segments[..index].iter().any(|one| one.param() == Some(wire)) {
                calls.push(quote! { .repeated_path_param(#before, #wire) });
                continue;
            }
            let (_, ty) = self.placed(param.style, &param.ty, imports);
            let value = self.value_of(param, name, imports);
            let place = Placed { before, wire, style: param.style, ty, value };
            let constraints = self.parameter_constraints(param, imports);
            calls.push(constrained(consts, &ident(name), constraints, |constraints| place.step(constraints)));
        }
        calls.extend(below(&mut literal));
        calls
    }

    /// The call that says how the next page is asked for, where it is not by its URL in the page.
    fn next_page(&self, operation: &Operation, paging: &Paging, imports: &mut Imports) -> Option<TokenStream> {
        if !self.api.overrides_next_page(operation, &self.pages) {
            return None;
        }
        let pointer = |keys: &[String]| -> String {
            keys.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
        };
        let mut all = &Vec::new();
        let way = match &paging.next {
            Next::Url(keys) => {
                let at = pointer(keys);
                quote! { url(#at) }
            }
            Next::Link => quote! { link() },
            Next::Cursor { keys, param } => {
                let at = pointer(keys);
                quote! { cursor(#param, #at) }
            }
            Next::Last { keys, param } => {
                let (items, at) = (pointer(&paging.items), pointer(keys));
                quote! { last(#param, #items, #at) }
            }
            Next::Offset { param, total } => {
                all = total;
                quote! { offset(#param) }
            }
            Next::Number { param, first, total } => {
                all = total;
                let first = Literal::u64_unsuffixed(*first);
                quote! { number(#param, #first) }
            }
        };
        let full = matches!(paging.next, Next::Last { .. } | Next::Offset { .. } | Next::Number { .. });
        let name = paging.page_size.as_ref().map(|(name, _)| name).filter(|_| full);
        let param = name.and_then(|name| operation.params.iter().find(|param| param.wire == *name));
        let usual = param.and_then(|param| param.default.as_ref()?.as_u64()).map(Literal::u64_unsuffixed);
        let keys = |keys: &[String]| Some(pointer(keys)).filter(|at| !at.is_empty());
        let known = [
            name.map(|name| quote! { .size(#name) }),
            usual.map(|usual| quote! { .usual(#usual) }),
            keys(all).map(|at| quote! { .total(#at) }),
            keys(&paging.more).map(|at| quote! { .more(#at) }),
        ];
        let known = known.into_iter().flatten();
        imports.add("crate::runtime", "NextPage");
        let next = quote! { NextPage::#way #(#known)* };
        Some(quote! { .next_page(#next) })
    }

    fn begin_docs(&self, id: OperationId) -> Vec<String> {
        let operation = &self.api.operations[id];
        let mut docs = lines(&self.docs_of_all(id), &format!("{}.", code(&operation.id)));
        paragraph(&mut docs, format!("{}{}. {}", self.sources(id), sent_as(operation), errors(operation)));
        let nullable = self.given(id).filter(|(param, _)| self.is_nullable(param));
        let nullable: Vec<String> = nullable.map(|(_, name)| code(name)).collect();
        if !nullable.is_empty() {
            paragraph(
                &mut docs,
                format!("`None` clears {}. Values that are not set are not sent.", nullable.join(", ")),
            );
        }
        let types = self.error_types(id);
        if !types.is_empty() {
            paragraph(
                &mut docs,
                format!("[`ApiError::decode`](crate::ApiError::decode) reads the body of {}.", types.join(", of ")),
            );
        }
        let scopes = operation.scopes.iter().map(|scope| code(scope)).collect::<Vec<_>>().join(", ");
        paragraph(
            &mut docs,
            if scopes.is_empty() { scopes } else { format!("Required scopes of the token: {scopes}.") },
        );
        docs.push(String::new());
        for (param, name) in self.required(id) {
            let said = [ended(&sentence(&param.docs)), limits(param)];
            let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
            if !said.is_empty() {
                docs.extend(wrap(&format!("- {}: {}", code(name), said.join(" "))));
            }
        }
        if docs.last().is_some_and(String::is_empty) {
            docs.pop();
        }
        docs.push(String::new());
        docs.extend(shown_body(operation));
        docs.extend(self.example(id));
        docs
    }

    /// Returns the operation ids that no public name has, so that a search of the documentation finds them.
    fn aliases(&self, id: OperationId) -> Vec<&str> {
        let name = self.names.operation(id);
        let all = self.analysis.equivalent_operations(id).iter().map(|id| self.api.operations[*id].id.as_str());
        // rustdoc rejects aliases with quotes or spaces, and those that are the name of the item.
        let is_valid =
            |alias: &str| !alias.is_empty() && !alias.contains(|c: char| c.is_whitespace() || "'\"".contains(c));
        let mut aliases: Vec<&str> =
            all.filter(|alias| is_valid(alias) && *alias != name.request && *alias != name.method).collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }

    /// Returns the description of an operation and of its equivalents at other paths. Summaries that begin with the same
    /// words become one sentence. Otherwise each description names its path.
    fn docs_of_all(&self, id: OperationId) -> Docs {
        let own = &self.api.operations[id].docs;
        let all = self.analysis.equivalent_operations(id).iter().map(|id| &self.api.operations[*id]);
        let all: Vec<&Operation> = all.filter(|operation| !operation.docs.is_empty()).collect();
        let summaries: Vec<&str> = all.iter().map(|operation| operation.docs.summary.as_str()).collect();
        match joined(&summaries) {
            Some(summary) if all.iter().all(|other| other.docs.body == own.body) => {
                Docs { summary, body: own.body.clone() }
            }
            _ if all.len() < 2 => own.clone(),
            _ => {
                let each = all.iter().map(|operation| {
                    format!("At {}: {}\n\n{}", code(&operation.template()), operation.docs.summary, operation.docs.body)
                });
                Docs { summary: own.summary.clone(), body: each.collect::<Vec<_>>().join("\n\n") }
            }
        }
    }

    /// Returns the methods and paths of an operation and of its equivalents.
    fn sources(&self, id: OperationId) -> String {
        let all = self.analysis.equivalent_operations(id).iter().map(|id| {
            let operation = &self.api.operations[*id];
            code(&format!("{} {}", operation.method.as_str(), operation.template()))
        });
        either(all)
    }
}

/// Joins sentences that begin with the same words: `Lists the users of the default Service or a Service.`
fn joined(summaries: &[&str]) -> Option<String> {
    let (first, rest) = summaries.split_first()?;
    let mut ends: Vec<Vec<&str>> = Vec::new();
    for summary in [first].into_iter().chain(rest) {
        let words: Vec<&str> = summary.trim_end_matches('.').split(' ').collect();
        if summary.contains(['\n', '`', '[', ':']) && summaries.iter().any(|other| other != summary) {
            return None;
        }
        if !ends.contains(&words) {
            ends.push(words);
        }
    }
    if ends.len() < 2 {
        return Some((*first).to_owned());
    }
    let shortest = ends.iter().map(Vec::len).min()?;
    let shared = (0..shortest).take_while(|index| ends.iter().all(|words| words[*index] == ends[0][*index])).count();
    if shared == 0 || shared == shortest {
        return None;
    }
    let start = ends[0][..shared].join(" ");
    Some(format!("{start} {}.", either(ends.iter().map(|words| words[shared..].join(" ")))))
}

/// The body that the document shows, as far as it is not long.
fn shown_body(operation: &Operation) -> Vec<String> {
    const LINES: usize = 40;
    let body = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    let (language, text) = match body.and_then(|body| body.example.as_ref()) {
        Some(Value::String(text)) => ("text", text.trim_end().to_owned()),
        Some(json) => ("json", serde_json::to_string_pretty(json).unwrap_or_default()),
        None => return Vec::new(),
    };
    if text.contains("```") {
        return Vec::new();
    }
    let mut lines: Vec<String> = text.lines().take(LINES).map(str::to_owned).collect();
    lines.extend((text.lines().count() > LINES).then(|| "…".to_owned()));
    let mut docs = vec!["A body as the document shows it:".to_owned(), String::new(), format!("```{language}")];
    docs.append(&mut lines);
    docs.extend(["```".to_owned(), String::new()]);
    docs
}

/// The media type of a body that is not the first of several.
fn sent_as(operation: &Operation) -> String {
    let whole = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    match (&operation.variant, operation.body) {
        (Some(_), Some(BodyKind::Form)) => format!(" as {}", code("application/x-www-form-urlencoded")),
        (Some(_), Some(BodyKind::Multipart)) => format!(" as {}", code("multipart/form-data")),
        (Some(_), Some(BodyKind::Value)) => whole.map(|param| format!(" as {}", code(&param.wire))).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Which statuses are failures, and what the document says of those that it names.
fn errors(operation: &Operation) -> String {
    let status = |status: Status| match status {
        Status::Code(code) => format!("`{code}`"),
        Status::Range(hundred) => format!("`{hundred}XX`"),
        Status::Default => "`2XX`".to_owned(),
    };
    let (good, bad): (Vec<_>, Vec<_>) =
        operation.responses.iter().partition(|response| operation.is_success_status(response.status));
    let good = match good.is_empty() {
        true => "`2XX`".to_owned(),
        false => either(good.iter().map(|response| status(response.status))),
    };
    let mut text = format!("Any status but {good} is an [`Error::Api`](crate::Error::Api)");
    let named = bad.iter().filter(|response| response.status != Status::Default && !response.docs.is_empty());
    for (index, response) in named.enumerate() {
        let before = if index == 0 { ": " } else { "; " };
        let said = sentence(&response.docs);
        text += &format!("{before}{} {}", status(response.status), first_sentence(&said).trim_end_matches('.'));
    }
    text + "."
}

/// Returns a call of a chain with the constraints of a value. If they make it too long for one line, they become a constant in
/// `before`, because a call on several lines is hard to read.
pub fn constrained(
    before: &mut Vec<TokenStream>,
    name: &Ident,
    constraints: Vec<String>,
    call: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let is_empty = constraints.is_empty();
    let constraints = slice(constraints);
    let one_line = call(constraints.clone());
    if is_empty || length(&one_line) <= 76 {
        return one_line;
    }
    let constant = ident(&format!("{name}_CONSTRAINTS").to_uppercase());
    before.push(quote! { const #constant: &[Constraint<'_>] = #constraints; });
    call(quote! { #constant })
}

/// How many characters a call has when it stands on one line.
pub fn length(call: &TokenStream) -> usize {
    let text = call.to_string();
    text.chars().filter(|c| !c.is_whitespace()).count() + text.matches(", ").count()
}

/// A name for a local variable beside arguments, one of which may be called so too.
pub fn local(name: &str, taken: impl Fn(&str) -> bool) -> Ident {
    let mut name = name.to_owned();
    while taken(&name) {
        name.push('_');
    }
    ident(&name)
}
