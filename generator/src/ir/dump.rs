//! Renders the IR as text with one line per node, for people and for snapshot tests.

use std::fmt::{self, Display};

use crate::ir::{
    Api, Callback, Constraint, Field, Layout, Level, Operation, Param, Resource, ResponseBody, Shape, Status, Style,
    TypeDef, TypeRef, WebhookGroup,
};

impl Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "api {} {}", self.title, self.version)?;
        for server in &self.servers {
            writeln!(f, "  server {}", server.url)?;
            for variable in &server.variables {
                write!(f, "    {} is {:?}", variable.name, variable.default)?;
                let allowed: Vec<_> = variable.allowed.iter().map(|value| format!("{value:?}")).collect();
                writeln!(
                    f,
                    "{}",
                    if allowed.is_empty() { String::new() } else { format!(", of {}", allowed.join(", ")) }
                )?;
            }
        }
        for scheme in &self.security {
            let (kind, name) = scheme.kind.kind_and_name();
            writeln!(f, "{}", format!("  security {kind} {name}").trim_end())?;
        }
        self.types.iter().try_for_each(|(_, def)| self.write_type(f, def))?;
        self.operations.iter().try_for_each(|(_, operation)| self.write_operation(f, operation))?;
        self.left_out
            .iter()
            .try_for_each(|left_out| writeln!(f, "\nleft out {}: {}", left_out.name(), left_out.reason))?;
        self.webhooks.iter().try_for_each(|group| self.write_webhooks(f, group))?;
        self.resources.iter().try_for_each(|(_, resource)| self.write_resource(f, resource))?;
        let Layout::Groups { groups, .. } = &self.layout else { return Ok(()) };
        for (_, group) in groups.iter() {
            writeln!(f, "\ngroup {}", if group.parent.is_none() { "of the client" } else { &group.segment })?;
            group.operations.iter().try_for_each(|id| writeln!(f, "  {}", self.operations[*id].id))?;
        }
        Ok(())
    }
}

impl Api {
    fn write_type(&self, f: &mut fmt::Formatter<'_>, def: &TypeDef) -> fmt::Result {
        write!(f, "\ntype {}", def.name.join("."))?;
        match &def.shape {
            Shape::Alias(ty) => write!(f, " = {}", self.type_text(ty)),
            Shape::Newtype(constraints) => {
                write!(f, " = new string")?;
                constraints.iter().try_for_each(|constraint| write!(f, ", {}", constraint_text(constraint)))
            }
            Shape::StringEnum(_) | Shape::ValueEnum(_) => write!(f, " = one of"),
            Shape::Union(union) => {
                write!(f, " = one of the types")?;
                union.tag.iter().try_for_each(|tag| write!(f, " by {tag}"))
            }
            Shape::Wrapper(ty) => write!(f, " = new {}", self.type_text(ty)),
            Shape::Record(_) => Ok(()),
        }?;
        write!(f, "{}", flag_text(def.is_closed, "closed"))?;
        def.derives.iter().try_for_each(|path| write!(f, ", derives {path}"))?;
        writeln!(f, "{}  ({})", flag_text(def.deprecated, "deprecated"), def.origin)?;
        match &def.shape {
            Shape::Record(record) => {
                record.fields.iter().try_for_each(|field| self.write_field(f, field))?;
                record
                    .additional
                    .iter()
                    .try_for_each(|ty| writeln!(f, "  additional properties: {}", self.type_text(ty)))
            }
            Shape::StringEnum(variants) => variants.iter().try_for_each(|variant| writeln!(f, "  {:?}", variant.wire)),
            Shape::ValueEnum(values) => {
                let mut values = values.values.iter();
                values.try_for_each(|literal| writeln!(f, "  {}: {}", literal.name, literal.value))
            }
            Shape::Union(union) => union.variants.iter().try_for_each(|variant| {
                let tags: Vec<_> = variant.tags.iter().map(|tag| format!(" {tag}")).collect();
                let constants = variant.constants.iter().map(|(path, values)| {
                    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                    format!(", {} = {}", path.join("."), values.join(" or "))
                });
                let default = variant.is_default.then(|| " default".to_owned());
                let closed = variant.is_closed.then(|| ", closed".to_owned());
                let tags: Vec<String> = tags.into_iter().chain(default).chain(constants).chain(closed).collect();
                writeln!(f, "  {}: {}{}", variant.name, self.type_text(&variant.ty), tags.concat())
            }),
            Shape::Alias(_) | Shape::Newtype(_) | Shape::Wrapper(_) => Ok(()),
        }
    }

