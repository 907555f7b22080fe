//! The selection of credentials for operations with different security schemes.

use http::Request as Http;

use super::authorization::Authorization;
use crate::runtime::auth::scheme::{Kind, same};
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Body, Decode, InvalidValue, Request, Result, Scheme};

impl<D: Decode> Request<D> {
    /// Says which security schemes the operation takes: those of one of these lists, all together. An empty list means that it
    /// can do without.
    pub fn security(mut self, alternatives: &'static [&'static [&'static str]]) -> Self {
        self.parts.security = alternatives;
        self
    }
}

/// What a client holds: its kind, the only scheme that it is for, if there is such, and what is sent.
type Card<'a> = (Kind, Option<&'a str>, &'a Authorization);

impl Parts {
    /// Puts those of the client's credentials into a request that the operation takes, and gives what is still to be made a
    /// header of.
    pub fn identify<'a>(
        &self,
        identity: &'a Authorization,
        request: &mut Http<Body>,
    ) -> Result<&'a Authorization, InvalidValue> {
        let held: Vec<Card<'a>> = match identity {
            Authorization::None => return Ok(identity),
            Authorization::Several(all) => {
                all.iter().map(|one| (one.kind, one.scheme.as_deref(), &one.proof)).collect()
            }
            Authorization::Token(_) => vec![(("bearer", ""), None, identity)],
            Authorization::Fixed(_) | Authorization::Signed(_) => vec![(("basic", ""), None, identity)],
        };
        let mut rest = &Authorization::None;
        for proof in self.choose(&held)? {
            match proof {
                Authorization::Signed(sign) => sign(request),
                other => rest = other,
            }
        }
        Ok(rest)
    }

    /// The first of the alternatives that there is everything for; all that there is if the operation does not say what it
    /// takes.
    fn choose<'a>(&self, held: &[Card<'a>]) -> Result<Vec<&'a Authorization>, InvalidValue> {
        if self.security.is_empty() {
            return Ok(held.iter().map(|(.., proof)| *proof).collect());
        }
        let schemes = self.connection.api.schemes;
        let known = |name: &str| schemes.iter().find(|scheme| scheme.name == name);
        // What is for that scheme alone comes before what is for any of its kind.
        let for_scheme = |scheme: &&Scheme| {
            let own = held.iter().find(|(_, own, _)| *own == Some(scheme.name));
            own.or(held.iter().find(|(kind, own, _)| own.is_none() && same(*kind, scheme.kind)))
        };
        let proof = |name: &&str| known(name).as_ref().and_then(for_scheme).map(|(.., proof)| *proof);
        let whole = |one: &&&[&str]| one.iter().map(proof).collect::<Option<Vec<_>>>();
        let fits = self.security.iter().filter(|one| !one.is_empty()).find_map(|one| whole(&one));
        if let Some(chosen) = fits.or(self.security.iter().any(|one| one.is_empty()).then(Vec::new)) {
            return Ok(chosen);
        }
        let say = |name: &&str| {
            let (kind, goes_by) = known(name).map(|scheme| scheme.kind).unwrap_or_default();
            format!("`{name}` ({})", format!("{kind} {goes_by}").trim_end())
        };
        let wanted = self.security.iter().map(|one| one.iter().map(say).collect::<Vec<_>>().join(" with "));
        let rule = format!("must be what the operation takes: {}", wanted.collect::<Vec<_>>().join(", or "));
        Err(InvalidValue::new("credentials", None, rule))
    }
}
