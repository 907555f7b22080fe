//! Who asks at random: requests made from a document, most of them with something wrong.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery::ir::{Api, Constraint, Operation, Param, ParamLocation, Role, Segment, Shape, TypeRef};
use bindery_mock::Request;
use serde_json::{Map, Value};

/// Texts that have broken programs before.
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

/// Segments that are percent-encoded in ways that few programs expect.
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

/// Makes requests, and remembers what there is to be asked for.
pub struct Asker<'a> {
    api: &'a Api,
    seed: u64,
    /// The paths of records, by their shape.
    paths: BTreeMap<String, Vec<String>>,
    /// Texts that were in answers: most of them are identifiers.
    seen: Vec<String>,
}

impl<'a> Asker<'a> {
    pub fn new(api: &'a Api, seed: u64) -> Self {
        Self { api, seed, paths: BTreeMap::new(), seen: Vec::new() }
    }

    /// Takes note of a record; in the shape of its path, parameters have no names: `/v1/Services/{}`.
    pub fn knows(&mut self, shape: &str, path: &str) {
        self.paths.entry(shape.to_owned()).or_default().push(path.to_owned());
    }

    /// Takes note of what an answer says that there is now.
    pub fn learn(&mut self, operation: &Operation, request: &Request, body: Option<&Value>) {
        if operation.role == Role::Delete {
            let gone = |path: &String| *path == request.path || path.starts_with(&format!("{}/", request.path));
            self.paths.values_mut().for_each(|paths| paths.retain(|path| !gone(path)));
        }
        let Some(entries) = body.and_then(Value::as_object) else { return };
        if self.seen.len() < 500 {
            self.seen.extend(entries.values().filter_map(Value::as_str).map(str::to_owned));
        }
        let items = entries.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        for record in std::iter::once(entries).chain(items.filter(|_| operation.role == Role::List)) {
            self.learn_record(operation, request, record);
        }
    }

    fn learn_record(&mut self, operation: &Operation, request: &Request, entries: &Map<String, Value>) {
        let shape = shape(&operation.path);
        for (_, below) in self.api.operations.iter() {
            let Some((Segment::Param(name), above)) = below.path.split_last() else { continue };
            if self::shape(above) != shape {
                continue;
            }
            let shape = self::shape(&below.path);
            let plain = |name: &str| name.replace('_', "").to_lowercase();
            let value = (entries.iter().find(|(key, _)| plain(name).ends_with(&plain(key))))
                .or_else(|| entries.iter().find(|(key, _)| key.as_str() == "number"));
            let text = value.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            if let Some(text) = text.filter(|text| !text.contains(['/', '%', ' ', '?', '#'])) {
                let known = self.paths.entry(shape).or_default();
                let path = format!("{}/{text}", request.path);
                if !known.contains(&path) {
                    known.push(path);
                }
            }
        }
    }