    fn write_webhooks(&self, f: &mut fmt::Formatter<'_>, group: &WebhookGroup) -> fmt::Result {
        match &group.callback {
            Some(Callback { name, operation, origin }) => {
                let operation = operation.map_or("", |id| &self.operations[id].id);
                writeln!(f, "\ncallback {name} of {operation}  ({origin})")?;
            }
            None => writeln!(f, "\nwebhooks")?,
        }
        for webhook in &group.events {
            let payload = webhook.payload.as_ref().map_or_else(|| "nothing".to_owned(), |ty| self.type_text(ty));
            let media_types = webhook.media_types.join(", ");
            writeln!(f, "  {}: {} {payload} {media_types}", webhook.name, webhook.method.as_str())?;
            let headers = webhook.headers.iter().map(|header| (&header.wire, &header.ty));
            headers.into_iter().try_for_each(|(name, ty)| writeln!(f, "    header {name}: {}", self.type_text(ty)))?;
            for reply in &webhook.responses {
                let body = reply.body.as_ref().map_or_else(|| "nothing".to_owned(), |ty| self.type_text(ty));
                writeln!(f, "    {:?}: {body}", reply.status)?;
            }
        }
        Ok(())
    }

    fn write_field(&self, f: &mut fmt::Formatter<'_>, field: &Field) -> fmt::Result {
        write!(f, "  {}: {}", field.wire, self.type_text(&field.ty))?;
        field.content.iter().try_for_each(|ty| write!(f, " with JSON: {}", self.type_text(ty)))?;
        field.constraints.iter().try_for_each(|constraint| write!(f, ", {}", constraint_text(constraint)))?;
        field.default.iter().try_for_each(|default| write!(f, ", default {default}"))?;
        for (is_set, word) in [
            (field.required, "required"),
            (field.nullable, "nullable"),
            (field.read_only, "in responses only"),
            (field.write_only, "in requests only"),
            (field.is_personal, "personal"),
            (field.deprecated, "deprecated"),
        ] {
            write!(f, "{}", flag_text(is_set, word))?;
        }
        writeln!(f)
    }

