//! How answers are read: the types of the runtime that do it, and those for answers that differ by status.

use crate::emit::docs::{code, either};
use crate::emit::imports::Imports;
use crate::emit::{Context, Item};
use crate::ir::{Answer, Framing, OperationId, STREAM_FLAG, Status, StreamFlag, TypeRef};

impl Context<'_> {
    /// What reads the answer of an operation, and the type that this gives.
    pub fn reading(&self, id: OperationId, imports: &mut Imports) -> (String, String) {
        let operation = &self.api.operations[id];
        let (decode, value) = match operation.answer() {
            Answer::Several(_) => {
                let name = &self.names.operation(id).answer;
                (name.clone(), name.clone())
            }
            answer => self.read(&answer, imports),
        };
        match operation.may_be_empty() {
            true => {
                imports.add("crate::runtime", "Optional");
                (format!("Optional<{decode}>"), format!("Option<{value}>"))
            }
            false => (decode, value),
        }
    }

    /// The type of an answer that differs by status, and the methods to ask for other media types.
    pub fn readings(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let mut items = Vec::new();
        if let Answer::Several(answers) = operation.answer() {
            let streams = |answer: &Answer<'_>| matches!(answer, Answer::Binary | Answer::Stream(..));
            let mut lines = vec!["answers! {".to_owned()];
            // What comes piece by piece comes once.
            if !answers.iter().any(|(_, answer)| streams(answer)) {
                lines.push("    #[derive(Clone)]".to_owned());
            }
            lines.push(format!("    {} {{", name.answer));
            for (status, answer) in &answers {
                let (pattern, variant) = of_status(*status);
                lines.push(match answer {
                    Answer::Nothing => format!("        {pattern} => {variant},"),
                    answer => {
                        let (decode, value) = self.read(answer, imports);
                        format!("        {pattern} => {variant}({decode} => {value}),")
                    }
                });
            }
            lines.extend(["    }", "}"].map(str::to_owned));
            items.push(Item::Macro(lines));
        }
        for (other, method) in operation.alternatives().zip(&name.alternatives) {
            let (mut decode, _) = self.read(&other.answer(), imports);
            if operation.has_empty() {
                imports.add("crate::runtime", "Optional");
                decode = format!("Optional<{decode}>");
            }
            let accept = other.media_types.join(", ");
            let streams = matches!(other.answer(), Answer::Stream(..));
            let flag = match self.api.stream_flag(operation).filter(|_| streams) {
                Some(StreamFlag::Form) => format!(", form {STREAM_FLAG:?}"),
                Some(StreamFlag::Json(media_type)) => format!(", json {media_type:?} {STREAM_FLAG:?}"),
                None => String::new(),
            };
            let line = format!("also!({}::{method} => {decode}, {accept:?}{flag});", name.request);
            items.push(Item::Macro(match line.len() <= 120 {
                true => vec![line],
                false => {
                    let head = format!("    {}::{method} => {decode}, {accept:?}{flag}", name.request);
                    vec!["also!(".to_owned(), head, ");".to_owned()]
                }
            }));
        }
        items
    }

    /// What reads an answer, and the type that this gives.
    fn read(&self, answer: &Answer<'_>, imports: &mut Imports) -> (String, String) {
        let mut simple = |name: &str, value: &str| {
            imports.add("crate::runtime", name);
            (name.to_owned(), value.to_owned())
        };
        match answer {
            Answer::Nothing | Answer::Several(_) => simple("Nothing", "()"),
            Answer::Text => simple("Text", "String"),
            Answer::Json(ty) => {
                let ((name, _), text) = (simple("Json", ""), self.text(ty, imports));
                (format!("{name}<{text}>"), text)
            }
            // These names are also those of many a schema.
            Answer::Binary => (path("Streamed"), path("Download")),
            Answer::Stream(Framing::Events, ty) => {
                let values = |text: &str| format!("{}<{}<{text}>>", path("Values"), path("Event"));
                match self.resolved(ty) {
                    // What reads them does not name the type, so that nothing is imported for it.
                    TypeRef::Text | TypeRef::Uri | TypeRef::Uuid => (path("TextEvents"), values("String")),
                    _ => {
                        let text = self.text(ty, imports);
                        (format!("{}<{text}>", path("Events")), values(&text))
                    }
                }
            }
            Answer::Stream(Framing::Envelopes, ty) => {
                let (reader, text) = match self.api.has_text_data(ty) {
                    true => ("TextEnvelopes", self.text(ty, imports)),
                    false => ("Envelopes", self.text(ty, imports)),
                };
                (format!("{}<{text}>", path(reader)), format!("{}<{text}>", path("Values")))
            }
            Answer::Stream(Framing::Lines, ty) => match self.resolved(ty) {
                TypeRef::Text | TypeRef::Uri | TypeRef::Uuid => {
                    (path("TextLines"), format!("{}<String>", path("Values")))
                }
                _ => {
                    let text = self.text(ty, imports);
                    (format!("{}<{text}>", path("Lines")), format!("{}<{text}>", path("Values")))
                }
            },
        }
    }

    /// The types of the errors of an operation that the document describes, each with the statuses that it is for.
    pub fn error_types(&self, id: OperationId) -> Vec<String> {
        let mut types: Vec<(&str, Vec<String>)> = Vec::new();
        for (status, ty) in self.api.errors(&self.api.operations[id]) {
            let TypeRef::Named(ty) = ty else { continue };
            let ident = self.names.ty(*ty).ident.as_str();
            let status = match status {
                Status::Code(status) => code(&status.to_string()),
                Status::Range(class) => code(&format!("{class}XX")),
                Status::Default => "any other status".to_owned(),
            };
            match types.iter_mut().find(|(known, _)| *known == ident) {
                Some((_, statuses)) => statuses.push(status),
                None => types.push((ident, vec![status])),
            }
        }
        let one = |(ident, statuses): (&str, Vec<String>)| {
            format!("{} as [`models::{ident}`](crate::models::{ident})", either(statuses.into_iter()))
        };
        types.into_iter().map(one).collect()
    }
}

fn path(name: &str) -> String {
    format!("crate::runtime::{name}")
}

/// The pattern that a status matches, and what it is called.
fn of_status(status: Status) -> (String, String) {
    let name = match status {
        Status::Code(200) => "Ok",
        Status::Code(201) => "Created",
        Status::Code(202) => "Accepted",
        Status::Code(203) => "NonAuthoritativeInformation",
        Status::Code(204) => "NoContent",
        Status::Code(205) => "ResetContent",
        Status::Code(206) => "PartialContent",
        Status::Code(207) => "MultiStatus",
        Status::Code(208) => "AlreadyReported",
        Status::Code(226) => "ImUsed",
        Status::Code(301) => "MovedPermanently",
        Status::Code(302) => "Found",
        Status::Code(303) => "SeeOther",
        Status::Code(304) => "NotModified",
        Status::Code(307) => "TemporaryRedirect",
        Status::Code(308) => "PermanentRedirect",
        Status::Code(code) => return (code.to_string(), format!("Status{code}")),
        Status::Range(3) => return ("300..=399".to_owned(), "Redirect".to_owned()),
        Status::Range(_) | Status::Default => return ("200..=299".to_owned(), "Success".to_owned()),
    };
    let Status::Code(code) = status else { return (String::new(), name.to_owned()) };
    (code.to_string(), name.to_owned())
}
