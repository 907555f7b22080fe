//! API keys and tokens in a header, a cookie or the query, and combinations of credentials.

use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::runtime::auth::authorization::Authorization;
#[cfg(feature = "token-providers")]
use crate::runtime::auth::authorization::TokenProvider;
use crate::runtime::auth::authorization::{AddKey, SchemeAuthorization};
use crate::runtime::auth::scheme::{Kind, is_same_kind};
use crate::runtime::request::encode::{encode, push_pair};
use crate::runtime::{Api, Credentials, InvalidValue, Result, Secret};

/// Credentials for one or more security schemes, or the error that building a client returns.
#[derive(Clone)]
pub struct CredentialSet(Result<Vec<Credential>, InvalidValue>);

#[derive(Clone)]
pub struct Credential {
    kind: Kind,
    /// The name of the security scheme. `None` if the credential is for all schemes of its kind.
    scheme: Option<String>,
    /// The scopes to request for tokens.
    scope: String,
    /// Whether a token request has the client ID and secret in a header instead of the form.
    by_header: bool,
    /// The token endpoint, if it is not the token endpoint of the API.
    token_url: Option<Uri>,
    source: Source,
}

/// The secret values of a credential.
#[derive(Clone)]
pub enum Source {
    /// An API key or a token.
    Key(AddKey),
    /// A user name and a password, or a client ID and a client secret.
    Credentials(Credentials),
    #[cfg(feature = "token-providers")]
    Provider(TokenProvider),
}

impl Credentials {
    /// Creates credentials from a token that is sent as `Authorization: Bearer`.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        let token = Zeroizing::new(format!("Bearer {}", token.into().expose()));
        Self::from_key(("bearer", ""), add_header("token", AUTHORIZATION, &token))
    }

    /// Creates credentials from a key that is sent in a header.
    pub fn header(name: &'static str, key: impl Into<Secret>) -> Self {
        let invalid = |_| InvalidValue::new(name, None, "must be the name of a header");
        let header = HeaderName::try_from(name).map_err(invalid);
        Self::from_key(("header", name), header.and_then(|header| add_header(name, header, key.into().expose())))
    }

    /// Creates credentials from a key that is sent in a cookie. Characters that are not allowed in cookies are percent-encoded.
    pub fn cookie(name: &'static str, key: impl Into<Secret>) -> Self {
        const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\');
        let key = key.into();
        let mut pair = Zeroizing::new(encode(name).into_owned());
        pair.push('=');
        pair.extend(utf8_percent_encode(key.expose(), ENCODED));
        let value = secret_header(name, &pair);
        Self::from_key(
            ("cookie", name),
            value.map(|value| -> AddKey {
                Arc::new(move |request| {
                    // A request has at most one `Cookie` header, so the cookie is appended to the existing header.
                    let existing = request.headers().get(COOKIE).map(HeaderValue::as_bytes);
                    let joined = existing.map(|existing| [existing, b"; ", value.as_bytes()].concat());
                    let joined = joined.and_then(|joined| HeaderValue::from_bytes(&joined).ok());
                    let mut cookies = joined.unwrap_or_else(|| value.clone());
                    cookies.set_sensitive(true);
                    request.headers_mut().insert(COOKIE, cookies);
                })
            }),
        )
    }

    /// Creates credentials from a key that is sent in the query.
    pub fn query(name: &'static str, key: impl Into<Secret>) -> Self {
        let key = key.into();
        let add_key: AddKey = Arc::new(move |request| {
            let uri = request.uri();
            let mut query = Zeroizing::new(uri.query().unwrap_or_default().to_owned());
            push_pair(&mut query, name, key.expose());
            let mut parts = uri.clone().into_parts();
            let target = format!("{}?{}", uri.path(), *query);
            parts.path_and_query = target.try_into().ok().or(parts.path_and_query);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        });
        Self::from_key(("query", name), Ok(add_key))
    }

    /// Combines these credentials with `other`. Each request sends the credentials that the document requires for its
    /// operation.
    pub fn and(self, other: Self) -> Self {
        let credentials = self.into_credentials().and_then(|mut credentials| {
            credentials.extend(other.into_credentials()?);
            Ok(credentials)
        });
        Self::Several(CredentialSet(credentials))
    }

    /// Restricts the credentials to one security scheme, for documents with several schemes of one kind. Building a client
    /// fails if the document has no such scheme, or if the scheme is of a different kind.
    pub fn scheme(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.edit(|credential| {
            credential.scheme = Some(name.clone());
            Ok(())
        })
    }

    /// Sets the scopes to request for tokens of the client credentials grant, such as `read`.
    pub fn scopes(self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let scope = scopes.into_iter().map(Into::into).collect::<Vec<String>>().join(" ");
        self.edit_client_credentials("scopes", |credential| credential.scope.clone_from(&scope))
    }

    /// Sends the client ID and secret of a token request in the header `Authorization` (RFC 6749, section 2.3.1) instead of the
    /// form. Some servers require this.
    pub fn by_header(self) -> Self {
        self.edit_client_credentials("by_header", |credential| credential.by_header = true)
    }

    /// Sets the token endpoint of the credentials of each security scheme.
    pub(crate) fn with_token_urls(
        self,
        api: &Api,
        token_url: impl Fn(Option<&'static str>) -> crate::runtime::Result<Option<Uri>>,
    ) -> crate::runtime::Result<Self> {
        let Self::Several(CredentialSet(credentials)) = self else { return Ok(self) };
        let mut credentials = credentials?;
        for credential in &mut credentials {
            let Some(name) = &credential.scheme else { continue };
            let mut same_kind = api.schemes.iter().filter(|scheme| is_same_kind(scheme.kind, credential.kind));
            let Some(scheme) = same_kind.clone().find(|scheme| scheme.name == *name) else {
                let names =
                    same_kind.by_ref().map(|scheme| format!("`{}`", scheme.name)).collect::<Vec<_>>().join(", ");
                let names = if names.is_empty() { "none".to_owned() } else { names };
                let rule = format!("must be one of the schemes for such credentials ({names})");
                return Err(InvalidValue::new("scheme", Some(&name.as_str().into()), rule).into());
            };
            credential.token_url = token_url(scheme.token_url)?;
        }
        Ok(Self::Several(CredentialSet(Ok(credentials))))
    }

    fn edit_client_credentials(self, setting: &'static str, change: impl Fn(&mut Credential)) -> Self {
        self.edit(|credential| {
            change(credential);
            match credential.source {
                Source::Credentials(Self::ClientCredentials { .. }) => Ok(()),
                _ => Err(InvalidValue::new(setting, None, "must be set on client credentials only")),
            }
        })
    }

    fn edit(self, change: impl Fn(&mut Credential) -> Result<(), InvalidValue>) -> Self {
        let credentials = self.into_credentials().and_then(|mut credentials| {
            credentials.iter_mut().try_for_each(change)?;
            Ok(credentials)
        });
        Self::Several(CredentialSet(credentials))
    }

    fn into_credentials(self) -> Result<Vec<Credential>, InvalidValue> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Several(CredentialSet(credentials)) => credentials,
            Self::Basic { .. } => Ok(vec![Credential::new(("basic", ""), Source::Credentials(self))]),
            Self::ClientCredentials { .. } => Ok(vec![Credential::new(("bearer", ""), Source::Credentials(self))]),
        }
    }

    fn from_key(kind: Kind, add_key: Result<AddKey, InvalidValue>) -> Self {
        Self::Several(CredentialSet(add_key.map(|add_key| vec![Credential::new(kind, Source::Key(add_key))])))
    }

    #[cfg(feature = "token-providers")]
    pub(crate) fn from_provider(provider: TokenProvider) -> Self {
        Self::Several(CredentialSet(Ok(vec![Credential::new(("bearer", ""), Source::Provider(provider))])))
    }
}

