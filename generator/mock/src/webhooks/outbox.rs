//! The webhooks that wait until they are sent. Tasks send them in the background.
//!
//! The webhooks to one URL are sent in order, one after the other. A retry comes after the webhooks that wait already.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_runtime::runtime::webhooks::{Signature, Signer};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::generate;
use crate::json_path::{set_property, value_to_string};
use crate::model::Model;
use crate::security::CREDENTIALS;
use crate::webhooks::catalog::{self, Catalog, Event, EventId};
use crate::webhooks::delivery::{Attempt, Delivery, Log};
use crate::webhooks::http_client::{self, Reply};
use crate::webhooks::payload::{self, Encoded};

/// The time within which a receiver must respond, by default.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The pause before a retry.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// The maximum number of waiting webhooks.
const MAX_WAITING_COUNT: usize = 10_000;

/// The maximum size of the payloads and URLs of all waiting webhooks, in bytes.
const MAX_WAITING_BYTES: usize = 64 << 20;

/// A function that is called after a webhook has failed.
pub(crate) type OnFailure = Box<dyn Fn(&Delivery) + Send + Sync>;

/// The settings of the sender.
#[derive(Default)]
pub(crate) struct Settings {
    /// The URL for webhooks that are sent on demand.
    pub url: Option<String>,
    pub secret: Option<String>,
    pub timeout: Option<Duration>,
    pub on_failure: Option<OnFailure>,
}

impl Settings {
    /// Checks the URL.
    pub fn check(&self) -> Result<(), Error> {
        self.url.iter().try_for_each(|url| http_client::parse_url(url).map(|_| ()).map_err(Error::Webhook))
    }
}

/// The sender of webhooks.
pub(crate) struct Outbox {
    model: Arc<Model>,
    pub catalog: Catalog,
    secret: String,
    timeout: Duration,
    on_failure: Option<OnFailure>,
    runtime: Handle,
    /// Notified when all webhooks to a URL are sent.
    done: Notify,
    queue: Mutex<Queue>,
}

/// The waiting webhooks, and the log of the deliveries.
struct Queue {
    url: Option<String>,
    /// The waiting webhooks, by their URL. A task sends the webhooks of each URL.
    waiting: HashMap<String, VecDeque<Job>>,
    waiting_count: usize,
    waiting_bytes: usize,
    tasks: JoinSet<()>,
    is_stopped: bool,
    log: Log,
}

/// A webhook to send.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub event: EventId,
    pub url: String,
    pub method: String,
    pub payload: Value,
    /// The maximum number of retries.
    pub retries: u32,
    /// The property of the payload that gets the number of the retry.
    pub retry_property: Option<String>,
}

/// A webhook that waits until it is sent.
struct Job {
    /// The number of the delivery in the log.
    number: u64,
    message: Message,
    size: usize,
    /// The number of attempts so far.
    attempt: u32,
}

impl Queue {
    /// Adds a webhook behind those that wait for the same URL.
    fn add(&mut self, url: String, job: Job) {
        self.waiting_count += 1;
        self.waiting_bytes += job.size;
        self.waiting.entry(url).or_default().push_back(job);
    }
}

impl Outbox {
    /// Creates a sender that uses the current tokio runtime.
    pub fn new(model: Arc<Model>, settings: Settings) -> Self {
        let password = model.credentials.as_ref().map_or(CREDENTIALS.1, |(_, password)| password.as_str());
        let needs_base64 = match catalog::signature(model.config.webhooks.signature.as_ref()) {
            Signature::Body(signature) => signature.base64_secret_prefix.is_some(),
            _ => false,
        };
        let secret = settings.secret.unwrap_or_else(|| match needs_base64 {
            true => format!("whsec_{}", STANDARD.encode(password)),
            false => password.to_owned(),
        });
        let queue = Queue {
            url: settings.url,
            waiting: HashMap::new(),
            waiting_count: 0,
            waiting_bytes: 0,
            tasks: JoinSet::new(),
            is_stopped: false,
            log: Log::default(),
        };
        Self {
            catalog: Catalog::new(&model),
            model,
            secret,
            timeout: settings.timeout.unwrap_or(TIMEOUT),
            on_failure: settings.on_failure,
            runtime: Handle::current(),
            done: Notify::new(),
            queue: Mutex::new(queue),
        }
    }

