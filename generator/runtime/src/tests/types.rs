//! Models, enums and newtypes, and the traits of all types.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use super::sample::{
    Client, CreateService, DeleteService, ListServices, Service, ServiceHandle, ServicePage, ServiceSid, State,
};
use crate::runtime::{Error, Items, MissingField, Pages, Response};
use crate::tests::SID;

#[test]
fn undocumented_values_are_kept() {
    let service: Service = serde_json::from_str(r#"{"state": "brand new", "sid": "not a sid", "more": {}}"#).unwrap();
    assert_eq!(service.state, Some(State::Unknown("brand new".to_owned())));
    assert_eq!(*service.sid().unwrap(), "not a sid");
    assert_eq!(serde_json::to_value(&service).unwrap()["state"], "brand new");
}

#[test]
fn enums_convert_both_ways() {
    for (text, state) in [("active", State::Active), ("closed", State::Closed), ("x", State::Unknown("x".into()))] {
        assert_eq!(State::from(text), state);
        assert_eq!(State::from(text.to_owned()), state);
        assert_eq!(State::from_str(text), Ok(state.clone()));
        assert_eq!((state.as_str(), state.to_string().as_str()), (text, text));
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    }
}

#[test]
fn newtypes_convert_both_ways() {
    let sid = ServiceSid::new(SID).unwrap();
    assert_eq!(ServiceSid::from(&sid), sid);
    assert_eq!(ServiceSid::try_from(SID.to_owned()).unwrap(), sid);
    assert!(sid == *SID && sid == SID && sid.as_ref() == SID && format!("{sid}") == SID);
    assert_eq!(serde_json::to_string(&sid).unwrap(), format!("\"{SID}\""));
    let string = SID.to_owned();
    assert_eq!([sid == string, string == sid, *SID == sid, SID == sid], [true; 4]);
    let other = "IS".to_owned();
    assert_eq!([sid == other, other == sid, *"IS" == sid, "IS" == sid], [false; 4]);
    assert_eq!(BTreeMap::from([(sid.clone(), 1)]).get(SID), Some(&1));
    assert_eq!(HashMap::from([(sid.clone(), 1)]).get(SID), Some(&1));
    assert_eq!(SID.parse(), Ok(sid.clone()));
    assert!("IS1".parse::<ServiceSid>().unwrap_err().to_string().starts_with("`ServiceSid` must be at least 34"));
    assert_eq!(String::from(sid.clone()), sid.into_string());
}

#[test]
fn accessors_report_missing_fields() {
    let empty = Service::default();
    let error = empty.friendly_name().unwrap_err();
    assert_eq!(error.to_string(), "the response has no `friendly_name` in `Service`");
    assert!(matches!(error, Error::MissingField(MissingField { model: "Service", field: "friendly_name" })));

    let body = r#"{"types": ["a"], "date_created": "2015-12-16T22:18:37Z", "parent": {"state": "active"}}"#;
    let service: Service = serde_json::from_str(body).unwrap();
    assert_eq!(service.types().unwrap(), ["a"]);
    assert_eq!(service.date_created().unwrap().to_rfc3339(), "2015-12-16T22:18:37+00:00");
    assert_eq!(*service.parent().unwrap().state().unwrap(), State::Active);
}

#[test]
fn types_are_send_and_sync() {
    fn assert_send_and_sync<T: Send + Sync + 'static>() {}
    fn assert_send<T: Send + 'static>(_: T) {}
    assert_send_and_sync::<Client>();
    assert_send_and_sync::<ServiceHandle>();
    assert_send_and_sync::<CreateService>();
    assert_send_and_sync::<DeleteService>();
    assert_send_and_sync::<ListServices>();
    assert_send_and_sync::<Response<Service>>();
    assert_send_and_sync::<Pages<ServicePage>>();
    assert_send_and_sync::<Items<Service>>();
    assert_send_and_sync::<Error>();
    let services = Client::builder().build().unwrap().services();
    assert_send(services.list().into_future());
    assert_send(services.list().send());
    assert_send(services.list().all());
}

#[test]
fn errors_and_requests_are_small() {
    assert!(size_of::<Error>() <= 40, "{}", size_of::<Error>());
    assert!(size_of::<CreateService>() == size_of::<usize>());
}
