//! Names types, their modules and their members.

use super::scope::NameScope;
use super::{Naming, TypeName, case, file, first_free, model_modules, reserved, type_lines};
use crate::file_names::fold_case;
use crate::ir::{Shape, TypeDef, TypeId};
use crate::source::{FILE_KEY_PREFIX, Pointer};

impl Naming<'_> {
    /// Returns all names of all types.
    pub(super) fn type_names(&mut self) -> Vec<TypeName> {
        let idents = self.type_idents();
        let modules = self.type_modules(&idents);
        let types = self.api.types.iter().zip(idents.into_iter().zip(modules));
        types
            .map(|((id, _), (ident, (module, is_module_owner)))| self.type_name(id, ident, module, is_module_owner))
            .collect()
    }

    /// Returns the module of each type, and whether the module has the name of the type.
    fn type_modules(&mut self, idents: &[String]) -> Vec<(String, bool)> {
        let grouping = model_modules::module_owners(self.api, self.analysis);
        let (mut modules, mut lines) = (Vec::new(), Vec::new());
        for ((id, def), ident) in self.api.types.iter().zip(idents) {
            let is_used = self.analysis.facts(id).is_used;
            let owner = grouping.owners[id.index()];
            modules.push(if is_used { self.model_module(def, ident, owner) } else { String::new() });
            lines.push(if is_used { type_lines::estimate(self.api, self.analysis, id) } else { 0 });
        }
        let separate_modules: Vec<String> =
            self.api.types.iter().zip(idents).map(|((_, def), ident)| separate_module(def, ident)).collect();
        let is_moved = grouping.split(&mut modules, &lines, &separate_modules);
        let ids = self.api.types.iter().map(|(id, _)| id);
        let mut module_owner_flags =
            ids.zip(is_moved).map(|(id, is_moved)| is_moved || grouping.owners[id.index()] == id);
        let shared_modules = modules.into_iter().map(|module| self.shared_module(module));
        shared_modules.map(|module| (module, module_owner_flags.next().unwrap_or_default())).collect()
    }

    /// Returns the Rust names of all types, without modules and members.
    ///
    /// Component schemas claim their names first, then other types with a single name in the document, and then types
    /// that get their names from their locations. If the name of a type is taken, the type gets a longer name, with its
    /// kind or with a larger part of its location.
    fn type_idents(&mut self) -> Vec<String> {
        let mut ranks: [Vec<TypeId>; 3] = Default::default();
        for (id, def) in self.api.types.iter().filter(|(id, _)| self.analysis.facts(*id).is_used) {
            let rank = match def.name.len() {
                1 if def.origin.component("schemas").is_some() => 0,
                1 => 1,
                _ => 2,
            };
            ranks[rank].push(id);
        }
        let api = self.api;
        let mut idents = vec![String::new(); api.types.len()];
        self.with_type_scope(|naming, type_scope| {
            for (rank, ids) in ranks.iter().enumerate() {
                let defs: Vec<&TypeDef> = ids.iter().map(|id| &api.types[*id]).collect();
                let wires: Vec<String> = defs.iter().map(|def| naming.type_wire(def)).collect();
                let origins: Vec<&Pointer> = defs.iter().map(|def| &def.origin).collect();
                let claimed = match rank {
                    0 => type_scope.claim_wires(&wires, &origins, case::type_name),
                    _ => type_scope.claim_all(&origins, |index, attempt| {
                        let name = naming.candidate(defs[index], &wires[index], attempt)?;
                        Some(case::type_name(&name))
                    }),
                };
                for (index, ident) in claimed.into_iter().enumerate() {
                    idents[ids[index].index()] =
                        ident.unwrap_or_else(|ident| naming.claim(type_scope, ident, &wires[index], origins[index]));
                }
            }
        });
        idents
    }

    /// Returns the name of a type before its conversion to a Rust name: the configured name, or the name in the
    /// document.
    fn type_wire(&self, def: &TypeDef) -> String {
        match (self.configured_name(&def.origin, ""), def.is_request_type) {
            ("", _) => def.name.join(" "),
            (configured, true) => format!("{configured} input"),
            (configured, false) => configured.to_owned(),
        }
    }

    /// Returns the name that a type tries to claim after `attempt` failed attempts.
    fn candidate(&self, def: &TypeDef, wire: &str, attempt: usize) -> Option<String> {
        Some(match attempt {
            0 => wire.to_owned(),
            1 => format!("{wire} {}", kind_word(&def.shape)),
            2 => def.name.iter().map(|word| case::spell_punctuation(word) + " ").collect(),
            // Only the words after the first word are spelled out. The first word is the name of a component or
            // operation, which is already distinct.
            3 | 4 => match def.name.as_slice() {
                [first, below @ ..] if self.configured_name(&def.origin, "").is_empty() && !below.is_empty() => {
                    let below = below.iter().map(|word| case::spelling(word, attempt));
                    [Some(first.clone())].into_iter().chain(below).collect::<Option<Vec<_>>>()?.join(" ")
                }
                _ => case::spelling(wire, attempt)?,
            },
            5 => format!("{} {wire}", location_words(&def.origin)),
            6 => def.origin.keys().map(|key| case::spell_code_points(&key) + " ").collect(),
            _ => return None,
        })
    }

    /// Returns all names of a type. `ident` is the name of the type, and `module` is its module.
    fn type_name(&mut self, id: TypeId, ident: String, module: String, is_module_owner: bool) -> TypeName {
        let def = &self.api.types[id];
        if !self.analysis.facts(id).is_used {
            return TypeName::default();
        }
        let mut scope = NameScope::default();
        let mut members = Vec::new();
        let (mut unknown, mut additional) = (String::new(), String::new());
        match &def.shape {
            Shape::Record(record) => {
                let fields = record.fields.iter().map(|field| (field.wire.as_str(), &field.origin));
                let field_name = |wire: &str| case::escape(case::value_name(wire), reserved::is_reserved_field);
                members = self.member_names(&mut scope, fields, field_name);
                if record.additional.is_some() {
                    let candidates = ["additional_properties", "other_properties", "unnamed_properties"];
                    additional = first_free(&scope, &candidates);
                }
            }
            Shape::StringEnum(variants) => {
                let variants = variants.iter().map(|variant| (variant.wire.as_str(), &variant.origin));
                members = self.member_names(&mut scope, variants, case::variant_name);
            }
            Shape::ValueEnum(values) => {
                let values = values.values.iter().map(|literal| (literal.name.as_str(), &literal.origin));
                members = self.member_names(&mut scope, values, case::variant_name);
            }
            Shape::Union(union) => {
                let variants = union.variants.iter().map(|variant| (variant.name.as_str(), &variant.origin));
                members = self.member_names(&mut scope, variants, case::variant_name);
            }
            Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => {}
        }
        if matches!(def.shape, Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Union(_)) && !def.is_closed {
            // If a documented value is already called `Unknown`, the variant for unknown values gets another name.
            unknown = first_free(&scope, &["Unknown", "Other", "Unlisted"]);
        }
        TypeName { ident, module, is_module_owner, members, unknown, additional }
    }

    /// Returns the module of a type.
    fn model_module(&mut self, def: &TypeDef, ident: &str, module_owner: TypeId) -> String {
        let module = match (&def.shape, def.name.len()) {
            (Shape::Newtype(_) | Shape::Alias(_), 1) => "newtypes".to_owned(),
            _ => module_name(self.api.types[module_owner].name.first().map_or("", String::as_str)),
        };
        self.shared_module(module_file(&module, ident))
    }

    /// Returns `module`, or the first module that differs from it only in upper and lower case. File systems may not
    /// distinguish two such files.
    fn shared_module(&mut self, module: String) -> String {
        self.model_modules.entry(fold_case(&module)).or_insert(module).clone()
    }
}

