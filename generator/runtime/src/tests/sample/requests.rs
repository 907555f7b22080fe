//! The requests of the sample API.

use chrono::{DateTime, Utc};

use super::{Service, ServicePage, ServiceSid, Size, State};
use crate::runtime::{Constraint, Json, NextPage, Nothing, Nullable, Paginated, Request, Value};

/// The request that [`ServiceHandle::update`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct UpdateService(pub(super) Request<Json<Service>>);

impl UpdateService {
    pub fn unique_name(self, value: impl Into<String>) -> Self {
        Self(self.0.form::<String>("UniqueName", value, &[]))
    }

    pub fn nickname(self, value: impl Into<Nullable<String>>) -> Self {
        let constraints = &[Constraint::MinLength(2), Constraint::Pattern("^[A-Z]")];
        Self(self.0.form::<Nullable<String>>("Nickname", value, constraints))
    }

    pub fn rank(self, value: impl Into<Nullable<i64>>) -> Self {
        let constraints = &[Constraint::Minimum("1")];
        Self(self.0.form::<Nullable<i64>>("Rank", value, constraints))
    }

    pub fn owner(self, value: impl Into<Nullable<ServiceSid>>) -> Self {
        Self(self.0.form::<Nullable<ServiceSid>>("Owner", value, &[]))
    }

    pub fn state(self, value: impl Into<Nullable<State>>) -> Self {
        Self(self.0.form::<Nullable<State>>("State", value, &[]))
    }

    pub fn tags(self, value: impl Into<Nullable<Vec<String>>>) -> Self {
        let constraints = &[Constraint::MinItems(1)];
        Self(self.0.form::<Nullable<Vec<String>>>("Tags", value, constraints))
    }

    pub fn size(self, value: impl Into<Nullable<Size>>) -> Self {
        Self(self.0.form_repeated::<Nullable<Size>>("Size", value, &[]))
    }

    pub fn sizes(self, value: impl Into<Nullable<Vec<i64>>>) -> Self {
        Self(self.0.form_comma_separated::<Nullable<Vec<i64>>>("Sizes", value, &[]))
    }

    pub fn area(self, value: impl Into<Nullable<Size>>) -> Self {
        Self(self.0.form_json::<Nullable<Size>>("Area", value, &[]))
    }
}

impl_request!(UpdateService => Service);

/// The request that [`Services::create`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct CreateService(pub(super) Request<Json<Service>>);

impl CreateService {
    pub fn unique_name(self, value: impl Into<String>) -> Self {
        Self(self.0.form::<String>("UniqueName", value, &[]))
    }

    pub fn types(self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let value = Value::list::<String>(value);
        let constraints =
            &[Constraint::MaxLength(8), Constraint::MinItems(1), Constraint::MaxItems(3), Constraint::UniqueItems];
        Self(self.0.form::<Value>("Types", value, constraints))
    }

    pub fn tags(self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let value = Value::list::<String>(value);
        Self(self.0.form::<Value>("Tags", value, &[]))
    }

    pub fn state(self, value: impl Into<State>) -> Self {
        Self(self.0.form::<State>("State", value, &[]))
    }

    pub fn timers_inactive(self, value: DateTime<Utc>) -> Self {
        Self(self.0.form::<DateTime<Utc>>("Timers.Inactive", value, &[]))
    }

    pub fn enabled(self, value: bool) -> Self {
        Self(self.0.form::<bool>("Enabled", value, &[]))
    }

    pub fn ratio(self, value: f64) -> Self {
        let constraints =
            &[Constraint::ExclusiveMinimum("0"), Constraint::ExclusiveMaximum("1"), Constraint::MultipleOf("0.01")];
        Self(self.0.form::<f64>("Ratio", value, constraints))
    }

    pub fn note(self, value: impl Into<String>) -> Self {
        Self(self.0.header::<String>("X-Sample-Note", value, &[]))
    }
}

impl_request!(CreateService => Service);

/// The request that [`Services::order`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct OrderService(pub(super) Request<Nothing>);

impl OrderService {
    pub fn idempotency_key(self, value: impl Into<String>) -> Self {
        Self(self.0.header::<String>("Idempotency-Key", value, &[]))
    }
}

impl_request!(OrderService => ());

/// The request that [`ServiceHandle::fetch`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct FetchService(pub(super) Request<Json<Service>>);

impl_request!(FetchService => Service);

/// The request that [`ServiceHandle::delete`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct DeleteService(pub(super) Request<Nothing>);

impl_request!(DeleteService => ());

/// The request that [`ServiceHandle::touch`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct TouchService(pub(super) Request<Nothing>);

impl_request!(TouchService => ());

/// The request that [`RoleHandle::delete`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct DeleteRole(pub(super) Request<Nothing>);

impl_request!(DeleteRole => ());

/// The request that [`UserHandle::fetch`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct FetchUser(pub(super) Request<Json<Service>>);

impl_request!(FetchUser => Service);

/// The request that [`Services::list`] returns.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct ListServices(pub(super) Request<Json<ServicePage>>);

impl ListServices {
    pub fn page_size(self, value: i64) -> Self {
        let constraints = &[Constraint::Minimum("1"), Constraint::Maximum("1000")];
        Self(self.0.query::<i64>("PageSize", value, constraints))
    }

    pub fn page_token(self, value: impl Into<String>) -> Self {
        Self(self.0.query::<String>("PageToken", value, &[]))
    }
}

impl_request!(ListServices => ServicePage);
impl_list_request!(ListServices => ServicePage, Service);

impl Paginated for ListServices {
    type Page = ServicePage;
    type Item = Service;

    fn items(page: &mut ServicePage) -> &mut Vec<Service> {
        &mut page.services
    }

    fn next_page(page: &ServicePage) -> NextPage {
        NextPage::url(page.meta.next_page_url.as_deref())
    }
}

impl ServicePage {
    pub fn next_token(&self) -> Option<String> {
        ListServices::next_page(self).token()
    }
}
