//! The requests of the sample API.

use chrono::{DateTime, Utc};

use super::{Service, ServicePage, ServiceSid, Size, State};
use crate::runtime::{Constraint, Json, NextPage, Nothing, Nullable, Paginated, Value};

declare_request_type!();

/// The request that [`ServiceHandle::update`] returns.
pub type UpdateService = RequestOf<operations::UpdateService>;

impl_operation!(UpdateService => Json<Service>);

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

/// The request that [`Services::create`] returns.
pub type CreateService = RequestOf<operations::CreateService>;

impl_operation!(CreateService => Json<Service>);

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

/// The request that [`Services::order`] returns.
pub type OrderService = RequestOf<operations::OrderService>;

impl_operation!(OrderService => Nothing);

impl OrderService {
    pub fn idempotency_key(self, value: impl Into<String>) -> Self {
        Self(self.0.header::<String>("Idempotency-Key", value, &[]))
    }
}

/// The request that [`ServiceHandle::fetch`] returns.
pub type FetchService = RequestOf<operations::FetchService>;

impl_operation!(FetchService => Json<Service>);

/// The request that [`ServiceHandle::delete`] returns.
pub type DeleteService = RequestOf<operations::DeleteService>;

impl_operation!(DeleteService => Nothing);

/// The request that [`ServiceHandle::touch`] returns.
pub type TouchService = RequestOf<operations::TouchService>;

impl_operation!(TouchService => Nothing);

/// The request that [`RoleHandle::delete`] returns.
pub type DeleteRole = RequestOf<operations::DeleteRole>;

impl_operation!(DeleteRole => Nothing);

/// The request that [`UserHandle::fetch`] returns.
pub type FetchUser = RequestOf<operations::FetchUser>;

impl_operation!(FetchUser => Json<Service>);

/// The request that [`Services::list`] returns.
pub type ListServices = RequestOf<operations::ListServices>;

impl_operation!(ListServices => Json<ServicePage>);

impl ListServices {
    pub fn page_size(self, value: i64) -> Self {
        let constraints = &[Constraint::Minimum("1"), Constraint::Maximum("1000")];
        Self(self.0.query::<i64>("PageSize", value, constraints))
    }

    pub fn page_token(self, value: impl Into<String>) -> Self {
        Self(self.0.query::<String>("PageToken", value, &[]))
    }
}

impl Paginated for operations::ListServices {
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
        operations::ListServices::next_page(self).token()
    }
}

mod operations {
    pub enum UpdateService {}

    pub enum CreateService {}

    pub enum OrderService {}

    pub enum FetchService {}

    pub enum DeleteService {}

    pub enum TouchService {}

    pub enum DeleteRole {}

    pub enum FetchUser {}

    pub enum ListServices {}
}
