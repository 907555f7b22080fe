//! Signatures of webhooks: published vectors, recorded requests, and requests with a changed bit.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde_json::Value;

use crate::runtime::webhooks::body_signature::{BodySignature, Content, HeaderFormat, TimestampLocation};
use crate::runtime::webhooks::error::WebhookError;
use crate::runtime::webhooks::keys::{Encoding, Hash};
use crate::runtime::webhooks::request::WebhookRequest;
use crate::runtime::webhooks::signature::Signature;
use crate::runtime::webhooks::signer::Signer;
use crate::runtime::webhooks::url_signature::UrlSignature;
use crate::runtime::webhooks::verifier::Verifier;

const TWILIO: Signature<'static> = Signature::Url(UrlSignature {
    header: "x-twilio-signature",
    settings_header: "x-twilio-webhooks-signature-settings",
    body_hash: "bodySHA256",
});

const STANDARD: Signature<'static> = Signature::Body(BodySignature {
    header: "webhook-signature",
    format: HeaderFormat::Pairs { separator: ' ', assignment: ',', key: "v1" },
    id_header: Some("webhook-id"),
    timestamp: Some(TimestampLocation::Header("webhook-timestamp")),
    content: &[Content::Id, Content::Text("."), Content::Timestamp, Content::Text("."), Content::Body],
    hash: Hash::Sha256,
    encoding: Encoding::Base64,
    base64_secret_prefix: Some("whsec_"),
});

const SLACK: Signature<'static> = Signature::Body(BodySignature {
    header: "x-slack-signature",
    format: HeaderFormat::Prefix("v0="),
    id_header: None,
    timestamp: Some(TimestampLocation::Header("x-slack-request-timestamp")),
    content: &[Content::Text("v0:"), Content::Timestamp, Content::Text(":"), Content::Body],
    hash: Hash::Sha256,
    encoding: Encoding::Hex,
    base64_secret_prefix: None,
});

const PAIRS: Signature<'static> = Signature::Body(BodySignature {
    header: "stripe-signature",
    format: HeaderFormat::Pairs { separator: ',', assignment: '=', key: "v1" },
    id_header: None,
    timestamp: Some(TimestampLocation::Pair("t")),
    content: &[Content::Timestamp, Content::Text("."), Content::Body],
    hash: Hash::Sha256,
    encoding: Encoding::Hex,
    base64_secret_prefix: None,
});

const GITHUB: Signature<'static> = Signature::Body(BodySignature {
    header: "x-hub-signature-256",
    format: HeaderFormat::Prefix("sha256="),
    id_header: None,
    timestamp: None,
    content: &[Content::Body],
    hash: Hash::Sha256,
    encoding: Encoding::Hex,
    base64_secret_prefix: None,
});

const FORM: &str = "application/x-www-form-urlencoded";

/// A signed request, with the secret and the time of the signature in seconds since 1970.
struct Signed {
    signature: Signature<'static>,
    secret: &'static str,
    time: u64,
    url: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

impl Signed {
    fn verifier(&self) -> Verifier {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(self.time);
        Verifier::new(self.secret).clock(move || now)
    }