/// Returns the module of a type that does not fit into the module of its parent.
fn separate_module(def: &TypeDef, ident: &str) -> String {
    module_file(&module_name(&def.name.join(" ")), ident)
}

/// Returns the name of a module from a name of the document.
fn module_name(wire: &str) -> String {
    let spellings = (0..).map_while(|level| case::spelling(wire, level));
    let mut modules = spellings.map(|spelling| case::value_name(&spelling));
    match modules.find(|module| !module.is_empty()).unwrap_or_default() {
        module if module == "newtypes" => "newtypes_".to_owned(),
        module => module,
    }
}

/// Returns a valid name for a module that contains the type `ident`.
fn module_file(module: &str, ident: &str) -> String {
    // In a script without upper and lower case, such as Japanese, the module would have the same name as the type.
    let module = if module == ident { format!("{module}_") } else { module.to_owned() };
    file::module_names(&module).next().unwrap_or_else(|| module.clone())
}

/// Returns the word for a kind of type. It is added to a name that is already taken.
fn kind_word(shape: &Shape) -> &'static str {
    match shape {
        Shape::Record(_) => "object",
        Shape::StringEnum(_) | Shape::ValueEnum(_) => "value",
        Shape::Union(_) => "choice",
        Shape::Newtype(_) => "text",
        Shape::Wrapper(_) | Shape::Alias(_) => "type",
    }
}

/// Returns the words of a location, without the keywords of OpenAPI.
fn location_words(origin: &Pointer) -> String {
    let is_keyword = |key: &String| STRUCTURAL_KEYWORDS.contains(&key.as_str());
    let word = |key: String| match key.strip_prefix(FILE_KEY_PREFIX) {
        Some(file) => file.split('.').next().unwrap_or_default().to_owned(),
        None => key,
    };
    let words: Vec<String> = origin.keys().filter(|key| !is_keyword(key)).map(word).collect();
    words.join(" ")
}

/// The keywords that are left out of a name that contains a location.
const STRUCTURAL_KEYWORDS: &[&str] =
    &["components", "schemas", "paths", "properties", "schema", "content", "$defs", "definitions", "items"];
