//! The example in the documentation of an operation: a call that compiles, with the example values of the document.

use serde_json::Value;

use crate::emit::Context;
use crate::ir::{
    Layout, Level, Media, Operation, OperationId, Param, ParamLocation, ResourceId, ResponseBody, Role, Shape, Style,
    TypeRef,
};
use crate::naming::case::value_name;

/// A call of an operation in an example.
pub struct Call {
    /// The names and types of the parameters of the example function. A value that would take many lines to build is
    /// such a parameter.
    pub parameters: Vec<(String, String)>,
    /// The lines of code.
    pub lines: Vec<String>,
}

impl Call {
    /// Returns the head of the example function, which rendered documentation hides.
    pub fn head(&self, krate: &str) -> String {
        let parameters: String = self.parameters.iter().map(|(name, ty)| format!(", {name}: {ty}")).collect();
        format!("# async fn example(client: {krate}::Client{parameters}) -> {krate}::Result<()> {{")
    }
}

impl Context<'_> {
    /// Returns the code block of the example.
    pub fn example(&self, id: OperationId) -> Vec<String> {
        let operation = &self.api.operations[id];
        match operation.response_body() {
            ResponseBody::Stream(..) if !operation.response_is_optional() => {
                self.stream_example(id, &self.names.operation(id).method)
            }
            _ => self.code_block(self.call(id)),
        }
    }

    /// Returns the code block of an example that reads the stream that a method requests.
    pub fn stream_example(&self, id: OperationId, method: &str) -> Vec<String> {
        let (call, parameters) = self.method_call(id, method);
        let lines = [
            &format!("let mut values = {call}.await?;"),
            "while let Some(value) = values.try_next().await? {",
            "    println!(\"{value:?}\");",
            "}",
        ];
        self.code_block(Call { parameters, lines: lines.map(str::to_owned).to_vec() })
    }

    fn code_block(&self, call: Call) -> Vec<String> {
        let mut lines = vec!["```no_run".to_owned(), call.head(&self.crate_ident())];
        lines.extend(call.lines);
        lines.extend(["# Ok(()) }", "```"].map(str::to_owned));
        lines
    }

    /// Returns the call of an operation.
    pub fn call(&self, id: OperationId) -> Call {
        let operation = &self.api.operations[id];
        let (call, parameters) = self.method_call(id, &self.names.operation(id).method);
        let setter = self.example_setter(id).map(|setter| format!("\n    {setter}\n    ")).unwrap_or_default();
        let lines = self.call_lines(operation, &(call + &setter));
        let lines = lines.iter().flat_map(|line| line.split('\n')).map(str::to_owned).collect();
        Call { parameters, lines }
    }

    /// Returns the call of a method of an operation, and the parameters of the example function.
    fn method_call(&self, id: OperationId, method: &str) -> (String, Vec<(String, String)>) {
        let mut parameters = Vec::new();
        let (resource_id, level) = self.api.client_resource(id);
        let handle_calls = self.handle_calls(resource_id, level, &mut parameters);
        let required: Vec<_> = self.required_arguments(id).collect();
        let arguments: Vec<String> =
            required.into_iter().map(|(param, name)| self.argument_literal(param, name, &mut parameters)).collect();
        (format!("client{handle_calls}.{method}({})", arguments.join(", ")), parameters)
    }

    /// Returns the call of a setter for a create or update request. Returns `None` if the request has a body without
    /// the call, or if no optional form field has an example.
    fn example_setter(&self, id: OperationId) -> Option<String> {
        let operation = &self.api.operations[id];
        let sends_changes = matches!(operation.role, Role::Create | Role::Update);
        if !sends_changes || self.required_arguments(id).any(|(param, _)| param.location != ParamLocation::Path) {
            return None;
        }
        let is_simple = |param: &Param| match self.resolved(&param.ty) {
            TypeRef::String | TypeRef::Bool => true,
            TypeRef::Named(id) => matches!(self.api.types[*id].shape, Shape::StringEnum(_)),
            _ => false,
        };
        let mut fields = self.request_arguments(id).filter(|(param, _)| {
            param.location == ParamLocation::Form && param.style == Style::Plain && !param.nullable && !param.deprecated
        });
        let (param, name) =
            fields.find(|(param, _)| !param.is_required_argument() && param.example.is_some() && is_simple(param))?;
        Some(format!(".{name}({})", self.literal(&param.ty, param.example.as_ref())))
    }

    /// Returns the lines of code that send a request and use its response.
    fn call_lines(&self, operation: &Operation, call: &str) -> Vec<String> {
        if let Some(paging) = &operation.paging {
            let item = self.variable_name(operation, &paging.item);
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
                let name = self.variable_name(operation, ty);
                vec![format!("let {name} = {call}.await?;")]
            }
            ResponseBody::Text | ResponseBody::Binary | ResponseBody::Stream(..) | ResponseBody::ByStatus(_) => {
                vec![format!("let response = {call}.await?;")]
            }
        }
    }

    /// Returns the name of the variable for a response.
    fn variable_name(&self, operation: &Operation, ty: &TypeRef) -> String {
        let model = self.api.resources[operation.resource].model;
        match (ty, &self.api.layout) {
            (TypeRef::Named(id), Layout::Tree) if Some(*id) == model => {
                self.names.resource(operation.resource).instance_value.clone()
            }
            (TypeRef::Named(id), Layout::Groups { .. }) if Some(*id) == model => {
                // A type without a name in the document is called `…Response`. `response` is then the clearer name for
                // the variable.
                let name = value_name(&self.names.ty(*id).ident);
                if name.contains("_response") { "response".to_owned() } else { name }
            }
            _ => "response".to_owned(),
        }
    }

    /// Returns the method calls that lead from the client to a handle.
    fn handle_calls(&self, id: ResourceId, level: Level, parameters: &mut Vec<(String, String)>) -> String {
        let resource = &self.api.client_resources()[id];
        let name = self.names.resource(id);
        let parent_calls =
            resource.parent.map_or(String::new(), |(parent, level)| self.handle_calls(parent, level, parameters));
        match (&resource.key, level) {
            (Some(key), Level::Instance) => {
                let value = match &key.ty {
                    ty if self.is_constant(ty, None) => String::new(),
                    ty if key.style != Style::Plain => {
                        self.structured_literal(ty, key.example.as_ref(), &value_name(&key.wire), parameters)
                    }
                    ty => self.path_literal(ty, key.example.as_ref()),
                };
                format!("{parent_calls}.{}({value})", name.instance_method)
            }
            _ if resource.parent.is_none() => parent_calls,
            _ => format!("{parent_calls}.{}()", name.collection_method),
        }
    }

    /// Returns an argument of a call. An object becomes a parameter of the example function.
    fn argument_literal(&self, param: &Param, name: &str, parameters: &mut Vec<(String, String)>) -> String {
        let is_structured = param.style != Style::Plain || param.location == ParamLocation::Body(Media::Json);
        match &param.ty {
            TypeRef::Array(_) if param.is_upload() => "vec![\"…\".into()]".to_owned(),
            _ if param.is_upload() => "\"…\"".to_owned(),
            _ if param.location == ParamLocation::Body(Media::Lines) => {
                let value = match &param.ty {
                    TypeRef::Json => "serde_json::json!({})".to_owned(),
                    ty => self.structured_literal(ty, None, name, parameters),
                };
                format!("vec![{value}]")
            }
            TypeRef::Json if matches!(param.location, ParamLocation::Body(_)) => "serde_json::json!({})".to_owned(),
            ty if is_structured => self.structured_literal(ty, param.example.as_ref(), name, parameters),
            ty if param.location == ParamLocation::Path => self.path_literal(ty, param.example.as_ref()),
            ty => self.literal(ty, param.example.as_ref()),
        }
    }

    /// Returns a path argument. The value of a newtype is written as a string, which the method converts.
    fn path_literal(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        match self.resolved(ty) {
            TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Newtype(_)) => {
                let example = example.or(self.api.types[*id].example.as_ref());
                format!("{:?}", example.and_then(Value::as_str).unwrap_or("…"))
            }
            _ => self.literal(ty, example),
        }
    }

    /// Returns an argument of a structured type. The value of a named type becomes a parameter of the example function.
    fn structured_literal(
        &self,
        ty: &TypeRef,
        example: Option<&Value>,
        name: &str,
        parameters: &mut Vec<(String, String)>,
    ) -> String {
        match ty {
            TypeRef::Named(id) => {
                parameters
                    .push((name.to_owned(), format!("{}::models::{}", self.crate_ident(), self.names.ty(*id).ident)));
                name.to_owned()
            }
            TypeRef::Json => "\"…\"".to_owned(),
            TypeRef::Custom(path) => {
                parameters.push((name.to_owned(), path.clone()));
                name.to_owned()
            }
            TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Nullable(_) => {
                "Default::default()".to_owned()
            }
            ty => self.literal(ty, example),
        }
    }

    /// Returns an argument that is a scalar or an array of scalars.
    fn literal(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        match self.resolved(ty) {
            TypeRef::Array(item) => match (example, item.as_ref()) {
                (Some(Value::Array(items)), item) => {
                    let items: Vec<_> = items.iter().map(|value| self.scalar_literal(item, Some(value))).collect();
                    format!("[{}]", items.join(", "))
                }
                (_, item) => format!("[{}]", self.scalar_literal(item, None)),
            },
            ty => self.scalar_literal(ty, example),
        }
    }

    /// Returns a value of an enum or newtype.
    fn named_type_literal(&self, ty: &TypeRef, example: Option<&Value>) -> String {
        let TypeRef::Named(id) = self.resolved(ty) else { return self.scalar_literal(ty, example) };
        let path = format!("{}::models::{}", self.crate_ident(), self.names.ty(*id).ident);
        match &self.api.types[*id].shape {
            Shape::StringEnum(variants) if !variants.is_empty() => {
                let index = variants.iter().position(|variant| example.and_then(Value::as_str) == Some(&variant.wire));
                format!("{path}::{}", self.names.ty(*id).members[index.unwrap_or_default()])
            }
            Shape::StringEnum(_) => format!("{path}::from(\"…\")"),
            Shape::ValueEnum(_) => {
                format!("{path}::{}", self.names.ty(*id).members.first().unwrap_or(&self.names.ty(*id).unknown))
            }
            _ => format!("{path}::new({:?})?", example.and_then(Value::as_str).unwrap_or("…")),
        }
    }

    /// Returns a scalar value.
    fn scalar_literal(&self, ty: &TypeRef, example: Option<&Value>) -> String {
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
            (TypeRef::Named(_), example) => self.named_type_literal(ty, example),
            (_, example) => format!("{:?}", example.and_then(Value::as_str).unwrap_or("…")),
        }
    }
}