    fn headers(&self) -> HeaderMap {
        self.headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }
}

/// The vectors that the providers publish, except `PAIRS`, whose signature was computed with OpenSSL.
fn vectors() -> Vec<Signed> {
    vec![
        Signed {
            signature: TWILIO,
            secret: "12345",
            time: 0,
            url: "https://mycompany.com/myapp.php?foo=1&bar=2",
            headers: &[("content-type", FORM), ("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")],
            body: "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309",
        },
        Signed {
            signature: TWILIO,
            secret: "12345",
            time: 0,
            url: "https://mycompany.com/myapp.php?foo=1&bar=2\
                  &bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            headers: &[("content-type", "application/json"), ("x-twilio-signature", "a9nBmqA0ju/hNViExpshrM61xv4=")],
            body: r#"{"property": "value", "boolean": true}"#,
        },
        Signed {
            signature: STANDARD,
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            time: 1_614_265_330,
            url: "/",
            headers: &[
                ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("webhook-timestamp", "1614265330"),
                ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ],
            body: r#"{"test": 2432232314}"#,
        },
        Signed {
            signature: SLACK,
            secret: "8f742231b10e8888abcd99yyyzzz85a5",
            time: 1_531_420_618,
            url: "/",
            headers: &[
                ("x-slack-request-timestamp", "1531420618"),
                ("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
            ],
            body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                   &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                   &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554\
                   %2F96rGlfmibIGlgcZRskXaIFfN\
                   &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        },
        Signed {
            signature: PAIRS,
            secret: "whsec_test",
            time: 1_700_000_000,
            url: "/",
            headers: &[(
                "stripe-signature",
                "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925",
            )],
            body: r#"{"id":"evt_1"}"#,
        },
        Signed {
            signature: GITHUB,
            secret: "It's a Secret to Everybody",
            time: 0,
            url: "/",
            headers: &[(
                "x-hub-signature-256",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            )],
            body: "Hello, World!",
        },
    ]
}

#[test]
fn published_signatures_are_valid() {
    for signed in vectors() {
        let headers = signed.headers();
        let request = WebhookRequest::new(&Method::POST, signed.url, &headers, signed.body.as_bytes());
        assert_eq!(signed.verifier().verify(&signed.signature, &request), Ok(()), "{}", signed.body);
        let other = Verifier::new("b3RoZXI=").clock(|| SystemTime::UNIX_EPOCH);
        assert_eq!(other.verify(&signed.signature, &request), Err(WebhookError::WrongSignature), "{}", signed.body);
        let rotated = other.secret(signed.secret).tolerance(Duration::MAX);
        assert_eq!(rotated.verify(&signed.signature, &request), Ok(()), "{}", signed.body);
        for name in headers.keys().filter(|name| *name != "content-type") {
            let mut without = headers.clone();
            without.remove(name);
            let request = WebhookRequest::new(&Method::POST, signed.url, &without, signed.body.as_bytes());
            let error = signed.verifier().verify(&signed.signature, &request).unwrap_err();
            assert_eq!(error.to_string(), format!("the header `{name}` is missing"));
        }
    }
}

#[test]
fn signers_make_the_published_signatures() {
    for signed in vectors() {
        let mut headers = signed.headers();
        for name in signed.headers().keys().filter(|name| !["content-type", "webhook-id"].contains(&name.as_str())) {
            headers.remove(name);
        }
        let signer = Signer::new(signed.secret).time(SystemTime::UNIX_EPOCH + Duration::from_secs(signed.time));
        let url = signed.url.split("&bodySHA256").next().unwrap().to_owned();
        let called = signer.sign_parts(&signed.signature, url, &mut headers, signed.body.as_bytes());
        assert_eq!((called.as_deref(), headers), (Ok(signed.url), signed.headers()));
    }
}

#[test]
fn signed_requests_are_accepted() {
    let secrets = ["whsec_c2VjcmV0", "b3RoZXI="];
    let contents =
        [("", ""), (FORM, ""), (FORM, "b=2&a=1&a=1&a=%C3%A9+&a.b="), ("application/json", "{\"a\": 1}"), ("", "x")];
    let urls = ["http://127.0.0.1:8080/hook", "https://example.com", "https://example.com:443/a/?b=1&c=%20"];
    for signature in [TWILIO, STANDARD, SLACK, PAIRS, GITHUB] {
        for (content_type, body) in contents {
            for (url, settings) in urls.iter().flat_map(|url| [(url, ""), (url, "key=1,algorithm=HMAC_SHA256")]) {
                let mut request = Request::post(*url).header("content-type", content_type);
                if !settings.is_empty() {
                    request = request.header("x-twilio-webhooks-signature-settings", settings);
                }
                let mut request = request.body(body).unwrap();
                Signer::new(secrets[0]).sign(&signature, &mut request).unwrap();
                let verify = |secret| Verifier::new(secret).verify(&signature, &(&request).into());
                assert_eq!(verify(secrets[0]), Ok(()), "{request:?}");
                assert_eq!(verify(secrets[1]), Err(WebhookError::WrongSignature), "{request:?}");
            }
        }
    }
}

#[test]
fn requests_that_cannot_be_signed() {
    let sign = |signature: &Signature<'static>, secret, url, settings| {
        let request = Request::post(url).header("x-twilio-webhooks-signature-settings", settings);
        Signer::new(secret).sign(signature, &mut request.body("").unwrap())
    };
    assert_eq!(sign(&TWILIO, "", "http://localhost/", ""), Err(WebhookError::InvalidSecret));
    assert_eq!(sign(&STANDARD, "whsec_?", "/", ""), Err(WebhookError::InvalidSecret));
    assert_eq!(sign(&TWILIO, "secret", "/hook", ""), Err(WebhookError::MissingUrl));
    assert_eq!(sign(&TWILIO, "secret", "http://localhost/", "algorithm=MD5"), Err(WebhookError::UnknownAlgorithm));
}

#[test]
fn a_changed_bit_makes_a_signature_invalid() {
    for signed in vectors() {
        let is_valid = |headers: &HeaderMap, body: &[u8]| {
            let request = WebhookRequest::new(&Method::POST, signed.url, headers, body);
            signed.verifier().verify(&signed.signature, &request).is_ok()
        };
        let headers = signed.headers();
        for bit in 0..signed.body.len() * 8 {
            let mut body = signed.body.as_bytes().to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            // `+` and `%2B` are different, and so is every other change except the case of percent-encoding.
            let is_hexadecimal_digit = signed.body.as_bytes()[bit / 8].eq_ignore_ascii_case(&body[bit / 8]);
            assert!(!is_valid(&headers, &body) || is_hexadecimal_digit, "bit {bit} of {}", signed.body);
        }
        for (name, value) in headers.iter().filter(|(name, _)| *name != "content-type") {
            for bit in 0..value.len() * 8 {
                let mut bytes = value.as_bytes().to_vec();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let Ok(changed) = HeaderValue::from_bytes(&bytes) else { continue };
                let mut headers = headers.clone();
                headers.insert(name, changed);
                assert!(!is_valid(&headers, signed.body.as_bytes()), "bit {bit} of {name}: {value:?}");
            }
        }
    }
}

#[test]
fn signatures_expire() {
    for signed in vectors().into_iter().filter(|signed| signed.time > 0) {
        let headers = signed.headers();
        let request = WebhookRequest::new(&Method::POST, signed.url, &headers, signed.body.as_bytes());
        let at = |time: u64| {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
            signed.verifier().clock(move || now).verify(&signed.signature, &request)
        };
        assert_eq!((at(signed.time - 300), at(signed.time + 300)), (Ok(()), Ok(())));
        assert_eq!(at(signed.time + 301), Err(WebhookError::Expired(Duration::from_secs(301))));
        assert_eq!(at(signed.time - 301), Err(WebhookError::NotYetValid(Duration::from_secs(301))));
    }
}

#[test]
fn the_public_url_replaces_the_url_of_the_server() {
    let signed = vectors().remove(0);
    let send = |url: &str, public_url: Option<&str>| {
        let mut request = Request::post(url).body(signed.body).unwrap();
        *request.headers_mut() = signed.headers();
        let verifier = signed.verifier();
        let verifier = match public_url {
            Some(url) => verifier.public_url(url),
            None => verifier,
        };
        verifier.verify(&signed.signature, &(&request).into())
    };
    let public_url = Some("https://mycompany.com/myapp.php");
    assert_eq!(send(signed.url, None), Ok(()));
    assert_eq!(send("/hook?foo=1&bar=2", public_url), Ok(()));
    assert_eq!(send("http://10.0.0.1:8080/hook?foo=1&bar=2", public_url), Ok(()));
    assert_eq!(send("/hook?foo=1", public_url), Err(WebhookError::WrongSignature));
    assert_eq!(send("/hook?foo=1&bar=2", None), Err(WebhookError::MissingUrl));
    for url in ["mycompany.com/myapp.php", "https://mycompany.com/myapp.php?foo=1", "ftp://mycompany.com", "https://"] {
        assert_eq!(send("/hook?foo=1&bar=2", Some(url)), Err(WebhookError::InvalidPublicUrl), "{url}");
    }
}

#[test]
fn errors_and_debug_show_no_secrets() {
    let verifier = Verifier::new("first-secret").secret("second-secret").shared_key("third-secret");
    let debug = format!("{verifier:?}");
    assert!(!debug.contains("-secret"), "{debug}");
    let invalid = Verifier::new("whsec_not base64");
    let headers = HeaderMap::from_iter(
        [("webhook-id", "1"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")]
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))),
    );
    let request = WebhookRequest::new(&Method::POST, "/", &headers, b"");
    assert_eq!(invalid.verify(&STANDARD, &request), Err(WebhookError::InvalidSecret));
}