    /// Returns the webhooks of the document and the callbacks, with generated payloads.
    pub fn events(&self) -> impl Iterator<Item = (Event<'_>, Option<Value>)> {
        let events = self.catalog.ids(&self.model).filter_map(|id| self.catalog.get(&self.model, id));
        events.map(|event| {
            let payload = payload::complete(&self.model, &event, None, &generate::time(0));
            (event, payload.ok().filter(|payload| !payload.is_null()))
        })
    }

    /// Returns the secret with which the webhooks are signed.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Sets the URL for webhooks that are sent on demand.
    pub fn set_url(&self, url: String) -> Result<(), Error> {
        http_client::parse_url(&url).map_err(Error::Webhook)?;
        self.lock().url = Some(url);
        Ok(())
    }

    /// Stops all tasks.
    pub fn stop(&self) {
        let mut queue = self.lock();
        queue.is_stopped = true;
        queue.waiting.clear();
        queue.tasks.abort_all();
        self.done.notify_waiters();
    }

    /// Waits until no webhook is left to send.
    pub async fn wait(&self) {
        loop {
            let done = self.done.notified();
            if self.lock().waiting.is_empty() {
                return;
            }
            done.await;
        }
    }

    /// Returns the last deliveries with their numbers, from the oldest to the newest.
    pub fn deliveries(&self) -> Vec<(u64, Delivery)> {
        self.lock().log.iter().map(|(number, delivery)| (number, delivery.clone())).collect()
    }