impl Authorization {
    /// Creates the header value for HTTP Basic authentication at a token endpoint. RFC 6749, section 2.3.1, requires that the
    /// client ID and the secret are encoded as in a form.
    pub fn form_encoded_basic(client_id: &str, secret: &Secret) -> Option<Self> {
        Self::basic(&encode(client_id), &Secret::new(encode(secret.expose())))
    }
}

impl Credential {
    fn new(kind: Kind, source: Source) -> Self {
        Self { kind, scheme: None, scope: String::new(), by_header: false, token_url: None, source }
    }
}

impl CredentialSet {
    /// Converts the credentials to the form in which requests send them. `token_url` is the default token endpoint.
    pub(crate) fn into_authorization(self, token_url: Option<Uri>) -> Result<Authorization, InvalidValue> {
        let convert = |credential: Credential| {
            let mut authorization = match credential.source {
                Source::Key(add_key) => Authorization::Key(add_key),
                Source::Credentials(credentials) => {
                    credentials.into_authorization(credential.token_url.or_else(|| token_url.clone()))?
                }
                #[cfg(feature = "token-providers")]
                Source::Provider(provider) => provider.into(),
            };
            if let Authorization::Token(source) = &mut authorization {
                (source.scope, source.by_header) = (credential.scope, credential.by_header);
            }
            Ok(SchemeAuthorization { kind: credential.kind, scheme: credential.scheme, authorization })
        };
        self.0?.into_iter().map(convert).collect::<Result<_, _>>().map(Authorization::Several)
    }
}

impl fmt::Debug for CredentialSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Returns a function that sets a header. `name` is the name of the value in errors.
fn add_header(name: &'static str, header: HeaderName, value: &str) -> Result<AddKey, InvalidValue> {
    let value = secret_header(name, value)?;
    Ok(Arc::new(move |request| {
        request.headers_mut().insert(header.clone(), value.clone());
    }))
}

fn secret_header(name: &'static str, value: &str) -> Result<HeaderValue, InvalidValue> {
    let invalid = |rule| InvalidValue::new(name, None, rule);
    let mut header = crate::runtime::request::header_value::header_value(value)
        .ok_or_else(|| invalid("must be visible ASCII characters"))?;
    if value.trim_end() != value || value.is_empty() {
        return Err(invalid("must not be empty, or end with white space"));
    }
    header.set_sensitive(true);
    Ok(header)
}
