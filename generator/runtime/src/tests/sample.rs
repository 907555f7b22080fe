//! A small API, written by hand exactly as the generator would write it.

#![allow(dead_code, reason = "the tests do not need every method that the generator would write")]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::runtime::{
    Api, ClientBuilder, EnvCredentials, ErrorFields, HostRule, Json, Nothing, Page, Request, Result, Rule, Scope, Value,
};

pub static API: Api = Api {
    name: "sample-api",
    version: "1.2.3",
    base_url: "https://api.example.com",
    host: Some(HostRule {
        template: "{product}[.{edge}][.{region}].example.com",
        default_region: Some("one"),
        region_variable: Some("SAMPLE_REGION"),
        edge_variable: Some("SAMPLE_EDGE"),
    }),
    token_url: None,
    credentials: &[
        EnvCredentials::Basic { user: "SAMPLE_KEY", pattern: None, password: "SAMPLE_SECRET" },
        EnvCredentials::Basic { user: "SAMPLE_ACCOUNT", pattern: Some("^AC[0-9]+$"), password: "SAMPLE_TOKEN" },
    ],
    request_id: "sample-request-id",
    errors: ErrorFields {
        code: &["/code"],
        message: &["/message", "/detail", "/title"],
        more_info: &["/more_info", "/type"],
    },
    personal: &["friendly_name"],
};

#[derive(Clone, Debug)]
pub struct Client {
    scope: Scope,
}

impl Client {
    pub fn from_env() -> Result<Self> {
        Self::builder().environment()?.build()
    }

    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(&API)
    }

    pub fn services(&self) -> Services {
        Services { scope: self.scope.at("/v1/Services") }
    }

    pub fn service(&self, sid: impl Into<ServiceSid>) -> ServiceHandle {
        ServiceHandle { scope: self.scope.at("/v1/Services/{Sid}").with::<ServiceSid>(sid, &[]) }
    }
}

impl From<Scope> for Client {
    fn from(scope: Scope) -> Self {
        Self { scope }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ServiceSid(String);
newtype!(ServiceSid, [Rule::MinLength(34), Rule::MaxLength(34), Rule::Pattern("^IS[0-9a-fA-F]{32}$")]);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    Active,
    Closed,
    Unknown(String),
}
string_enum!(State { Active => "active", Closed => "closed" } else Unknown);

#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Service {
    pub sid: Option<ServiceSid>,
    pub friendly_name: Option<String>,
    pub state: Option<State>,
    pub types: Option<Vec<String>>,
    pub date_created: Option<DateTime<Utc>>,
    pub parent: Option<Box<Service>>,
}
accessors!(Service {
    sid: &ServiceSid,
    friendly_name: &str,
    state: &State,
    types: &[String],
    date_created: DateTime<Utc>,
    parent: &Service,
});
redacted!(Service { sid, friendly_name: personal, state, types, date_created, parent });

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ServicePage {
    pub services: Vec<Service>,
    pub meta: PageMeta,
}

impl Page for ServicePage {
    type Item = Service;

    fn items(&mut self) -> &mut Vec<Service> {
        &mut self.services
    }

