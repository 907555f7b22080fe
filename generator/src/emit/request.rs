//! The requests: how a handle begins one, and what may be given to it before it is sent.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::docs::{attributes, code, default, either, ended, first_sentence, lines, paragraph, remark, rules, wrap};
use super::imports::Imports;
use super::path;
use super::resource::with;
use super::{Context, Item, ident, many};
use crate::ir::{
    Body, Constraint, Method, Next, Operation, OperationId, Paging, Param, ParamPlace, Segment, Side, Status, Style,
    TypeRef,
};

impl Context<'_> {
    /// The method of a handle that begins a request.
    pub fn begin(&self, id: OperationId, imports: &mut Imports) -> TokenStream {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let docs = attributes(&self.begin_docs(id));
        let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "the API advises against it"] });
        let mut arguments: Vec<TokenStream> = Vec::new();
        let mut steps: Vec<TokenStream> = Vec::new();
        for (param, name) in self.required(id) {
            let (argument, ty, value) = match param.is_whole() {
                true => {
                    let (into, ty) = self.whole(param, imports);
                    let (ty, name): (TokenStream, _) = (ty.parse().unwrap_or_default(), ident(name));
                    (
                        if into {
                            quote! { impl Into<#ty> }
                        } else {
                            ty.clone()
                        },
                        ty,
                        quote! { #name },
                    )
                }
                false => {
                    let (ty, value) = self.value(&param.ty, name, imports);
                    (self.argument(&param.ty, imports), ty, value)
                }
            };
            let (name, wire) = (ident(name), &param.wire);
            if param.place == ParamPlace::Path {
                arguments.push(quote! { #name: #argument });
                continue;
            }
            let (place, rules) = (ident(&self.sets(param)), self.rules(param, imports));
            let none = rules.is_empty();
            let rules = slice(rules);
            arguments.push(quote! { #name: #argument });
            steps.push(match none {
                true => quote! { let request = request.#place::<#ty>(#wire, #value, #rules); },
                false => quote! {
                    let rules = #rules;
                    let request = request.#place::<#ty>(#wire, #value, rules);
                },
            });
        }
        if operation.body == Some(Body::Multipart) {
            // Of what media type its parts are is known before there are any. A body that can be left out is where nothing is
            // set.
            let begin = ident(if operation.needs_body { "multipart" } else { "optional_multipart" });
            let typed = operation.params.iter().filter_map(|param| Some((&param.wire, param.media_type.as_ref()?)));
            let (names, types): (Vec<_>, Vec<_>) = typed.unzip();
            steps.insert(0, quote! { let request = request.#begin(&[#((#names, #types)),*]); });
        }
        steps.extend(operation.paging.as_ref().and_then(|paging| self.next_page(operation, paging, imports)));
        if let Some((wire, maximum)) = operation.paging.as_ref().and_then(Paging::sized) {
            let maximum = Literal::u64_unsuffixed(maximum);
            steps.push(quote! { let request = request.paged(#wire, Some(#maximum)); });
        }
        let server = operation.server.as_ref().map(|server| self.api.url(server));
        steps.extend(server.map(|url| quote! { let request = request.served_at(#url); }));
        if self.chooses && !operation.anonymous {
            let alternatives = self.api.schemes(operation).map(|together| quote! { &[#(#together),*] });
            steps.push(quote! { let request = request.security(&[#(#alternatives),*]); });
        }
        steps.extend((operation.anonymous && self.api.has_open()).then(|| quote! { let request = request.open(); }));
        steps.extend(operation.redirects().then(|| quote! { let request = request.elsewhere(); }));
        steps.extend(operation.asks_for().map(|media_type| quote! { let request = request.accept(#media_type); }));
        imports.add("crate::runtime", "Request");
        let (method, request) = (ident(&name.method), ident(&name.request));
        let begin = match (operation.method, operation.body) {
            (Method::Post | Method::Put | Method::Patch, Some(Body::Form)) => "_form",
            _ => "",
        };
        let begin = ident(&format!("{}{begin}", operation.method.as_str().to_ascii_lowercase()));
        let operation_id = &operation.id;
        let (scope, way, width) = match self.way_to(id, imports).as_slice() {
            [] => (quote! { &self.0 }, None, 0),
            [below] if below.to_string().len() < 30 => (quote! { &self.0 #below }, None, below.to_string().len()),
            calls => (quote! { &scope }, Some(quote! { let scope = self.0 #(#calls)*; }), 0),
        };
        let new = quote! { Request::#begin(#scope, #operation_id) };
        // A call in a call is laid out well only on one line.
        let long = name.request.len() + begin.to_string().len() + operation_id.len() + width > 54;
        let body = match steps.is_empty() && !long {
            true => quote! { #way #request(#new) },
            false => quote! { #way let request = #new; #(#steps)* #request(request) },
        };
        let many = many(arguments.len() + 1);
        quote! {
            #docs
            #deprecated
            #many
            pub fn #method(&self, #(#arguments),*) -> #request { #body }
        }
    }

    /// The calls that lead from the scope of a handle to that of a request.
    fn way_to(&self, id: OperationId, imports: &mut Imports) -> Vec<TokenStream> {
        let (mut calls, mut literal) = (Vec::new(), String::new());
        let below = |literal: &mut String| {
            let path = path::literal(&std::mem::take(literal));
            (!path.is_empty()).then(|| quote! { .below(#path) })
        };
        for segment in self.api.beyond(id) {
            let (before, wire) = match segment {
                Segment::Literal(text) => {
                    literal += &format!("/{text}");
                    continue;
                }
                Segment::Suffix(text) => {
                    literal += text;
                    continue;
                }
                Segment::Param(wire) => ("/", wire),
                Segment::Infix(before, wire) => (before.as_str(), wire),
            };
            let mut given = self.given(id);
            let found = given.find(|(param, _)| param.place == ParamPlace::Path && param.wire == *wire);
            let Some((param, name)) = found else { continue };
            calls.extend(below(&mut literal));
            if calls.is_empty() {
                calls.push(quote! { .clone() });
            }
            let (_, value) = self.placed(param.style, &param.ty, name, imports);
            let rules = slice(self.rules(param, imports));
            let with = with(before, wire, param.style, value, &rules);
            calls.push(quote! { .#with });
        }
        calls.extend(below(&mut literal));
        calls
    }

    /// The call that says how the next page is asked for, where it is not by its URL in the page.
    fn next_page(&self, operation: &Operation, paging: &Paging, imports: &mut Imports) -> Option<TokenStream> {
        if !self.api.turns(operation, &self.pages) {
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
        Some(match next.to_string().len() > 64 {
            true => quote! { let next = #next; let request = request.next_page(next); },
            false => quote! { let request = request.next_page(#next); },
        })
    }

    fn begin_docs(&self, id: OperationId) -> Vec<String> {
        let operation = &self.api.operations[id];
        let mut docs = lines(&operation.docs, &format!("{}.", code(&operation.id)));
        paragraph(&mut docs, format!("{}{}. {}", self.sources(id), sent_as(operation), errors(operation)));
        let types = self.error_types(id);
        if !types.is_empty() {
            paragraph(
                &mut docs,
                format!("[`ApiError::decode`](crate::ApiError::decode) reads the body of {}.", types.join(", of ")),
            );
        }
        let scopes = operation.scopes.iter().map(|scope| code(scope)).collect::<Vec<_>>().join(", ");
        paragraph(&mut docs, if scopes.is_empty() { scopes } else { format!("Scopes of its token: {scopes}.") });
        docs.push(String::new());
        for (param, name) in self.required(id) {
            let said = [ended(&lines(&param.docs, "").join(" ")), limits(param)];
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

    /// Where in the API an operation is, with those that it stands for.
    fn sources(&self, id: OperationId) -> String {
        let all = self.analysis.twin_operations(id).iter().map(|id| {
            let operation = &self.api.operations[*id];
            code(&format!("{} {}", operation.method.as_str(), operation.template()))
        });
        either(all)
    }

    /// The values that a request takes besides those of its handle, with their names.
    pub fn given(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        let params = &self.api.operations[id].params;
        params.iter().zip(&self.names.operation(id).params).filter(|(param, _)| self.api.takes(param))
    }

    /// The values that a request cannot be begun without.
    pub fn required(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        self.given(id).filter(|(param, _)| param.required)
    }

    /// The type of a request, with its setters.
    pub fn request(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let (place, side) = self.api.place(id);
        let handle = self.names.resource(place);
        let handle = if side == Side::Instance { &handle.instance } else { &handle.collection };
        let (decode, answer) = self.reading(id, imports);
        let head = format!("{handle}::{} => {}({decode}) => {answer}", name.method, name.request);
        let optional = self.given(id).filter(|(param, _)| !param.required);
        let setters: Vec<String> = optional.flat_map(|(param, name)| self.setter(param, name, imports)).collect();
        let short = format!("request!({head});");
        let lines = match setters.is_empty() {
            true if short.len() <= 120 => vec![short],
            true => vec!["request! {".to_owned(), format!("    {head}"), "}".to_owned()],
            false => {
                let head = ["request! {".to_owned(), format!("    {head};"), String::new()];
                head.into_iter().chain(setters).chain(["}".to_owned()]).collect()
            }
        };
        let mut items = vec![Item::Macro(lines)];
        items.extend(self.readings(id, imports));
        if let Some(paging) = &operation.paging {
            let item = self.text(&paging.item, imports);
            items.push(Item::Macro(vec![format!("paged!({} => {answer}, {item});", name.request)]));
        }
        items
    }

    /// The lines about an optional value.
    fn setter(&self, param: &Param, name: &str, imports: &mut Imports) -> Vec<String> {
        let mut docs = lines(&param.docs, &format!("{}.", code(&param.wire)));
        remark(&mut docs, &param.docs, &limits(param));
        let mut out: Vec<String> = docs.iter().map(|line| format!("    /// {line}").trim_end().to_owned()).collect();
        if param.deprecated {
            out.push("    #[deprecated = \"the API advises against it\"]".to_owned());
        }
        let takes = match param.is_whole() {
            true => match self.whole(param, imports) {
                (true, ty) => format!("into {ty}"),
                (false, ty) => ty,
            },
            false => self.takes(&param.ty, imports),
        };
        let (place, rules) = (self.sets(param), self.rules(param, imports));
        let head = format!("    {place} {name}({takes}) = {}", Literal::string(&param.wire));
        if rules.is_empty() {
            out.push(format!("{head};"));
            return out;
        }
        let line = format!("{head}, [{}];", rules.join(", "));
        if line.len() <= 120 {
            out.push(line);
        } else {
            out.push(format!("{head}, ["));
            out.extend(rules.into_iter().map(|rule| format!("        {rule},")));
            out.push("    ];".to_owned());
        }
        out
    }

    /// The type of a value that is given as it is, and whether what becomes one is taken too.
    fn whole(&self, param: &Param, imports: &mut Imports) -> (bool, String) {
        match param.is_upload() {
            true => {
                imports.add("crate::runtime", "Upload");
                (true, if self.is_list(param) { "Vec<Upload>" } else { "Upload" }.to_owned())
            }
            false => (self.converts(self.resolved(&param.ty)), self.text(&param.ty, imports)),
        }
    }

    fn is_list(&self, param: &Param) -> bool {
        matches!(self.resolved(&param.ty), TypeRef::List(_))
    }

    /// The method of a request that takes a value to its place.
    pub fn sets(&self, param: &Param) -> String {
        let place = match param.place {
            ParamPlace::File if self.is_list(param) => "files",
            place => place.as_str(),
        };
        let style = if param.style == Style::Plain { String::new() } else { format!("_{}", param.style.as_str()) };
        format!("{place}{style}{}", if param.reserved { "_reserved" } else { "" })
    }

    /// What a setter takes, in the words of the macro that makes it.
    fn takes(&self, ty: &TypeRef, imports: &mut Imports) -> String {
        match self.resolved(ty) {
            TypeRef::List(item) => format!("list {}", self.text(self.resolved(item), imports)),
            resolved if self.converts(resolved) => format!("into {}", self.text(ty, imports)),
            _ => self.text(ty, imports),
        }
    }
}

/// The body that the document shows, as far as it is not long.
fn shown_body(operation: &Operation) -> Vec<String> {
    const LINES: usize = 40;
    let body = operation.params.iter().find(|param| matches!(param.place, ParamPlace::Body(_)));
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

/// What a value must keep to, and what the API takes without it.
fn limits(param: &Param) -> String {
    let rules = rules(&param.constraints);
    let default = default(&param.docs, param.default.as_ref());
    [rules, default].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The media type of a body that is not the first of several.
fn sent_as(operation: &Operation) -> String {
    let whole = operation.params.iter().find(|param| matches!(param.place, ParamPlace::Body(_)));
    match (&operation.variant, operation.body) {
        (Some(_), Some(Body::Form)) => format!(" as {}", code("application/x-www-form-urlencoded")),
        (Some(_), Some(Body::Multipart)) => format!(" as {}", code("multipart/form-data")),
        (Some(_), Some(Body::Whole)) => whole.map(|param| format!(" as {}", code(&param.wire))).unwrap_or_default(),
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
        operation.responses.iter().partition(|response| operation.succeeds(response.status));
    let good = match good.is_empty() {
        true => "`2XX`".to_owned(),
        false => either(good.iter().map(|response| status(response.status))),
    };
    let mut text = format!("Any status but {good} is an [`Error::Api`](crate::Error::Api)");
    let named = bad.iter().filter(|response| response.status != Status::Default && !response.docs.is_empty());
    for (index, response) in named.enumerate() {
        let before = if index == 0 { ": " } else { "; " };
        let said = lines(&response.docs, "").join(" ");
        text += &format!("{before}{} {}", status(response.status), first_sentence(&said).trim_end_matches('.'));
    }
    text + "."
}

/// Expressions as a slice of them.
pub fn slice(items: Vec<String>) -> TokenStream {
    let items = items.iter().filter_map(|item| item.parse::<TokenStream>().ok());
    quote! { &[#(#items),*] }
}

/// Constraints as the runtime's rules. Those of the items of a list hold for each value of a parameter.
pub fn rules_of<'c>(constraints: impl IntoIterator<Item = &'c Constraint>) -> Vec<String> {
    let text = |pattern: &str| Literal::string(pattern).to_string();
    let rule = |constraint: &Constraint| match constraint {
        Constraint::MinLength(length) => format!("Rule::MinLength({length})"),
        Constraint::MaxLength(length) => format!("Rule::MaxLength({length})"),
        Constraint::Pattern(pattern) => format!("Rule::Pattern({})", text(pattern)),
        Constraint::Minimum(bound) => format!("Rule::Minimum({bound:?})"),
        Constraint::ExclusiveMinimum(bound) => format!("Rule::ExclusiveMinimum({bound:?})"),
        Constraint::Maximum(bound) => format!("Rule::Maximum({bound:?})"),
        Constraint::ExclusiveMaximum(bound) => format!("Rule::ExclusiveMaximum({bound:?})"),
        Constraint::MultipleOf(step) => format!("Rule::MultipleOf({step:?})"),
        Constraint::MinItems(count) => format!("Rule::MinItems({count})"),
        Constraint::MaxItems(count) => format!("Rule::MaxItems({count})"),
        Constraint::UniqueItems => "Rule::UniqueItems".to_owned(),
        Constraint::Items(_)
        | Constraint::Item(..)
        | Constraint::Rest(..)
        | Constraint::MinProperties(_)
        | Constraint::MaxProperties(_)
        | Constraint::Values(_) => String::new(),
    };
    let of_list =
        |one: &Constraint| matches!(one, Constraint::MinItems(_) | Constraint::MaxItems(_) | Constraint::UniqueItems);
    let mut rules = Vec::new();
    for constraint in constraints {
        match constraint {
            Constraint::Items(all) => rules.extend(all.iter().filter(|one| !of_list(one)).map(rule)),
            one => rules.push(rule(one)),
        }
    }
    rules.retain(|rule| !rule.is_empty());
    rules
}
