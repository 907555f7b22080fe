//! A small API, written by hand in the form that the generator emits.

#![allow(dead_code, reason = "the tests do not use every method")]

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::runtime::{
    Api, ClientBuilder, Constraint, Constraints, EnvCredentials, EnvKind, ErrorFields, HostTemplate, Nullable,
    RawRequest, Request, Result, Scheme, Scope, StreamRules, StringKind, StringOf, StringOr, given,
};

pub mod requests;

pub use requests::*;

pub const API: Api = api("https://api.example.com");

/// The API at a base URL.
pub const fn api(base_url: &'static str) -> Api {
    Api {
        name: "sample-api",
        version: "1.2.3",
        base_url,
        base_url_variable: Some("SAMPLE_BASE_URL"),
        variables: &[],
        host: Some(HostTemplate {
            template: "{product}[.{edge}][.{region}].example.com",
            default_region: Some("one"),
            region_variable: Some("SAMPLE_REGION"),
            edge_variable: Some("SAMPLE_EDGE"),
        }),
        token_url: None,
        schemes: &[
            Scheme { name: "token", kind: ("bearer", ""), token_url: Some("/tokens/own") },
            Scheme { name: "other", kind: ("bearer", ""), token_url: Some("token") },
            Scheme { name: "key", kind: ("header", "X-Key"), token_url: None },
        ],
        credentials: &[&[KEY], &[ACCOUNT]],
        request_id: "sample-request-id",
        errors: ErrorFields {
            code: &["/code"],
            message: &["/message", "/detail", "/title"],
            more_info: &["/more_info", "/type"],
        },
        streams: StreamRules::DEFAULT,
        personal: &["friendly_name"],
        strict: false,
    }
}

const KEY: EnvCredentials = basic("SAMPLE_KEY", Some("^SK[0-9]+$"), "SAMPLE_SECRET");
const ACCOUNT: EnvCredentials = basic("SAMPLE_ACCOUNT", Some("^AC[0-9]+$"), "SAMPLE_TOKEN");

const fn basic(name: &'static str, pattern: Option<&'static str>, secret: &'static str) -> EnvCredentials {
    EnvCredentials { kind: EnvKind::Basic, scheme: "", name, pattern, secret: Some(secret) }
}

#[derive(Clone, Debug)]
pub struct Client(Scope);

impl Client {
    pub fn from_env() -> Result<Self> {
        Self::builder().environment()?.build()
    }

    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(&API)
    }

    pub fn scope(&self) -> &Scope {
        &self.0
    }

    pub fn request(&self, method: http::Method, path: impl Into<Cow<'static, str>>) -> RawRequest {
        RawRequest::new(&self.0, method, path)
    }

    pub fn services(&self) -> Services {
        Services(self.0.join("/v1/Services"))
    }

    pub fn service(&self, sid: impl Into<StringOr<ServiceSid>>) -> ServiceHandle {
        let scope = self.0.join("/v1/Services");
        ServiceHandle(scope.path_param::<StringOr<ServiceSid>>("Sid", sid, &[]))
    }
}

impl From<Scope> for Client {
    fn from(scope: Scope) -> Self {
        Self(scope)
    }
}

/// The SID of a service.
pub type ServiceSid = StringOf<strings::ServiceSid>;

impl StringKind for strings::ServiceSid {
    const NAME: &'static str = "ServiceSid";

    const CONSTRAINTS: Constraints =
        &[Constraint::MinLength(34), Constraint::MaxLength(34), Constraint::Pattern("^IS[0-9a-fA-F]{32}$")];
}

mod strings {
    pub enum ServiceSid {}
}

/// The state of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    Active,
    Closed,
    Unknown(String),
}

impl State {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Unknown(text) => text,
        }
    }
}

impl_string_enum!(State { Active => "active", Closed => "closed" } else Unknown);

#[derive(Clone, PartialEq)]
pub struct Size {
    pub width: i64,
    pub height: Option<i64>,
}

impl_model!(Size { width: "width", height: "height" });

#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Service {
    pub sid: Option<ServiceSid>,
    pub friendly_name: Option<String>,
    pub state: Option<State>,
    pub types: Option<Vec<String>>,
    pub date_created: Option<DateTime<Utc>>,
    pub parent: Option<Box<Service>>,
}

impl_model!(Service {
    sid: "sid",
    friendly_name: "friendly_name" personal,
    state: "state",
    types: "types",
    date_created: "date_created",
    parent: "parent",
});