    /// Returns the number of changes of the deliveries.
    pub fn revision(&self) -> u64 {
        self.lock().log.revision
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Sends a webhook of the document on demand. `now` is the time in a generated payload.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Webhook`] if the document has no such webhook, if the payload does not match its schema, or if there is
    /// no URL to send it to.
    pub fn send(
        self: &Arc<Self>,
        url: Option<&str>,
        name: &str,
        payload: Option<Value>,
        now: &str,
    ) -> Result<(), Error> {
        let id = self.catalog.find(&self.model, name)?;
        let Some(event) = self.catalog.get(&self.model, id) else { return Ok(()) };
        let url = url.map(str::to_owned).or_else(|| self.lock().url.clone());
        let url = url.ok_or_else(|| Error::Webhook("no URL is set for webhooks".to_owned()))?;
        http_client::parse_url(&url).map_err(Error::Webhook)?;
        let payload = payload::complete(&self.model, &event, payload, now)?;
        let method = event.webhook.method.as_str().to_owned();
        self.queue(Message { event: id, url, method, payload, retries: 0, retry_property: None });
        Ok(())
    }

    /// Queues a webhook. A task sends it in the background.
    pub fn queue(self: &Arc<Self>, message: Message) {
        let mut guard = self.lock();
        let queue = &mut *guard;
        if queue.is_stopped {
            return;
        }
        let number = queue.log.add(self.delivery(&message));
        let size = message.payload.to_string().len() + message.url.len();
        if queue.waiting_count >= MAX_WAITING_COUNT || queue.waiting_bytes + size > MAX_WAITING_BYTES {
            let attempt = Attempt::new(Err("too many webhooks are waiting".to_owned()));
            queue.log.update(number, |delivery| finish(delivery, attempt, false));
            drop(guard);
            return self.report_failure(number);
        }
        let url = message.url.clone();
        let is_new = !queue.waiting.contains_key(&url);
        queue.add(url.clone(), Job { number, message, size, attempt: 0 });
        if is_new {
            while queue.tasks.try_join_next().is_some() {}
            queue.tasks.spawn_on(send_all(Arc::clone(self), url), &self.runtime);
        }
    }
}

/// Sends the webhooks that wait for a URL, until none is left. A retry comes after the webhooks that wait already.
async fn send_all(outbox: Arc<Outbox>, url: String) {
    while let Some(mut job) = outbox.next(&url) {
        if job.attempt > 0 {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        let result = outbox.attempt(&job.message, job.attempt).await;
        let is_success = result.as_ref().is_ok_and(|reply| (200..300).contains(&reply.status));
        let is_last = is_success || job.attempt == job.message.retries;
        let result = Attempt::new(result.map(|reply| reply.status));
        let mut queue = outbox.lock();
        queue.log.update(job.number, |delivery| finish(delivery, result, !is_last));
        if !is_last && !queue.is_stopped {
            job.attempt += 1;
            queue.add(url.clone(), job);
        } else if !is_success {
            drop(queue);
            outbox.report_failure(job.number);
        }
    }
}

fn finish(delivery: &mut Delivery, attempt: Attempt, is_pending: bool) {
    delivery.attempts.push(attempt);
    delivery.is_pending = is_pending;
}

impl Outbox {
    /// Takes the next webhook for a URL. If there is none, the task of the URL ends.
    fn next(&self, url: &str) -> Option<Job> {
        let mut guard = self.lock();
        let queue = &mut *guard;
        let job = queue.waiting.get_mut(url).and_then(VecDeque::pop_front);
        match &job {
            Some(job) => {
                queue.waiting_count -= 1;
                queue.waiting_bytes -= job.size;
            }
            None => {
                queue.waiting.remove(url);
                self.done.notify_waiters();
            }
        }
        job
    }

    fn delivery(&self, message: &Message) -> Delivery {
        let event = self.catalog.get(&self.model, message.event);
        Delivery {
            event: event.map(|event| event.webhook.name.clone()).unwrap_or_default(),
            method: message.method.clone(),
            url: message.url.clone(),
            payload: message.payload.clone(),
            attempts: Vec::new(),
            is_pending: true,
        }
    }

    /// Sends a webhook without queueing it. Returns the number of its delivery, and the response.
    pub async fn send_now(&self, message: &Message) -> (u64, Result<Reply, String>) {
        let number = self.lock().log.add(self.delivery(message));
        let reply = self.attempt(message, 0).await;
        let attempt = Attempt::new(reply.as_ref().map(|reply| reply.status).map_err(String::clone));
        self.lock().log.update(number, |delivery| finish(delivery, attempt, false));
        // A response with the status 400 to 499 rejects the change.
        if !reply.as_ref().is_ok_and(|reply| matches!(reply.status, 200..300 | 400..500)) {
            self.report_failure(number);
        }
        (number, reply)
    }

    /// Calls the function for failed webhooks, without a lock.
    fn report_failure(&self, number: u64) {
        let Some(on_failure) = &self.on_failure else { return };
        let delivery = self.lock().log.get(number).cloned();
        delivery.iter().for_each(on_failure);
    }

    /// Records the effect of a response on a change.
    pub fn set_effect(&self, number: u64, effect: String) {
        self.lock().log.update(number, |delivery| {
            if let Some(attempt) = delivery.attempts.last_mut() {
                attempt.effect = Some(effect);
            }
        });
    }

    /// Sends a webhook once.
    async fn attempt(&self, message: &Message, attempt: u32) -> Result<Reply, String> {
        let Some(event) = self.catalog.get(&self.model, message.event) else { return Err(String::new()) };
        let mut payload = message.payload.clone();
        if let (Some(property), Value::Object(entries)) = (&message.retry_property, &mut payload)
            && attempt > 0
        {
            set_property(entries, property, json!(attempt));
        }
        let (url, headers, body) = self.request(&event, message, &payload)?;
        http_client::send(&url, &message.method, headers, body, self.timeout).await
    }

    /// Returns the URL, the headers and the body of a request.
    fn request(
        &self,
        event: &Event<'_>,
        message: &Message,
        payload: &Value,
    ) -> Result<(String, HeaderMap, String), String> {
        let mut url = message.url.split('#').next().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        let body = match payload::encode(&self.model.api, event, &message.method, payload) {
            Encoded::Empty => String::new(),
            Encoded::Body(media_type, body) => {
                let value = HeaderValue::try_from(media_type).map_err(|error| error.to_string())?;
                headers.insert(CONTENT_TYPE, value);
                body
            }
            Encoded::Query(query) => {
                url = format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' });
                String::new()
            }
        };
        if let Some(name) = event.name_header {
            let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
            headers.insert(name, HeaderValue::try_from(event.name()).map_err(|error| error.to_string())?);
        }
        let signature = catalog::signature(self.model.config.webhooks.signature.as_ref());
        let signer = Signer::new(self.secret.as_str());
        let url =
            signer.sign_parts(&signature, url, &mut headers, body.as_bytes()).map_err(|error| error.to_string())?;
        for param in event.webhook.headers.iter().filter(|param| param.required) {
            let value = generate::value(&self.model, &param.ty, &param.constraints, &generate::time(0));
            let value = value_to_string(&value);
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(&param.wire), HeaderValue::try_from(value)) {
                headers.entry(name).or_insert(value);
            }
        }
        Ok((url, headers, body))
    }
}
