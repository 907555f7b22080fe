//! The selection of credentials for operations with different security schemes.

use http::Request as Http;

use super::authorization::Authorization;
use crate::runtime::auth::scheme::{Kind, is_same_kind};
use crate::runtime::request::path::PathPart;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Body, Decode, InvalidValue, Request, Result, Scheme};

impl<D: Decode> Request<D> {
    /// Sets the security schemes of the operation, as alternatives. All schemes of one alternative are required together.
    /// An empty alternative means that the operation does not require credentials.
    pub fn security(mut self, alternatives: &'static [&'static [&'static str]]) -> Self {
        self.parts.security = alternatives;
        self
    }
}

/// Credentials of a client: their kind, the name of their security scheme, and the form in which they are sent. The name is
/// `None` for credentials that fit all schemes of their kind.
type ClientCredential<'a> = (Kind, Option<&'a str>, &'a Authorization);

impl Parts {
    /// Adds the API keys that the operation requires to a request. Returns the credentials for the header `Authorization`.
    pub fn add_credentials<'a>(
        &self,
        authorization: &'a Authorization,
        request: &mut Http<Body>,
    ) -> Result<&'a Authorization, InvalidValue> {
        let client_credentials: Vec<ClientCredential<'a>> = match authorization {
            Authorization::None => return Ok(authorization),
            Authorization::Several(several) => {
                several.iter().map(|scheme| (scheme.kind, scheme.scheme.as_deref(), &scheme.authorization)).collect()
            }
            Authorization::Token(_) => vec![(("bearer", ""), None, authorization)],
            Authorization::Fixed(_) | Authorization::Key(_) => vec![(("basic", ""), None, authorization)],
        };
        let literal_query = self.path.iter().find_map(|part| match part {
            PathPart::Raw(path) => path.split_once('?').map(|(_, query)| query),
            _ => None,
        });
        let literal_query = literal_query.unwrap_or_default();
        client_credentials.iter().try_for_each(|(kind, ..)| self.extra.check_credential(*kind, literal_query))?;
        let mut header_credentials = &Authorization::None;
        for authorization in self.select_credentials(&client_credentials)? {
            match authorization {
                Authorization::Key(add_key) => add_key(request),
                authorization => header_credentials = authorization,
            }
        }
        Ok(header_credentials)
    }

    /// Returns the credentials of the first alternative whose credentials the client has. If the document declares no
    /// security for the operation, returns all credentials of the client.
    fn select_credentials<'a>(
        &self,
        client_credentials: &[ClientCredential<'a>],
    ) -> Result<Vec<&'a Authorization>, InvalidValue> {
        if self.security.is_empty() {
            return Ok(client_credentials.iter().map(|(.., authorization)| *authorization).collect());
        }
        let find_scheme = |name: &str| self.connection.api.schemes.iter().find(|scheme| scheme.name == name);
        // Credentials for this scheme alone take precedence over credentials for all schemes of the kind.
        let credentials_for_scheme = |scheme: &&Scheme| {
            let credentials_for_scheme_alone =
                client_credentials.iter().find(|(_, name, _)| *name == Some(scheme.name));
            let is_for_kind =
                |(kind, name, _): &&ClientCredential<'a>| name.is_none() && is_same_kind(*kind, scheme.kind);
            credentials_for_scheme_alone.or(client_credentials.iter().find(is_for_kind))
        };
        let credentials_for_name = |name: &&str| {
            find_scheme(name).as_ref().and_then(credentials_for_scheme).map(|(.., authorization)| *authorization)
        };
        let credentials_for_alternative =
            |names: &&[&str]| names.iter().map(credentials_for_name).collect::<Option<Vec<_>>>();
        let selected = self.security.iter().filter(|names| !names.is_empty()).find_map(credentials_for_alternative);
        let is_optional = self.security.iter().any(|names| names.is_empty());
        if let Some(selected) = selected.or(is_optional.then(Vec::new)) {
            return Ok(selected);
        }
        let describe = |name: &&str| {
            let (kind, key_name) = find_scheme(name).map(|scheme| scheme.kind).unwrap_or_default();
            format!("`{name}` ({})", format!("{kind} {key_name}").trim_end())
        };
        let alternatives =
            self.security.iter().map(|names| names.iter().map(describe).collect::<Vec<_>>().join(" with "));
        let alternatives = alternatives.collect::<Vec<_>>().join(", or ");
        Err(InvalidValue::new("credentials", None, format!("must be what the operation requires: {alternatives}")))
    }
}
