//! A hand-written client for the 20 operations in `program.rs`. It uses reqwest, and models with derived traits.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub struct Client {
    pub http: reqwest::Client,
    pub base: String,
    pub user: String,
    pub password: String,
}

impl Client {
    pub fn new(base: String, user: String, password: String) -> Result<Self> {
        // An error means that a provider is already installed. reqwest then uses that provider, so ignore the error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { http, base, user, password })
    }

    pub async fn send(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Result<Vec<u8>> {
        let url = format!("{}/v1{path}", self.base);
        let mut request = self.http.request(method, url).basic_auth(&self.user, Some(&self.password));
        if !form.is_empty() {
            let pairs = form.iter().map(|(name, value)| format!("{name}={}", encode(value)));
            let form = pairs.collect::<Vec<_>>().join("&");
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        }
        let response = request.header(ACCEPT, "application/json").send().await?.error_for_status()?;
        Ok(response.bytes().await?.to_vec())
    }

    pub async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> std::result::Result<T, Box<dyn std::error::Error>> {
        Ok(serde_json::from_slice(&self.send(method, path, form).await?)?)
    }
}

fn encode(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text.push(byte.into()),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

#[derive(Clone, Debug, Deserialize)]
pub struct PageMeta {
    pub page: Option<i64>,
    pub page_size: Option<i64>,
    pub key: Option<String>,
    pub url: Option<String>,
    pub first_page_url: Option<String>,
    pub previous_page_url: Option<String>,
    pub next_page_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Service {
    pub sid: Option<String>,
    pub account_sid: Option<String>,
    pub friendly_name: Option<String>,
    pub date_created: Option<DateTime<Utc>>,
    pub date_updated: Option<DateTime<Utc>>,
    pub url: Option<String>,
    pub links: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ServicePage {
    pub services: Vec<Service>,
    pub meta: PageMeta,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Active,
    Inactive,
    Closed,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Timers {
    pub date_inactive: Option<DateTime<Utc>>,
    pub date_closed: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Conversation {
    pub sid: Option<String>,
    pub account_sid: Option<String>,
    pub chat_service_sid: Option<String>,
    pub messaging_service_sid: Option<String>,
    pub friendly_name: Option<String>,
    pub unique_name: Option<String>,
    pub attributes: Option<String>,
    pub state: Option<State>,
    pub timers: Option<Timers>,
    pub date_created: Option<DateTime<Utc>>,
    pub date_updated: Option<DateTime<Utc>>,
    pub url: Option<String>,
    pub links: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ConversationPage {
    pub conversations: Vec<Conversation>,
    pub meta: PageMeta,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Media {
    pub sid: Option<String>,
    pub content_type: Option<String>,
    pub filename: Option<String>,
    pub size: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Delivery {
    pub total: Option<i64>,
    pub sent: Option<String>,
    pub delivered: Option<String>,
    pub read: Option<String>,
    pub failed: Option<String>,
    pub undelivered: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub sid: Option<String>,
    pub account_sid: Option<String>,
    pub conversation_sid: Option<String>,
    pub index: Option<i64>,
    pub author: Option<String>,
    pub body: Option<String>,
    pub media: Option<Vec<Media>>,
    pub attributes: Option<String>,
    pub participant_sid: Option<String>,
    pub delivery: Option<Delivery>,
    pub content_sid: Option<String>,
    pub date_created: Option<DateTime<Utc>>,
    pub date_updated: Option<DateTime<Utc>>,
    pub url: Option<String>,
    pub links: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct MessagePage {
    pub messages: Vec<Message>,
    pub meta: PageMeta,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Participant {
    pub sid: Option<String>,
    pub account_sid: Option<String>,
    pub conversation_sid: Option<String>,
    pub role_sid: Option<String>,
    pub identity: Option<String>,
    pub attributes: Option<String>,
    pub messaging_binding: Option<BTreeMap<String, serde_json::Value>>,
    pub last_read_message_index: Option<i64>,
    pub last_read_timestamp: Option<String>,
    pub date_created: Option<DateTime<Utc>>,
    pub date_updated: Option<DateTime<Utc>>,
    pub url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct User {
    pub sid: Option<String>,
    pub account_sid: Option<String>,
    pub chat_service_sid: Option<String>,
    pub role_sid: Option<String>,
    pub identity: Option<String>,
    pub friendly_name: Option<String>,
    pub attributes: Option<String>,
    pub is_online: Option<bool>,
    pub is_notifiable: Option<bool>,
    pub date_created: Option<DateTime<Utc>>,
    pub date_updated: Option<DateTime<Utc>>,
    pub url: Option<String>,
    pub links: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct UserPage {
    pub users: Vec<User>,
    pub meta: PageMeta,
}
