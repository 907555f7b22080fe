//! The example in the documentation of an operation: a call that compiles, with values that the document gives.

use serde_json::Value;

use crate::emit::Context;
use crate::ir::{
    Layout, Media, Operation, OperationId, Param, ParamLocation, ResourceId, ResponseBody, Role, Shape, Side, Style,
    TypeRef,
};
use crate::naming::case::value_name;

/// A call as a program would make it, with what it needs.
pub struct Call {
    /// The identifiers that it is about, by name and type: they are given, as to a function.
    pub given: Vec<(String, String)>,
    /// The lines of code, from `client` on.
    pub lines: Vec<String>,
}

impl Call {
    /// The head of a function that the lines can stand in, hidden in rendered documentation.
    pub fn head(&self, krate: &str) -> String {
        let given: String = self.given.iter().map(|(name, ty)| format!(", {name}: {krate}::models::{ty}")).collect();
        format!("# async fn example(client: {krate}::Client{given}) -> {krate}::Result<()> {{")
    }
}

impl Context<'_> {
    /// The lines of the example's code block.
    pub fn example(&self, id: OperationId) -> Vec<String> {
        let call = self.call(id);
        let mut lines = vec!["```no_run".to_owned(), call.head(&self.crate_ident())];
        lines.extend(call.lines);
        lines.extend(["# Ok(()) }", "```"].map(str::to_owned));
        lines
    }

    /// The call of an operation from `client` on.
    pub fn call(&self, id: OperationId) -> Call {
        let operation = &self.api.operations[id];
        let mut given = Vec::new();
        let (place, side) = self.api.client_resource(id);
        let chain = self.chain(place, side, &mut given);
        let required: Vec<_> = self.required(id).collect();
        let arguments: Vec<String> =
            required.into_iter().map(|(param, name)| self.argued(param, name, &mut given)).collect();
        let call = format!("client{chain}.{}({})", self.names.operation(id).method, arguments.join(", "));
        let setter = self.shown_setter(id).map(|setter| format!("\n    {setter}\n    ")).unwrap_or_default();
        let lines = self.used(operation, &(call + &setter));
        let lines = lines.iter().flat_map(|line| line.split('\n')).map(str::to_owned).collect();
        Call { given, lines }
    }

    /// Returns the call of a setter for a request whose body would be empty without it.
    fn shown_setter(&self, id: OperationId) -> Option<String> {
        let operation = &self.api.operations[id];
        let changes = matches!(operation.role, Role::Create | Role::Update);
        if !changes || self.required(id).any(|(param, _)| param.location != ParamLocation::Path) {
            return None;
        }
        let is_simple = |param: &Param| match self.resolved(&param.ty) {
            TypeRef::String | TypeRef::Bool => true,
            TypeRef::Named(id) => matches!(self.api.types[*id].shape, Shape::StringEnum(_)),
            _ => false,
        };
        let mut fields = self.given(id).filter(|(param, _)| {
            param.location == ParamLocation::Form && param.style == Style::Plain && !param.nullable && !param.deprecated
        });
        let (param, name) = fields.find(|(param, _)| !param.required && param.example.is_some() && is_simple(param))?;
        Some(format!(".{name}({})", self.literal(&param.ty, param.example.as_ref())))
    }

    fn used(&self, operation: &Operation, call: &str) -> Vec<String> {
        if let Some(paging) = &operation.paging {
            let item = self.one(operation, &paging.item);
            return vec![
                format!("let mut all = {call}.limit(100).stream();"),
                format!("while let Some({item}) = all.try_next().await? {{"),
                format!("    println!(\"{{{item}:?}}\");"),
                "}".to_owned(),
            ];
        }
        match operation.response_body() {
            ResponseBody::Empty => vec![format!("{call}.await?;")],
            ResponseBody::Json(ty) => {
                let one = self.one(operation, ty);
                vec![format!("let {one} = {call}.await?;")]
            }
            ResponseBody::Text | ResponseBody::Binary | ResponseBody::Stream(..) | ResponseBody::ByStatus(_) => {
                vec![format!("let response = {call}.await?;")]
            }
        }
    }

    /// What a value is called in an example: like an instance of the resource if it is one.
    fn one(&self, operation: &Operation, ty: &TypeRef) -> String {
        let model = self.api.resources[operation.resource].model;
        match (ty, &self.api.layout) {
            (TypeRef::Named(id), Layout::Tree) if Some(*id) == model => {
                self.names.resource(operation.resource).instance_value.clone()
            }
            (TypeRef::Named(id), Layout::Groups { .. }) if Some(*id) == model => {
                // What has no name of its own is called after its operation.
                let name = value_name(&self.names.ty(*id).ident);
                if name.contains("_response") { "response".to_owned() } else { name }
            }
            _ => "response".to_owned(),
        }
    }

    /// The calls that lead from the client to a handle.
    fn chain(&self, id: ResourceId, side: Side, given: &mut Vec<(String, String)>) -> String {
        let resource = &self.api.client_resources()[id];
        let name = self.names.resource(id);
        let above = resource.parent.map_or(String::new(), |(parent, side)| self.chain(parent, side, given));
        match (&resource.key, side) {
            (Some(key), Side::Instance) => {
                let value = match &key.ty {
                    ty if self.is_constant(ty, None) => String::new(),
                    ty if key.style != Style::Plain => {
                        self.whole_value(ty, key.example.as_ref(), &value_name(&key.wire), given)
                    }
                    ty => self.path_value(ty, key.example.as_ref()),
                };
                format!("{above}.{}({value})", name.instance_method)
            }
            _ if resource.parent.is_none() => above,
            _ => format!("{above}.{}()", name.collection_method),
        }
    }

    /// An argument of a call; a value that takes lines to make is given.
    fn argued(&self, param: &Param, name: &str, given: &mut Vec<(String, String)>) -> String {
        let json = param.style != Style::Plain || param.location == ParamLocation::Body(Media::Json);
        match &param.ty {
            TypeRef::Array(_) if param.is_upload() => "vec![\"…\".into()]".to_owned(),
            _ if param.is_upload() => "\"…\"".to_owned(),
            TypeRef::Json if matches!(param.location, ParamLocation::Body(_)) => "serde_json::json!({})".to_owned(),
            ty if json => self.whole_value(ty, param.example.as_ref(), name, given),
            ty if param.location == ParamLocation::Path => self.path_value(ty, param.example.as_ref()),
            ty => self.literal(ty, param.example.as_ref()),
        }
    }

    /// A value in the path. Types with rules of their own are taken as strings.
    fn path_value(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        match self.resolved(ty) {
            TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Newtype(_)) => {
                let example = example.or(self.api.types[*id].example.as_ref());
                format!("{:?}", example.and_then(Value::as_str).unwrap_or("…"))
            }
            _ => self.literal(ty, example),
        }
    }

    /// An argument that is taken as what it is, and not as texts.
    fn whole_value(
        &self,
        ty: &TypeRef,
        example: Option<&Value>,
        name: &str,
        given: &mut Vec<(String, String)>,
    ) -> String {
        match ty {
            TypeRef::Named(id) => {
                given.push((name.to_owned(), self.names.ty(*id).ident.clone()));
                name.to_owned()
            }
            TypeRef::Json => "\"…\"".to_owned(),
            TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Nullable(_) | TypeRef::Custom(_) => {
                "Default::default()".to_owned()
            }
            ty => self.literal(ty, example),
        }
    }

    fn literal(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        match self.resolved(ty) {
            TypeRef::Array(item) => match (example, item.as_ref()) {
                (Some(Value::Array(items)), item) => {
                    let items: Vec<_> = items.iter().map(|value| self.plain(item, Some(value))).collect();
                    format!("[{}]", items.join(", "))
                }
                (_, item) => format!("[{}]", self.plain(item, None)),
            },
            ty => self.plain(ty, example),
        }
    }

    /// A value of a named type.
    fn checked(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        let TypeRef::Named(id) = self.resolved(ty) else { return self.plain(ty, example) };
        let path = format!("{}::models::{}", self.crate_ident(), self.names.ty(*id).ident);
        match &self.api.types[*id].shape {
            Shape::StringEnum(variants) if !variants.is_empty() => {
                let listed = variants.iter().position(|variant| example.and_then(Value::as_str) == Some(&variant.wire));
                format!("{path}::{}", self.names.ty(*id).parts[listed.unwrap_or_default()])
            }
            Shape::StringEnum(_) => format!("{path}::from(\"…\")"),
            Shape::ValueEnum(_) => {
                format!("{path}::{}", self.names.ty(*id).parts.first().unwrap_or(&self.names.ty(*id).unknown))
            }
            _ => format!("{path}::new({:?})?", example.and_then(Value::as_str).unwrap_or("…")),
        }
    }

    fn plain(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        match (self.resolved(ty), example) {
            (TypeRef::Bool, example) => example.and_then(Value::as_bool).unwrap_or(true).to_string(),
            (TypeRef::Int(_) | TypeRef::Unsigned(_), example) => {
                example.and_then(Value::as_i64).unwrap_or(1).to_string()
            }
            (TypeRef::BigNumber, example) => format!(
                "{}::runtime::BigNumber::from({})",
                self.crate_ident(),
                example.and_then(Value::as_i64).unwrap_or(1)
            ),
            (TypeRef::Float(_), example) => format!("{:?}", example.and_then(Value::as_f64).unwrap_or(1.0)),
            (TypeRef::DateTime, example) => {
                format!(
                    "{:?}.parse().expect(\"a date-time\")",
                    example.and_then(Value::as_str).unwrap_or("2030-01-01T00:00:00Z")
                )
            }
            (TypeRef::Date, example) => {
                format!("{:?}.parse().expect(\"a date\")", example.and_then(Value::as_str).unwrap_or("2030-01-01"))
            }
            (TypeRef::Bytes | TypeRef::UrlBytes, _) => "vec![1, 2, 3]".to_owned(),
            (TypeRef::Named(_), example) => self.checked(ty, example),
            (_, example) => format!("{:?}", example.and_then(Value::as_str).unwrap_or("…")),
        }
    }
}
