//! Keys and tokens that go into a header, a cookie or the query of each request.

use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use super::choice::{Kind, where_wanted};
use super::encode::push_pair;
use super::token::{Authorization, Sign};
use super::{Credentials, InvalidValue, Secret, Signature};

impl Credentials {
    /// A token that is at hand, as `Authorization: Bearer`.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        let token = Zeroizing::new(format!("Bearer {}", token.into().expose()));
        Self::signed(("bearer", ""), header("token", AUTHORIZATION, &token))
    }

    /// A key in a header.
    pub fn header(name: &'static str, key: impl Into<Secret>) -> Self {
        let refuse = |_| InvalidValue::new(name, None, "must be the name of a header");
        let known = HeaderName::try_from(name).map_err(refuse);
        Self::signed(("header", name), known.and_then(|header_name| header(name, header_name, key.into().expose())))
    }

    /// A key in a cookie.
    pub fn cookie(name: &'static str, key: impl Into<Secret>) -> Self {
        let key = key.into();
        let mut pair = Zeroizing::new(String::new());
        push_pair(&mut pair, name, key.expose());
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

    /// A key in the query.
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

    /// These together with others. Each operation is sent those that it takes, by what the document says of it. A client
    /// refuses anything but tokens, keys and users with a password here.
    pub fn and(self, other: Self) -> Self {
        let both = self.into_sign().and_then(|one| {
            let other = other.into_sign()?;
            let both: Sign = Arc::new(move |request| {
                one(request);
                other(request);
            });
            Ok(both)
        });
        Self::Signed(Signature(both))
    }

    fn into_sign(self) -> Result<Sign, InvalidValue> {
        let refuse = |rule| Err(InvalidValue::new("credentials", None, rule));
        match self {
            Self::Signed(Signature(sign)) => sign,
            Self::Basic { .. } => match self.into_authorization(None)? {
                Authorization::Fixed(value) => {
                    let sign: Sign = Arc::new(move |request| {
                        request.headers_mut().insert(AUTHORIZATION, value.clone());
                    });
                    Ok(where_wanted(sign, ("basic", "")))
                }
                _ => refuse("must fit into a header"),
            },
            _ => refuse("must be tokens, keys or users with a password to go together"),
        }
    }

    fn signed(kind: Kind, sign: Result<Sign, InvalidValue>) -> Self {
        Self::Signed(Signature(sign.map(|sign| where_wanted(sign, kind))))
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
    let mut header = super::call::header_value(value).ok_or_else(|| refuse("must be visible ASCII characters"))?;
    if value.trim_end() != value || value.is_empty() {
        return Err(refuse("must not be empty, or end with white space"));
    }
    header.set_sensitive(true);
    Ok(header)
}
