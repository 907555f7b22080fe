//! Generates random requests from a document. Many of the requests are invalid.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery::ir::{Api, Constraint, Operation, Param, ParamLocation, Role, Segment, Shape, TypeRef};
use bindery_mock::Request;
use serde_json::{Map, Value};

/// Strings that often cause errors in programs.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "null",
    "true",
    "{}",
    "[]",
    "NaN",
    "1e400",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "../..",
    "..",
    ".",
    "/",
    "\u{0}",
    "\u{feff}",
    "\u{202e}x",
    "😀",
    "a\r\nb",
    "<script>",
    "' or 1=1 --",
    "%00",
    "%",
    "${x}",
    "2026-02-30",
    "2026-01-31T25:00:00Z",
    "{\"a\":",
    "{\"a\":{\"a\":[1e999]}}",
];

/// Path segments with unusual percent-encoding.
const ENCODED: &[&str] = &[
    "%2F",
    "%2f..%2f",
    "%00",
    "%ff",
    "%C3%28",
    "%",
    "%zz",
    "%25",
    "%2",
    "%F0%9F%98%80",
    "a%20b",
    ";a=b",
    "a,b",
    "~",
    "+",
];

/// A generator of random requests. It stores the paths of existing records.
pub struct RequestGenerator<'a> {
    api: &'a Api,
    seed: u64,
    /// The paths of records, by their templates.
    paths: BTreeMap<String, Vec<String>>,
    /// Strings from responses, most of which are identifiers.
    response_strings: Vec<String>,
}

impl<'a> RequestGenerator<'a> {
    pub fn new(api: &'a Api, seed: u64) -> Self {
        Self { api, seed, paths: BTreeMap::new(), response_strings: Vec::new() }
    }

    /// Adds the path of a record. In `path_template`, parameters have no names: `/v1/Services/{}`.
    pub fn add_record(&mut self, path_template: &str, path: &str) {
        self.paths.entry(path_template.to_owned()).or_default().push(path.to_owned());
    }

    /// Adds the records in a response, and removes a deleted record.
    pub fn add_records(&mut self, operation: &Operation, request: &Request, body: Option<&Value>) {
        if operation.role == Role::Delete {
            let is_deleted = |path: &String| *path == request.path || path.starts_with(&format!("{}/", request.path));
            self.paths.values_mut().for_each(|paths| paths.retain(|path| !is_deleted(path)));
        }
        let Some(entries) = body.and_then(Value::as_object) else { return };
        if self.response_strings.len() < 500 {
            self.response_strings.extend(entries.values().filter_map(Value::as_str).map(str::to_owned));
        }
        let items = entries.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        for record in std::iter::once(entries).chain(items.filter(|_| operation.role == Role::List)) {
            self.add_response_record(operation, request, record);
        }
    }