    fn write_operation(&self, f: &mut fmt::Formatter<'_>, operation: &Operation) -> fmt::Result {
        write!(f, "\noperation {}: {} {}", operation.id, operation.method.as_str(), operation.template())?;
        match operation.response_body() {
            ResponseBody::Empty => {}
            body => {
                write!(f, " ->")?;
                self.write_body(f, &body)?;
            }
        }
        if operation.response_is_optional() {
            write!(f, " or nothing")?;
        }
        for (is_set, word) in
            [(operation.has_optional_credentials, "credentials optional"), (operation.deprecated, "deprecated")]
        {
            write!(f, "{}", flag_text(is_set, word))?;
        }
        writeln!(f, "  ({})", operation.origin)?;
        for alternative in operation.alternatives() {
            write!(f, "  or as {}:", alternative.media_types.join(", "))?;
            self.write_body(f, &alternative.response_body())?;
            writeln!(f)?;
        }
        operation.server.iter().try_for_each(|server| writeln!(f, "  at {}", server.url))?;
        operation.params.iter().try_for_each(|param| self.write_param(f, param))?;
        if let Some(paging) = &operation.paging {
            let items = if paging.items.is_empty() { String::new() } else { format!(" in {}", paging.items.join(".")) };
            write!(f, "  page of {}{items}, {}", self.type_text(&paging.item), paging.next)?;
            if !paging.next_page_flag.is_empty() {
                write!(f, ", if {}", paging.next_page_flag.join("."))?;
            }
            if let Some((name, maximum)) = &paging.page_size {
                write!(f, ", size by {name}")?;
                maximum.iter().try_for_each(|maximum| write!(f, " up to {maximum}"))?;
            }
            writeln!(f)?;
        }
        for response in &operation.responses {
            match response.status {
                Status::Code(code) => write!(f, "  {code}"),
                Status::Range(class) => write!(f, "  {class}XX"),
                Status::Default => write!(f, "  default"),
            }?;
            if let Some(ty) = &response.body {
                write!(f, " {}", self.type_text(ty))?;
                if response.media_types != ["application/json"] {
                    write!(f, " as {}", response.media_types.join(", "))?;
                }
            }
            if !response.headers.is_empty() {
                let headers: Vec<_> = response.headers.iter().map(|header| header.wire.as_str()).collect();
                write!(f, " with {}", headers.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn write_body(&self, f: &mut fmt::Formatter<'_>, body: &ResponseBody<'_>) -> fmt::Result {
        match body {
            ResponseBody::Empty => write!(f, " nothing"),
            ResponseBody::Json(ty) => write!(f, " {}", self.type_text(ty)),
            ResponseBody::Text => write!(f, " text"),
            ResponseBody::Binary => write!(f, " bytes"),
            ResponseBody::Stream(framing, ty) => write!(f, " {} of {}", framing.as_str(), self.type_text(ty)),
            ResponseBody::ByStatus(_) => write!(f, " by status"),
        }
    }

    fn write_param(&self, f: &mut fmt::Formatter<'_>, param: &Param) -> fmt::Result {
        let style = if param.style == Style::Plain { String::new() } else { format!(" by {}", param.style.as_str()) };
        write!(f, "  {}{style} {}: {}", param.location.as_str(), param.wire, self.type_text(&param.ty))?;
        param.media_type.iter().try_for_each(|media_type| write!(f, " as {media_type}"))?;
        param.constraints.iter().try_for_each(|constraint| write!(f, ", {}", constraint_text(constraint)))?;
        param.default.iter().try_for_each(|default| write!(f, ", default {default}"))?;
        for (is_set, word) in [
            (param.allow_reserved, "reserved characters unescaped"),
            (param.required, "required"),
            (param.nullable, "nullable"),
            (param.is_personal, "personal"),
            (param.is_idempotency_key, "idempotency key"),
            (param.deprecated, "deprecated"),
        ] {
            write!(f, "{}", flag_text(is_set, word))?;
        }
        writeln!(f)
    }

    fn write_resource(&self, f: &mut fmt::Formatter<'_>, resource: &Resource) -> fmt::Result {
        write!(f, "\nresource {}{}", if resource.is_suffix { "" } else { "/" }, resource.segment)?;
        if let Some((parent, level)) = &resource.parent {
            let preposition = if *level == Level::Instance { "under an instance of" } else { "under" };
            write!(f, " {preposition} /{}", self.resources[*parent].segment)?;
        }
        if let Some(key) = &resource.key {
            let before = if key.prefix == "/" { "" } else { &key.prefix };
            write!(f, ", instances by {before}{}: {}", key.wire, self.type_text(&key.ty))?;
        }
        if let Some(model) = resource.model {
            write!(f, ", of {}", self.types[model].name.join("."))?;
        }
        writeln!(f)?;
        for id in &resource.operations {
            let operation = &self.operations[*id];
            let level = if operation.level() == Level::Instance { "instance" } else { "collection" };
            writeln!(f, "  {level}: {} by {}", operation.role.as_str().unwrap_or("other"), operation.id)?;
        }
        Ok(())
    }

    fn type_text(&self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Bool => "bool".to_owned(),
            TypeRef::Int(bits) => format!("int{bits}"),
            TypeRef::Unsigned(bits) => format!("uint{bits}"),
            TypeRef::Float(bits) => format!("float{bits}"),
            TypeRef::BigNumber => "big number".to_owned(),
            TypeRef::String => "string".to_owned(),
            TypeRef::DateTime => "date-time".to_owned(),
            TypeRef::Date => "date".to_owned(),
            TypeRef::Uri => "uri".to_owned(),
            TypeRef::Uuid => "uuid".to_owned(),
            TypeRef::Duration => "duration".to_owned(),
            TypeRef::Bytes => "bytes".to_owned(),
            TypeRef::UrlBytes => "bytes for URLs".to_owned(),
            TypeRef::Custom(path) => path.clone(),
            TypeRef::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| self.type_text(item)).collect();
                format!("({})", items.join(", "))
            }
            TypeRef::Nullable(ty) => format!("{} or null", self.type_text(ty)),
            TypeRef::Array(item) => format!("array of {}", self.type_text(item)),
            TypeRef::Map(value) => format!("map of {}", self.type_text(value)),
            TypeRef::Named(id) => self.types[*id].name.join("."),
            TypeRef::Json => "json".to_owned(),
        }
    }
}

fn flag_text(is_set: bool, word: &str) -> String {
    if is_set { format!(", {word}") } else { String::new() }
}

fn constraint_text(constraint: &Constraint) -> String {
    match constraint {
        Constraint::MinLength(length) => format!("at least {length} characters"),
        Constraint::MaxLength(length) => format!("at most {length} characters"),
        Constraint::Pattern(pattern) => format!("matches {pattern}"),
        Constraint::Minimum(bound) => format!("at least {bound}"),
        Constraint::ExclusiveMinimum(bound) => format!("more than {bound}"),
        Constraint::Maximum(bound) => format!("at most {bound}"),
        Constraint::ExclusiveMaximum(bound) => format!("less than {bound}"),
        Constraint::MultipleOf(step) => format!("a multiple of {step}"),
        Constraint::MinItems(count) => format!("at least {count} items"),
        Constraint::MaxItems(count) => format!("at most {count} items"),
        Constraint::UniqueItems => "unique items".to_owned(),
        Constraint::Items(constraints) => {
            format!("items ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::Item(index, constraints) => {
            format!("item {index} ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::ItemsFrom(first, constraints) => {
            format!("items from {first} ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::MinProperties(count) => format!("at least {count} properties"),
        Constraint::NoProperties => "no properties".to_owned(),
        Constraint::MaxProperties(count) => format!("at most {count} properties"),
        Constraint::AdditionalProperties(constraints) => {
            format!("values ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::PropertyNames(_, constraints) => {
            format!("names ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::PropertiesMatching(pattern, constraints) => {
            format!("values of {pattern} ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
        Constraint::Requires(property, required) => format!("{property} requires {}", required.join(", ")),
        Constraint::Json(constraints) => {
            format!("JSON ({})", constraints.iter().map(constraint_text).collect::<Vec<_>>().join(", "))
        }
    }
}