    /// The next request.
    pub fn request(&mut self) -> Request {
        let operation = self.operation();
        let mut request = Request {
            method: operation.method.as_str().to_owned(),
            path: self.path(operation),
            headers: vec![("host".to_owned(), "mock.example".to_owned())],
            ..Request::default()
        };
        // Most requests have no more than one thing that is wrong with them, or else none would get far.
        let careful = self.chance(60);
        let mut form = Vec::new();
        for param in &operation.params {
            if param.location == ParamLocation::Path
                || !self.chance(if !param.required {
                    30
                } else if careful {
                    100
                } else {
                    93
                })
            {
                continue;
            }
            let times = if matches!(param.ty, TypeRef::Array(_)) { 1 + self.below(3) } else { 1 };
            for _ in 0..times {
                let value = if careful || self.chance(90) { self.good(param) } else { self.bad() };
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
        if !careful && self.chance(10) {
            let pair = (self.bad(), self.bad());
            if self.chance(50) {
                form.push(pair)
            } else {
                request.query.push(pair)
            };
        }
        request.body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish().into_bytes();
        if !careful && self.chance(10) {
            request.method =
                self.one_of(&["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"]).to_owned();
        }
        if !careful && self.chance(5) {
            request.body =
                self.one_of(&["{\"a\":1}", "a=%ff&%=%&&==", "\u{0}", "a", "<a/>", "FriendlyName"]).as_bytes().to_vec();
        }
        self.media_type(&mut request, careful);
        self.credentials(&mut request, careful);
        request
    }

    /// One of the operations, so that there are some records of each kind, and not too many for quick lists.
    fn operation(&mut self) -> &'a Operation {
        let count = self.api.operations.len() as u64;
        loop {
            let picked = self.below(count) as usize;
            let (_, operation) = self.api.operations.iter().nth(picked).expect("an operation");
            let mut known = shape(&operation.path);
            if operation.role == Role::Create {
                known.push_str("/{}");
            }
            let known = self.paths.get(&known).map_or(0, Vec::len);
            let unwise = match operation.role {
                Role::Create => known > 6,
                Role::Delete => known < 3,
                _ => false,
            };
            if !unwise || self.chance(10) {
                return operation;
            }
        }
    }

    fn media_type(&mut self, request: &mut Request, careful: bool) {
        let known = "application/x-www-form-urlencoded";
        let wrong = [
            "application/json",
            "multipart/form-data; boundary=x",
            "text/plain",
            "",
            ";;;",
            "application/x-www-form-urlencoded2",
        ];
        let value = match (careful || self.chance(85), request.body.is_empty()) {
            (true, true) => return,
            (true, false) if self.chance(20) => "Application/X-WWW-Form-Urlencoded; charset=utf-8",
            (true, false) => known,
            (false, _) if self.chance(20) => return,
            (false, _) => self.one_of(&wrong),
        };
        request.headers.push(("content-type".to_owned(), value.to_owned()));
    }

    fn credentials(&mut self, request: &mut Request, careful: bool) {
        let basic = |pair: &[u8]| format!("Basic {}", STANDARD.encode(pair));
        let value = if careful || self.chance(85) {
            basic(b"user:password")
        } else {
            let wrong = [
                basic(b"user"),
                basic(b":"),
                basic(b"user:"),
                basic(&[0xff, b':', b'x']),
                "Basic".to_owned(),
                "Basic !".to_owned(),
                "Bearer x".to_owned(),
            ];
            match self.below(wrong.len() as u64 + 1) as usize {
                index if index < wrong.len() => wrong[index].clone(),
                _ => return,
            }
        };
        request.headers.push(("authorization".to_owned(), value));
    }

    /// A path of the operation: through records that there are, mostly; else anything that HTTP can carry.
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
                    let known = self.paths.get(&shape(&operation.path[..=index])).into_iter().flatten();
                    let known: Vec<String> = known.filter(|known| known.starts_with(&start)).cloned().collect();
                    path = match known.len() as u64 {
                        // The latest are the likeliest to be there still.
                        count if count > 0 && self.chance(90) => {
                            let back = self.below(count.min(3));
                            known[(count - 1 - back) as usize].clone()
                        }
                        _ => {
                            let own = operation.params.iter().find(|param| param.wire == *name);
                            let own = own.filter(|_| self.chance(70)).map(|param| self.good(param));
                            let text = own.map_or_else(
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
        form_urlencoded::byte_serialize(self.bad().as_bytes()).collect()
    }

    /// A value as the parameter says.
    fn good(&mut self, param: &Param) -> String {
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
                let bound = |find: fn(&Constraint) -> Option<f64>| constraints.iter().find_map(find);
                let least = bound(|one| if let Constraint::Minimum(least) = one { Some(least.to_f64()) } else { None });
                let most = bound(|one| if let Constraint::Maximum(most) = one { Some(most.to_f64()) } else { None });
                let least = least.unwrap_or(0.0).ceil();
                let usual = if self.chance(90) { 20.0 } else { 1e6 };
                let span = most.map_or(usual, |most| most - least).clamp(0.0, usual);
                (least as i64 + self.below(span as u64 + 1) as i64).to_string()
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
                    let picked = self.below(variants.len() as u64) as usize;
                    variants.get(picked).map(|variant| variant.wire.clone()).unwrap_or_default()
                }
                Shape::Record(_) | Shape::Union(_) | Shape::ValueEnum(_) => "{}".to_owned(),
            },
        }
    }

    /// A text: what an answer held and the pattern allows, or hexadecimal digits behind what a pattern begins with.
    fn text(&mut self, constraints: &[Constraint]) -> String {
        let pattern = constraints
            .iter()
            .find_map(|one| if let Constraint::Pattern(pattern) = one { Some(pattern) } else { None });
        let Some(pattern) = pattern else {
            let most = constraints
                .iter()
                .find_map(|one| if let Constraint::MaxLength(most) = one { Some(*most) } else { None });
            // Some must be unique, others JSON.
            let word = match self.chance(50) {
                true => self.next().to_string(),
                false => self.one_of(&["Support desk", "x", "ünïcode 😀", "a&b=c", "{\"a\":1}", "12"]).to_owned(),
            };
            return word.chars().take(most.unwrap_or(usize::MAX)).collect();
        };
        let regex = regex_lite::Regex::new(pattern).expect("a pattern");
        let fitting: Vec<String> = self.seen.iter().filter(|seen| regex.is_match(seen)).cloned().collect();
        if !fitting.is_empty() && self.chance(80) {
            return fitting[self.below(fitting.len() as u64) as usize].clone();
        }
        let prefix: String = pattern.trim_start_matches('^').chars().take_while(char::is_ascii_alphanumeric).collect();
        format!("{prefix}{:016x}{:016x}", self.next(), self.next())
    }

    fn bad(&mut self) -> String {
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

    /// The next bits of a SplitMix64.
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn shape(path: &[Segment]) -> String {
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