    fn add_response_record(&mut self, operation: &Operation, request: &Request, entries: &Map<String, Value>) {
        let path_template = path_template(&operation.path);
        for (_, instance) in self.api.operations.iter() {
            let Some((Segment::Param(name), collection)) = instance.path.split_last() else { continue };
            if self::path_template(collection) != path_template {
                continue;
            }
            let path_template = self::path_template(&instance.path);
            let plain = |name: &str| name.replace('_', "").to_lowercase();
            let value = (entries.iter().find(|(key, _)| plain(name).ends_with(&plain(key))))
                .or_else(|| entries.iter().find(|(key, _)| key.as_str() == "number"));
            let text = value.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            if let Some(text) = text.filter(|text| !text.contains(['/', '%', ' ', '?', '#'])) {
                let paths = self.paths.entry(path_template).or_default();
                let path = format!("{}/{text}", request.path);
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
    }

    /// Returns the next request.
    pub fn next_request(&mut self) -> Request {
        let operation = self.operation();
        let mut request = Request {
            method: operation.method.as_str().to_owned(),
            path: self.path(operation),
            headers: vec![("host".to_owned(), "mock.example".to_owned())],
            ..Request::default()
        };
        // Avoid errors in 60 % of the requests. Otherwise, too few requests would be executed.
        let is_valid = self.chance(60);
        let mut form = Vec::new();
        for param in &operation.params {
            if param.location == ParamLocation::Path
                || !self.chance(if !param.required {
                    30
                } else if is_valid {
                    100
                } else {
                    93
                })
            {
                continue;
            }
            let times = if matches!(param.ty, TypeRef::Array(_)) { 1 + self.below(3) } else { 1 };
            for _ in 0..times {
                let value = if is_valid || self.chance(90) { self.valid_value(param) } else { self.invalid_value() };
                let pair = (param.wire.clone(), value);
                match param.location {
                    ParamLocation::Query => request.query.push(pair),
                    ParamLocation::Header if pair.1.chars().all(|c| c == ' ' || c.is_ascii_graphic()) => {
                        request.headers.push((pair.0.to_lowercase(), pair.1.trim().to_owned()));
                    }
                    ParamLocation::Header | ParamLocation::Path => {}
                    ParamLocation::Form => form.push(pair),
                    ParamLocation::Body(_) | ParamLocation::Cookie | ParamLocation::File => {}
                }
            }
        }
        if !is_valid && self.chance(10) {
            let pair = (self.invalid_value(), self.invalid_value());
            if self.chance(50) {
                form.push(pair)
            } else {
                request.query.push(pair)
            };
        }
        request.body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish().into_bytes();
        if !is_valid && self.chance(10) {
            request.method =
                self.one_of(&["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"]).to_owned();
        }
        if !is_valid && self.chance(5) {
            request.body =
                self.one_of(&["{\"a\":1}", "a=%ff&%=%&&==", "\u{0}", "a", "<a/>", "FriendlyName"]).as_bytes().to_vec();
        }
        self.media_type(&mut request, is_valid);
        self.credentials(&mut request, is_valid);
        request
    }

    /// Returns a random operation. Create operations are rare if there are many records, and delete operations are rare
    /// if there are few.
    fn operation(&mut self) -> &'a Operation {
        let count = self.api.operations.len() as u64;
        loop {
            let index = self.below(count) as usize;
            let (_, operation) = self.api.operations.iter().nth(index).expect("an operation");
            let mut template = path_template(&operation.path);
            if operation.role == Role::Create {
                template.push_str("/{}");
            }
            let record_count = self.paths.get(&template).map_or(0, Vec::len);
            let is_rare = match operation.role {
                Role::Create => record_count > 6,
                Role::Delete => record_count < 3,
                _ => false,
            };
            if !is_rare || self.chance(10) {
                return operation;
            }
        }
    }

    fn media_type(&mut self, request: &mut Request, is_valid: bool) {
        let form_media_type = "application/x-www-form-urlencoded";
        let invalid = [
            "application/json",
            "multipart/form-data; boundary=x",
            "text/plain",
            "",
            ";;;",
            "application/x-www-form-urlencoded2",
        ];
        let value = match (is_valid || self.chance(85), request.body.is_empty()) {
            (true, true) => return,
            (true, false) if self.chance(20) => "Application/X-WWW-Form-Urlencoded; charset=utf-8",
            (true, false) => form_media_type,
            (false, _) if self.chance(20) => return,
            (false, _) => self.one_of(&invalid),
        };
        request.headers.push(("content-type".to_owned(), value.to_owned()));
    }

    fn credentials(&mut self, request: &mut Request, is_valid: bool) {
        let basic = |pair: &[u8]| format!("Basic {}", STANDARD.encode(pair));
        let value = if is_valid || self.chance(85) {
            basic(b"user:password")
        } else {
            let invalid = [
                basic(b"user"),
                basic(b":"),
                basic(b"user:"),
                basic(&[0xff, b':', b'x']),
                "Basic".to_owned(),
                "Basic !".to_owned(),
                "Bearer x".to_owned(),
            ];
            match self.below(invalid.len() as u64 + 1) as usize {
                index if index < invalid.len() => invalid[index].clone(),
                _ => return,
            }
        };
        request.headers.push(("authorization".to_owned(), value));
    }

    /// Returns a path for the operation. This is usually the path of an existing record, and sometimes a random path
    /// that is valid in HTTP.
    fn path(&mut self, operation: &Operation) -> String {
        if self.chance(3) {
            let parts: Vec<String> = (0..self.below(6)).map(|_| self.segment()).collect();
            return format!("/{}", parts.join("/"));
        }
        let mut path = String::new();
        for (index, segment) in operation.path.iter().enumerate() {
            match segment {
                Segment::Literal(text) => path.extend(["/", text]),
                Segment::LiteralSuffix(text) => path.push_str(text),
                Segment::Param(name) | Segment::ParamSuffix(_, name) => {
                    let before = if let Segment::ParamSuffix(before, _) = segment { before } else { "/" };
                    let start = format!("{path}{before}");
                    let paths = self.paths.get(&path_template(&operation.path[..=index])).into_iter().flatten();
                    let paths: Vec<String> = paths.filter(|path| path.starts_with(&start)).cloned().collect();
                    path = match paths.len() as u64 {
                        // Prefer the most recent records, because they probably still exist.
                        count if count > 0 && self.chance(90) => {
                            let back = self.below(count.min(3));
                            paths[(count - 1 - back) as usize].clone()
                        }
                        _ => {
                            let param = operation.params.iter().find(|param| param.wire == *name);
                            let value = param.filter(|_| self.chance(70)).map(|param| self.valid_value(param));
                            let text = value.map_or_else(
                                || self.segment(),
                                |text| form_urlencoded::byte_serialize(text.as_bytes()).collect(),
                            );
                            format!("{start}{text}")
                        }
                    };
                }
            }
        }
        if self.chance(2) {
            path.push_str(self.one_of(&["/", "//", "/.", "%2F", ";x", "%20"]));
        }
        path
    }

    fn segment(&mut self) -> String {
        if self.chance(50) {
            return self.one_of(ENCODED).to_owned();
        }
        form_urlencoded::byte_serialize(self.invalid_value().as_bytes()).collect()
    }

    /// Returns a valid value of the parameter.
    fn valid_value(&mut self, param: &Param) -> String {
        if let Some(example) = param.example.as_ref().filter(|_| self.chance(50)) {
            return text(example.as_array().and_then(|items| items.first()).unwrap_or(example));
        }
        self.of_type(&param.ty, &param.constraints)
    }

    fn of_type(&mut self, ty: &TypeRef, constraints: &[Constraint]) -> String {
        let api = self.api;
        match ty {
            TypeRef::Bool => self.one_of(&["true", "false"]).to_owned(),
            TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber => {
                let limit = |find: fn(&Constraint) -> Option<f64>| constraints.iter().find_map(find);
                let minimum =
                    limit(
                        |constraint| {
                            if let Constraint::Minimum(minimum) = constraint { Some(minimum.to_f64()) } else { None }
                        },
                    );
                let maximum =
                    limit(
                        |constraint| {
                            if let Constraint::Maximum(maximum) = constraint { Some(maximum.to_f64()) } else { None }
                        },
                    );
                let minimum = minimum.unwrap_or(0.0).ceil();
                let max_span = if self.chance(90) { 20.0 } else { 1e6 };
                let span = maximum.map_or(max_span, |maximum| maximum - minimum).clamp(0.0, max_span);
                (minimum as i64 + self.below(span as u64 + 1) as i64).to_string()
            }
            TypeRef::DateTime => "2026-01-31T12:00:00Z".to_owned(),
            TypeRef::Date => "2026-01-31".to_owned(),
            TypeRef::Duration => "P1DT2H".to_owned(),
            TypeRef::Uri => "https://example.com/a?b=c".to_owned(),
            TypeRef::Uuid => "01234567-89ab-4def-8123-456789abcdef".to_owned(),
            TypeRef::Bytes | TypeRef::UrlBytes => "YWJj".to_owned(),
            TypeRef::Array(inner) | TypeRef::Nullable(inner) => self.of_type(inner, &[]),
            TypeRef::Map(_) | TypeRef::Json | TypeRef::Tuple(_) | TypeRef::Custom(_) => {
                self.one_of(&["{}", "{\"a\":\"b\"}"]).to_owned()
            }
            TypeRef::String => self.text(constraints),
            TypeRef::Named(id) => match &api.types[*id].shape {
                Shape::Alias(inner) | Shape::Wrapper(inner) => self.of_type(inner, constraints),
                Shape::Newtype(own) => self.text(own),
                Shape::StringEnum(variants) => {
                    let index = self.below(variants.len() as u64) as usize;
                    variants.get(index).map(|variant| variant.wire.clone()).unwrap_or_default()
                }
                Shape::Record(_) | Shape::Union(_) | Shape::ValueEnum(_) => "{}".to_owned(),
            },
        }
    }

    /// Returns a string that matches the pattern in the constraints, if they have a pattern. This is a string from a
    /// response, or the prefix of the pattern with hexadecimal digits.
    fn text(&mut self, constraints: &[Constraint]) -> String {
        let pattern = constraints
            .iter()
            .find_map(|constraint| if let Constraint::Pattern(pattern) = constraint { Some(pattern) } else { None });
        let Some(pattern) = pattern else {
            let max_length = constraints.iter().find_map(|constraint| {
                if let Constraint::MaxLength(length) = constraint { Some(*length) } else { None }
            });
            // Random numbers suit properties that must be unique. One of the words suits properties that must contain
            // JSON.
            let word = match self.chance(50) {
                true => self.next().to_string(),
                false => self.one_of(&["Support desk", "x", "ünïcode 😀", "a&b=c", "{\"a\":1}", "12"]).to_owned(),
            };
            return word.chars().take(max_length.unwrap_or(usize::MAX)).collect();
        };
        let regex = regex_lite::Regex::new(pattern).expect("a pattern");
        let matching: Vec<String> = self.response_strings.iter().filter(|text| regex.is_match(text)).cloned().collect();
        if !matching.is_empty() && self.chance(80) {
            return matching[self.below(matching.len() as u64) as usize].clone();
        }
        let prefix: String = pattern.trim_start_matches('^').chars().take_while(char::is_ascii_alphanumeric).collect();
        format!("{prefix}{:016x}{:016x}", self.next(), self.next())
    }

    fn invalid_value(&mut self) -> String {
        match self.below(40) {
            0 => "x".repeat(10_000),
            1 => "ü".repeat(257),
            2 => "[".repeat(3_000),
            3 => "9".repeat(400),
            _ => self.one_of(HOSTILE).to_owned(),
        }
    }

    fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Returns the next bits (SplitMix64).
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn path_template(path: &[Segment]) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(_) => "/{}".to_owned(),
        Segment::LiteralSuffix(text) => text.clone(),
        Segment::ParamSuffix(before, _) => format!("{before}{{}}"),
    });
    segments.collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