#[test]
fn an_empty_secret_is_an_error() {
    for signed in vectors() {
        let headers = signed.headers();
        let request = WebhookRequest::new(&Method::POST, signed.url, &headers, signed.body.as_bytes());
        let invalid = [Verifier::new(""), signed.verifier().secret(""), signed.verifier().shared_key("")];
        for verifier in invalid {
            assert_eq!(verifier.verify(&signed.signature, &request), Err(WebhookError::InvalidSecret));
        }
    }
    let headers = vectors().remove(2).headers();
    let request = WebhookRequest::new(&Method::POST, "/", &headers, b"");
    assert_eq!(Verifier::new("whsec_").verify(&STANDARD, &request), Err(WebhookError::InvalidSecret));
}

/// The requests in `$BINDERY_SHARED/webhooks/signatures.jsonl`, or in `shared/webhooks` beside the repository, with the verdict
/// of the provider's library. They are not part of the repository.
#[test]
fn recorded_signatures_have_the_verdict_of_the_library() {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let file = env::var_os("BINDERY_SHARED").map_or_else(beside, PathBuf::from).join("webhooks/signatures.jsonl");
    let Ok(text) = fs::read_to_string(file) else {
        eprintln!("SKIPPED: there is no webhooks/signatures.jsonl here (see BINDERY_SHARED)");
        return;
    };
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| case[name].as_str().unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", field("content_type").parse().unwrap());
        for (name, value) in case["headers"].as_object().unwrap() {
            headers.insert(HeaderName::try_from(name).unwrap(), value.as_str().unwrap().parse().unwrap());
        }
        let method = field("method").parse().unwrap();
        let request = WebhookRequest::new(&method, field("url"), &headers, field("body").as_bytes());
        let verifier = Verifier::new(field("auth_token")).shared_key(field("shared_key"));
        let result = verifier.verify(&TWILIO, &request);
        assert_eq!(result.is_ok(), case["valid"].as_bool().unwrap(), "{}: {result:?}", field("name"));
    }
}
