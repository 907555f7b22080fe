//! Operations that say which credentials they take, of those that a client has.

use std::sync::{Arc, Mutex, PoisonError};

use super::call::Parts;
use super::token::{Authorization, Sign};
use super::{Body, Decode, InvalidValue, Request, Result};

/// A kind of credentials, and the name of the header, cookie or parameter that it goes by.
pub type Kind = (&'static str, &'static str);

/// Which kinds are sent with a request.
#[derive(Clone)]
pub struct Chosen(&'static [Kind]);

/// Asks what kinds there are, instead of having them sent.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<Kind>>>);

impl<D: Decode> Request<D> {
    /// Says which credentials the operation takes: those of one of these lists, all together. An empty list means that it
    /// can do without.
    pub fn security(mut self, alternatives: &'static [&'static [Kind]]) -> Self {
        self.parts.security = alternatives;
        self
    }
}

impl Parts {
    /// The first of the alternatives that the client has everything for; none if it has no credentials at all, or the
    /// operation does not say what it takes.
    pub fn choose(&self, identity: &Authorization) -> Result<Option<Chosen>, InvalidValue> {
        let held = match identity {
            _ if self.security.is_empty() => return Ok(None),
            Authorization::None => return Ok(None),
            Authorization::Fixed(_) => vec![("basic", "")],
            Authorization::Token(_) => vec![("bearer", "")],
            Authorization::Signed(sign) => kinds(sign),
        };
        let has = |wanted: &Kind| held.iter().any(|kind| same(kind, wanted));
        let chosen = self.security.iter().find(|one| !one.is_empty() && one.iter().all(has));
        let chosen = chosen.or(self.security.iter().find(|one| one.is_empty()));
        match chosen {
            Some(chosen) => Ok(Some(Chosen(chosen))),
            None => {
                let say = |(kind, name): &Kind| format!("{kind} {name}").trim_end().to_owned();
                let one = |one: &&[Kind]| format!("`{}`", one.iter().map(say).collect::<Vec<_>>().join("` with `"));
                let wanted: Vec<String> = self.security.iter().map(one).collect();
                let rule = format!("must be what the operation takes: {}", wanted.join(", or "));
                Err(InvalidValue::new("credentials", None, rule))
            }
        }
    }
}

impl Chosen {
    /// Whether nothing is to be sent.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

/// Credentials of a kind that are sent where they are wanted, and everywhere where nothing is said of that.
pub fn where_wanted(sign: Sign, kind: Kind) -> Sign {
    Arc::new(move |request| {
        if let Some(Asked(kinds)) = request.extensions().get() {
            kinds.lock().unwrap_or_else(PoisonError::into_inner).push(kind);
            return;
        }
        let chosen = request.extensions().get::<Chosen>();
        if chosen.is_none_or(|chosen| chosen.0.iter().any(|wanted| same(wanted, &kind))) {
            sign(request);
        }
    })
}

/// The kinds of all credentials that a signature puts into requests.
fn kinds(sign: &Sign) -> Vec<Kind> {
    let asked = Asked::default();
    let mut request = http::Request::new(Body::default());
    request.extensions_mut().insert(asked.clone());
    sign(&mut request);
    let kinds = asked.0.lock().unwrap_or_else(PoisonError::into_inner);
    kinds.clone()
}

fn same((kind, name): &Kind, (other, other_name): &Kind) -> bool {
    kind == other && name.eq_ignore_ascii_case(other_name)
}
