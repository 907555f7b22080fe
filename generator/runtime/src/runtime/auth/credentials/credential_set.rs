//! Keys and tokens that go into a header, a cookie or the query of each request, and several credentials in one client.

use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::runtime::auth::authorization::{Held, Sign};
use crate::runtime::auth::scheme::{Kind, same};
use crate::runtime::request::encode::{encode, push_pair};
// [if token_provider.rs
use crate::runtime::auth::authorization::Provider;
// [end token_provider.rs]
use crate::runtime::auth::authorization::Authorization;
use crate::runtime::{Api, Credentials, InvalidValue, Result, Secret};

/// Credentials of any kinds, or what is wrong with them.
#[derive(Clone)]
pub struct CredentialSet(Result<Vec<Key>, InvalidValue>);

#[derive(Clone)]
pub struct Key {
    kind: Kind,
    /// The scheme that it is for, if not for any of its kind.
    scheme: Option<String>,
    scope: String,
    /// Whether who asks for tokens says who it is in a header.
    by_header: bool,
    /// Where its tokens come from, if not from where those of the API do.
    token_url: Option<Uri>,
    proof: Proof,
}

/// What is sent, or what that is made of.
#[derive(Clone)]
pub enum Proof {
    Sign(Sign),
    Plain(Credentials),
    // [if token_provider.rs
    Provider(Provider),
    // [end token_provider.rs]
}

impl Credentials {
    /// Creates credentials from a token that is sent as `Authorization: Bearer`.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        let token = Zeroizing::new(format!("Bearer {}", token.into().expose()));
        Self::signed(("bearer", ""), header("token", AUTHORIZATION, &token))
    }

    /// Creates credentials from a key that is sent in a header.
    pub fn header(name: &'static str, key: impl Into<Secret>) -> Self {
        let refuse = |_| InvalidValue::new(name, None, "must be the name of a header");
        let known = HeaderName::try_from(name).map_err(refuse);
        Self::signed(("header", name), known.and_then(|header_name| header(name, header_name, key.into().expose())))
    }

    /// Creates credentials from a key that is sent in a cookie. Characters that are not allowed in cookies are percent-encoded.
    pub fn cookie(name: &'static str, key: impl Into<Secret>) -> Self {
        const UNFIT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\');
        let key = key.into();
        let mut pair = Zeroizing::new(encode(name).into_owned());
        pair.push('=');
        pair.extend(utf8_percent_encode(key.expose(), UNFIT));
        let value = secret(name, &pair);
        Self::signed(
            ("cookie", name),
            value.map(|value| -> Sign {
                Arc::new(move |request| {
                    // There is one header for all cookies.
                    let known = request.headers().get(COOKIE).map(HeaderValue::as_bytes);
                    let both = known.map(|known| [known, b"; ", value.as_bytes()].concat());
                    let both = both.and_then(|both| HeaderValue::from_bytes(&both).ok());
                    let mut all = both.unwrap_or_else(|| value.clone());
                    all.set_sensitive(true);
                    request.headers_mut().insert(COOKIE, all);
                })
            }),
        )
    }

    /// Creates credentials from a key that is sent in the query.
    pub fn query(name: &'static str, key: impl Into<Secret>) -> Self {
        let key = key.into();
        let sign: Sign = Arc::new(move |request| {
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
        Self::signed(("query", name), Ok(sign))
    }

    /// Combines these credentials with others. Each request sends those that the document requires for its operation.
    pub fn and(self, other: Self) -> Self {
        let keys = self.keys().and_then(|mut keys| {
            keys.extend(other.keys()?);
            Ok(keys)
        });
        Self::Several(CredentialSet(keys))
    }

    /// These for nothing but the security scheme of that name, where the document has several of one kind. A client
    /// refuses a name that is none, or that of a scheme of another kind.
    pub fn scheme(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.edit(|key| {
            key.scheme = Some(name.clone());
            Ok(())
        })
    }

    /// Sets the scopes to request for tokens of the client credentials grant, such as `read`.
    pub fn scopes(self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let scope = scopes.into_iter().map(Into::into).collect::<Vec<String>>().join(" ");
        self.granted("scopes", |key| key.scope.clone_from(&scope))
    }

    /// Asks for tokens with the client's id and secret in the header `Authorization` (RFC 6749, 2.3.1) instead of in the
    /// form, for servers that want it so.
    pub fn by_header(self) -> Self {
        self.granted("by_header", |key| key.by_header = true)
    }

    /// With the URLs that the tokens of each scheme come from.
    pub(crate) fn located(
        self,
        api: &Api,
        token_url: impl Fn(Option<&'static str>) -> crate::runtime::Result<Option<Uri>>,
    ) -> crate::runtime::Result<Self> {
        let Self::Several(CredentialSet(keys)) = self else { return Ok(self) };
        let mut keys = keys?;
        for key in &mut keys {
            let Some(name) = &key.scheme else { continue };
            let refuse = |rule| InvalidValue::new("scheme", Some(&name.as_str().into()), rule);
            let scheme = api.schemes.iter().find(|scheme| scheme.name == *name);
            let Some(scheme) = scheme.filter(|scheme| same(scheme.kind, key.kind)) else {
                let names = api.schemes.iter().filter(|scheme| same(scheme.kind, key.kind));
                let names = names.map(|scheme| format!("`{}`", scheme.name)).collect::<Vec<_>>().join(", ");
                let known = if names.is_empty() { "none".to_owned() } else { names };
                return Err(refuse(format!("must be one of the schemes for such credentials ({known})")).into());
            };
            key.token_url = token_url(scheme.token_url)?;
        }
        Ok(Self::Several(CredentialSet(Ok(keys))))
    }

    fn granted(self, what: &'static str, change: impl Fn(&mut Key)) -> Self {
        self.edit(|key| {
            change(key);
            let granted = matches!(key.proof, Proof::Plain(Self::ClientCredentials { .. }));
            granted.then_some(()).ok_or_else(|| InvalidValue::new(what, None, "must be said of client credentials"))
        })
    }

    fn edit(self, change: impl Fn(&mut Key) -> Result<(), InvalidValue>) -> Self {
        let keys = self.keys().and_then(|mut keys| {
            keys.iter_mut().try_for_each(change)?;
            Ok(keys)
        });
        Self::Several(CredentialSet(keys))
    }

    fn keys(self) -> Result<Vec<Key>, InvalidValue> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Several(CredentialSet(keys)) => keys,
            Self::Basic { .. } => Ok(vec![Key::new(("basic", ""), Proof::Plain(self))]),
            Self::ClientCredentials { .. } => Ok(vec![Key::new(("bearer", ""), Proof::Plain(self))]),
        }
    }

    fn signed(kind: Kind, sign: Result<Sign, InvalidValue>) -> Self {
        Self::Several(CredentialSet(sign.map(|sign| vec![Key::new(kind, Proof::Sign(sign))])))
    }

    // [if token_provider.rs
    pub(crate) fn provided(provider: Provider) -> Self {
        Self::Several(CredentialSet(Ok(vec![Key::new(("bearer", ""), Proof::Provider(provider))])))
    }
    // [end token_provider.rs]
}