    fn next(&self) -> Option<&str> {
        self.meta.next_page_url.as_deref()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PageMeta {
    pub next_page_url: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Services {
    scope: Scope,
}

impl Services {
    pub fn create(&self, friendly_name: impl Into<String>) -> CreateService {
        let request = Request::post(&self.scope, "CreateService");
        let rules = &[Rule::MaxLength(256), Rule::Personal];
        let request = request.form::<String>("FriendlyName", friendly_name, rules);
        CreateService(request)
    }

    pub fn list(&self) -> ListServices {
        let request = Request::get(&self.scope, "ListService");
        let request = request.paged("PageSize", Some(1000));
        ListServices(request)
    }
}

#[derive(Clone, Debug)]
pub struct ServiceHandle {
    scope: Scope,
}

impl ServiceHandle {
    pub fn fetch(&self) -> FetchService {
        FetchService(Request::get(&self.scope, "FetchService"))
    }

    pub fn delete(&self) -> DeleteService {
        DeleteService(Request::delete(&self.scope, "DeleteService"))
    }

    pub fn touch(&self) -> TouchService {
        TouchService(Request::post(&self.scope.at("/v1/Services/{Sid}/Touch"), "TouchService"))
    }

    /// A part whose key is any text.
    pub fn role(&self, name: impl Into<String>) -> RoleHandle {
        let scope = self.scope.at("/v1/Services/{ServiceSid}/Roles/{Name}/Links");
        RoleHandle { scope: scope.with::<String>(name, &[Rule::MaxLength(64)]) }
    }

    /// A part whose key is personal.
    pub fn user(&self, identity: impl Into<String>) -> UserHandle {
        let scope = self.scope.at("/v1/Services/{ServiceSid}/Users/{Identity}/Profile");
        UserHandle { scope: scope.with::<String>(identity, &[Rule::Personal]) }
    }
}

#[derive(Clone, Debug)]
pub struct RoleHandle {
    scope: Scope,
}

impl RoleHandle {
    pub fn delete(&self) -> DeleteRole {
        DeleteRole(Request::delete(&self.scope, "DeleteRole"))
    }
}

#[derive(Clone, Debug)]
pub struct UserHandle {
    scope: Scope,
}

impl UserHandle {
    pub fn fetch(&self) -> FetchUser {
        FetchUser(Request::get(&self.scope, "FetchUser"))
    }
}

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct CreateService(Request<Json<Service>>);
request!(CreateService => Service);

impl CreateService {
    pub fn unique_name(self, unique_name: impl Into<String>) -> Self {
        Self(self.0.form::<String>("UniqueName", unique_name, &[]))
    }

    pub fn types(self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let rules = &[Rule::MaxLength(8), Rule::MinItems(1), Rule::MaxItems(3), Rule::UniqueItems];
        Self(self.0.form::<Value>("Types", Value::list::<String>(types), rules))
    }

    pub fn tags(self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.form::<Value>("Tags", Value::list::<String>(tags), &[]))
    }

    pub fn state(self, state: impl Into<State>) -> Self {
        Self(self.0.form::<State>("State", state, &[]))
    }

    pub fn timers_inactive(self, timers_inactive: DateTime<Utc>) -> Self {
        Self(self.0.form::<DateTime<Utc>>("Timers.Inactive", timers_inactive, &[]))
    }

    pub fn enabled(self, enabled: bool) -> Self {
        Self(self.0.form::<bool>("Enabled", enabled, &[]))
    }

    pub fn ratio(self, ratio: f64) -> Self {
        let rules = &[Rule::ExclusiveMinimum(0.0), Rule::ExclusiveMaximum(1.0), Rule::MultipleOf(0.01)];
        Self(self.0.form::<f64>("Ratio", ratio, rules))
    }

    pub fn note(self, note: impl Into<String>) -> Self {
        Self(self.0.header::<String>("X-Sample-Note", note, &[]))
    }
}

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct FetchService(Request<Json<Service>>);
request!(FetchService => Service);

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct DeleteService(Request<Nothing>);
request!(DeleteService => ());

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct TouchService(Request<Nothing>);
request!(TouchService => ());

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct DeleteRole(Request<Nothing>);
request!(DeleteRole => ());

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct FetchUser(Request<Json<Service>>);
request!(FetchUser => Service);

#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct ListServices(Request<Json<ServicePage>>);
request!(ListServices => ServicePage);
paged!(ListServices => ServicePage, Service);

impl ListServices {
    pub fn page_size(self, page_size: i64) -> Self {
        Self(self.0.query::<i64>("PageSize", page_size, &[Rule::Minimum(1.0), Rule::Maximum(1000.0)]))
    }

    pub fn page_token(self, page_token: impl Into<String>) -> Self {
        Self(self.0.query::<String>("PageToken", page_token, &[]))
    }
}
