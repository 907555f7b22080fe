//! With the feature `test-util`, tests can build models.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use serde_json::json;
use twilio_conversations::models::{DeliveryAmount, Message, MessageDelivery, MessagePage, PageMeta};

#[test]
fn a_test_builds_a_page_of_messages() {
    let body: Option<&str> = None;
    let delivery = MessageDelivery::default().with_total(2).with_read(DeliveryAmount::Some);
    let first = Message::default().with_body("Hello").with_index(0).with_delivery(delivery);
    let second = Message::default().with_body(body.map(str::to_owned)).with_media(None);
    let page = MessagePage::new(vec![first.clone(), second], PageMeta::default().with_page(0));

    assert_eq!((first.body().unwrap(), first.index().unwrap()), ("Hello", 0));
    assert_eq!(first.delivery().unwrap().read, Some(DeliveryAmount::Some));
    let json = serde_json::to_value(&page).unwrap();
    assert_eq!(json["meta"]["page"], 0);
    assert_eq!((&json["messages"][0]["body"], &json["messages"][1]["body"]), (&json!("Hello"), &json!(null)));
    assert_eq!(serde_json::from_value::<MessagePage>(json).unwrap(), page);
}