impl Authorization {
    /// HTTP Basic authentication of the client of a token endpoint, whose parts are encoded as those of a form are.
    pub fn client(id: &str, secret: &Secret) -> Option<Self> {
        Self::basic(&encode(id), &Secret::new(encode(secret.expose())))
    }
}

impl Key {
    fn new(kind: Kind, proof: Proof) -> Self {
        Self { kind, scheme: None, scope: String::new(), by_header: false, token_url: None, proof }
    }
}

impl CredentialSet {
    /// What each sends; tokens come from `token_url`, unless those of its scheme come from elsewhere.
    pub(crate) fn into_authorization(self, token_url: Option<Uri>) -> Result<Authorization, InvalidValue> {
        let held = |key: Key| {
            let mut proof = match key.proof {
                Proof::Sign(sign) => Authorization::Signed(sign),
                Proof::Plain(one) => one.into_authorization(key.token_url.or_else(|| token_url.clone()))?,
                // [if token_provider.rs
                Proof::Provider(provider) => provider.into(),
                // [end token_provider.rs]
            };
            if let Authorization::Token(source) = &mut proof {
                (source.scope, source.by_header) = (key.scope, key.by_header);
            }
            Ok(Held { kind: key.kind, scheme: key.scheme, proof })
        };
        self.0?.into_iter().map(held).collect::<Result<_, _>>().map(Authorization::Several)
    }
}

impl fmt::Debug for CredentialSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

fn header(name: &'static str, header: HeaderName, value: &str) -> Result<Sign, InvalidValue> {
    let value = secret(name, value)?;
    Ok(Arc::new(move |request| {
        request.headers_mut().insert(header.clone(), value.clone());
    }))
}

fn secret(name: &'static str, value: &str) -> Result<HeaderValue, InvalidValue> {
    let refuse = |rule| InvalidValue::new(name, None, rule);
    let mut header = crate::runtime::request::request_parts::header_value(value)
        .ok_or_else(|| refuse("must be visible ASCII characters"))?;
    if value.trim_end() != value || value.is_empty() {
        return Err(refuse("must not be empty, or end with white space"));
    }
    header.set_sensitive(true);
    Ok(header)
}