impl Service {
    #[must_use]
    pub fn with_sid(mut self, value: impl Into<Nullable<ServiceSid>>) -> Self {
        self.sid = value.into().0;
        self
    }

    #[must_use]
    pub fn with_friendly_name(mut self, value: impl Into<Nullable<String>>) -> Self {
        self.friendly_name = value.into().0;
        self
    }

    #[must_use]
    pub fn with_state(mut self, value: impl Into<Nullable<State>>) -> Self {
        self.state = value.into().0;
        self
    }

    #[must_use]
    pub fn with_types(mut self, value: impl Into<Nullable<Vec<String>>>) -> Self {
        self.types = value.into().0;
        self
    }

    #[must_use]
    pub fn with_date_created(mut self, value: impl Into<Nullable<DateTime<Utc>>>) -> Self {
        self.date_created = value.into().0;
        self
    }

    #[must_use]
    pub fn with_parent(mut self, value: impl Into<Nullable<Service>>) -> Self {
        self.parent = value.into().0.map(Box::new);
        self
    }
}

impl Service {
    pub fn sid(&self) -> Result<&ServiceSid> {
        given(&self.sid, "Service", "sid")
    }

    pub fn friendly_name(&self) -> Result<&str> {
        given(&self.friendly_name, "Service", "friendly_name")
    }

    pub fn state(&self) -> Result<&State> {
        given(&self.state, "Service", "state")
    }

    pub fn types(&self) -> Result<&[String]> {
        given(&self.types, "Service", "types")
    }

    pub fn date_created(&self) -> Result<DateTime<Utc>> {
        given(&self.date_created, "Service", "date_created")
    }

    pub fn parent(&self) -> Result<&Service> {
        given(&self.parent, "Service", "parent")
    }
}

#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ServicePage {
    pub services: Vec<Service>,
    pub meta: PageMeta,
}

impl_model!(response ServicePage { services: "services", meta: "meta" });

#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PageMeta {
    pub next_page_url: Option<String>,
}

impl_model!(response PageMeta { next_page_url: "next_page_url" personal });

#[derive(Clone, Debug)]
pub struct Services(Scope);

impl Services {
    pub fn create(&self, friendly_name: impl Into<String>) -> CreateService {
        let request = Request::post_form(&self.0, "CreateService");
        let constraints = &[Constraint::MaxLength(256), Constraint::Personal];
        let request = request.form::<String>("FriendlyName", friendly_name, constraints);
        RequestOf(request)
    }

    /// An operation with an idempotency key.
    pub fn order(&self) -> OrderService {
        let request = Request::post_form(&self.0.join("/Orders"), "OrderService");
        RequestOf(request.idempotency_key("Idempotency-Key"))
    }

    pub fn list(&self) -> ListServices {
        let request = Request::get(&self.0, "ListService");
        let request = request.paged("PageSize", Some(1000));
        RequestOf(request)
    }
}

#[derive(Clone, Debug)]
pub struct ServiceHandle(Scope);

impl ServiceHandle {
    pub fn fetch(&self) -> FetchService {
        RequestOf(Request::get(&self.0, "FetchService"))
    }

    pub fn delete(&self) -> DeleteService {
        RequestOf(Request::delete(&self.0, "DeleteService"))
    }

    pub fn update(&self) -> UpdateService {
        RequestOf(Request::post_form(&self.0, "UpdateService"))
    }

    pub fn touch(&self) -> TouchService {
        RequestOf(Request::post(&self.0.join("/Touch"), "TouchService"))
    }

    /// A child resource whose key may be any string.
    pub fn role(&self, name: impl Into<String>) -> RoleHandle {
        let scope = self.0.join("/Roles");
        RoleHandle(scope.path_param::<String>("Name", name, &[Constraint::MaxLength(64)]))
    }

    /// A child resource whose key is personal data.
    pub fn user(&self, identity: impl Into<String>) -> UserHandle {
        let scope = self.0.join("/Users");
        UserHandle(scope.path_param::<String>("Identity", identity, &[Constraint::Personal]))
    }
}

#[derive(Clone, Debug)]
pub struct RoleHandle(Scope);

impl RoleHandle {
    pub fn delete(&self) -> DeleteRole {
        RequestOf(Request::delete(&self.0.join("/Links"), "DeleteRole"))
    }
}

#[derive(Clone, Debug)]
pub struct UserHandle(pub Scope);

impl UserHandle {
    pub fn fetch(&self) -> FetchUser {
        RequestOf(Request::get(&self.0.join("/Profile"), "FetchUser"))
    }
}
