//! The requests: their types, and what may be given to them before they are sent.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::docs::{code, default, lines, remark, rules};
use crate::emit::imports::Imports;
use crate::emit::{Context, Item, tokens};
use crate::ir::{Constraint, OperationId, Param, ParamPlace, Side, Style, TypeRef};

impl Context<'_> {
    /// The values that a request takes besides those of its handle, with their names.
    pub fn given(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        let params = &self.api.operations[id].params;
        params.iter().zip(&self.names.operation(id).params).filter(|(param, _)| self.api.takes(param))
    }

    /// The values that a request cannot be begun without.
    pub fn required(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        self.given(id).filter(|(param, _)| param.required && !self.is_fixed(param))
    }

    /// Whether there is no choice about a value: it must be given, and can only be one.
    pub fn is_fixed(&self, param: &Param) -> bool {
        param.required && !param.nullable && self.is_constant(&param.ty, param.constant)
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
        let optional: Vec<_> = optional.collect();
        let mut setters = Vec::new();
        for (param, name) in optional {
            setters.extend(self.setter(param, name, imports));
            setters.extend(self.json_setter(id, param, name, imports));
        }
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
        if self.is_nullable(param) {
            remark(&mut docs, &param.docs, "`None` clears it.");
        }
        let mut out: Vec<String> = docs.iter().map(|line| format!("    /// {line}").trim_end().to_owned()).collect();
        if param.deprecated {
            out.push("    #[deprecated = \"the API advises against it\"]".to_owned());
        }
        let takes = match (self.nullable(param, imports), param.is_whole()) {
            (Some(nullable), _) => format!("into {nullable}"),
            (None, true) => match self.whole(param, imports) {
                (true, ty) => format!("into {ty}"),
                (false, ty) => ty,
            },
            (None, false) => self.takes(&param.ty, imports),
        };
        out.extend(self.setter_line(param, name, &takes, imports));
        out
    }

    /// The lines about a setter that takes a value of which the parameter is the JSON.
    fn json_setter(&self, id: OperationId, param: &Param, name: &str, imports: &mut Imports) -> Vec<String> {
        if !param.json || param.style != Style::Plain || !matches!(self.resolved(&param.ty), TypeRef::Text) {
            return Vec::new();
        }
        let names = self.names.operation(id);
        let taken = |name: &String| names.params.contains(name) || names.alternatives.contains(name);
        let stem = name.trim_end_matches('_');
        let mut free = ["_json", "_as_json", "_json_"].iter().map(|end| format!("{stem}{end}"));
        let Some(setter) = free.find(|name| !taken(name)) else { return Vec::new() };
        let mut lines = vec![format!("    /// Sets [`{name}`](Self::{name}) to a value as JSON.")];
        if param.deprecated {
            lines.push("    #[deprecated = \"the API advises against it\"]".to_owned());
        }
        lines.extend(self.setter_line(param, &setter, "json", imports));
        lines
    }

    /// The lines that say where a setter puts its value, and under which rules.
    fn setter_line(&self, param: &Param, name: &str, takes: &str, imports: &mut Imports) -> Vec<String> {
        let mut out = Vec::new();
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

/// What a value must keep to, and what the API takes without it.
pub fn limits(param: &Param) -> String {
    let rules = rules(&param.constraints);
    let default = default(&param.docs, param.default.as_ref());
    [rules, default].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Expressions as a slice of them.
pub fn slice(items: Vec<String>) -> TokenStream {
    let items = items.iter().map(|item| tokens(item));
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
