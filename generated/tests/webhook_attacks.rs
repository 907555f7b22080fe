//! Sends random requests to the receiver of the webhooks: it accepts only valid signatures, and never panics.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeSet;

use twilio_conversations::http::{HeaderValue, Request};
use twilio_conversations::runtime::webhooks::{Encoding, Hash, sha256};
use twilio_conversations::webhooks::{Receiver, WebhookError};

const SECRET: &str = "12345678901234567890123456789012";
const URL: &str = "https://example.com/hook";
const SIGNATURE: &str = "X-Twilio-Signature";
const FORM: &str = "application/x-www-form-urlencoded";
const COUNT: usize = 100_000;
/// The pieces of random bodies and queries.
const PIECES: [&[u8]; 28] = [
    b"EventType=onMessageAdded",
    b"EventType=onUserAdded",
    b"EventType",
    b"type",
    b"Index",
    b"DateCreated",
    b"Media",
    b"MessagingBinding",
    b".Address",
    b".",
    b"A",
    b"=",
    b"=",
    b"&",
    b"&",
    b"%",
    b"%F",
    b"%FF",
    b"+",
    b"\xff",
    b"null",
    b"true",
    b"1e999",
    b"2026-13-45T00:00:00Z",
    b"[[[[{\"a\":",
    b"{\"type\":\"com.twilio.conversations.message.added\",",
    b"\"data\":{\"Index\":1}}",
    b"\"",
];
const MEDIA_TYPES: [&[u8]; 6] = [
    FORM.as_bytes(),
    b"Application/X-WWW-Form-URLencoded ; charset=x",
    b"application/json",
    b"text/plain",
    b"\xff",
    b"",
];
const SETTINGS: [&[u8]; 5] = [b"", b"algorithm=HMAC_SHA256", b"key=1,algorithm=hmac_sha1", b"algorithm=none", b"\xfe"];

/// Pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(12)).flat_map(|_| self.pick(&PIECES)).copied().collect()
    }

    /// Changes, removes or inserts one byte.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let index = self.below(bytes.len() + 1);
        match (self.below(3), bytes.get_mut(index)) {
            (0, Some(byte)) => *byte ^= 1 << self.below(8),
            (1, Some(_)) => drop(bytes.remove(index)),
            _ => bytes.insert(index, self.pick(b"a=&%+\xff ")),
        }
    }
}

fn decoded(text: &[u8]) -> String {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match (first, hex(after.first()), hex(after.get(1))) {
            (b'+', ..) => b' ',
            (b'%', Some(high), Some(low)) => {
                rest = &after[2..];
                u8::try_from(high * 16 + low).unwrap()
            }
            _ => *first,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the valid signature of a request, or `None` if none is valid.
fn signature(request: &Request<Vec<u8>>) -> Option<String> {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    let settings = header("X-Twilio-Webhooks-Signature-Settings").unwrap_or_default();
    let hash = match settings {
        b"" | b"key=1,algorithm=hmac_sha1" => Hash::Sha1,
        b"algorithm=HMAC_SHA256" => Hash::Sha256,
        _ => return None,
    };
    let query = request.uri().query().filter(|query| !query.is_empty());
    let url = query.map_or_else(|| URL.to_owned(), |query| format!("{URL}?{query}"));
    let is_form = header("Content-Type").is_some_and(|value| {
        let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        value.iter().all(|byte| *byte < 0x80) && value[..end].trim_ascii().eq_ignore_ascii_case(FORM.as_bytes())
    });
    let pairs = |text: &[u8]| -> Vec<(String, String)> {
        let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let split = pairs.map(|pair| pair.split_at(pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len())));
        split.map(|(name, value)| (decoded(name), decoded(value.get(1..).unwrap_or_default()))).collect()
    };
    let mut fields = String::new();
    if is_form {
        let sorted: BTreeSet<_> = pairs(request.body()).into_iter().collect();
        fields = sorted.into_iter().flat_map(|(name, value)| [name, value]).collect();
    } else {
        let query = pairs(query.unwrap_or_default().as_bytes());
        match query.into_iter().find(|(name, value)| name == "bodySHA256" && !value.is_empty()) {
            Some((_, given)) if given != sha256(request.body()) => return None,
            None if !request.body().is_empty() => return None,
            _ => {}
        }
    }
    Some(hash.hmac(SECRET.as_bytes(), &[url.as_bytes(), fields.as_bytes()], Encoding::Base64))
}

fn random_request(random: &mut Random) -> Request<Vec<u8>> {
    let body = random.bytes();
    let query = match random.below(3) {
        0 => format!("?bodySHA256={}", sha256(&body)),
        1 => format!("?{}", String::from_utf8_lossy(&random.bytes()).replace(['"', '\u{fffd}', '{', '['], "x")),
        _ => String::new(),
    };
    let method = random.pick(&["POST", "POST", "GET", "BREW"]);
    let mut request = Request::builder().method(method).uri(format!("{URL}{query}")).body(body).unwrap();
    let headers = request.headers_mut();
    headers.insert("Content-Type", HeaderValue::from_bytes(random.pick(&MEDIA_TYPES)).unwrap());
    if random.below(2) == 0 {
        let settings = HeaderValue::from_bytes(random.pick(&SETTINGS)).unwrap();
        headers.insert("X-Twilio-Webhooks-Signature-Settings", settings);
    }
    request
}

#[test]
fn only_requests_with_a_valid_signature_are_accepted() {
    let receiver = Receiver::new(SECRET).public_url(URL);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..COUNT {
        let mut request = random_request(&mut random);
        if let Some(signature) = signature(&request).filter(|_| random.below(8) > 0) {
            let mut signature = signature.into_bytes();
            if random.below(4) == 0 {
                random.mutate(&mut signature);
            }
            let Ok(value) = HeaderValue::from_bytes(&signature) else { continue };
            request.headers_mut().insert(SIGNATURE, value);
        }
        if random.below(2) == 0 {
            random.mutate(request.body_mut());
        }
        let given = request.headers().get(SIGNATURE).map(HeaderValue::as_bytes);
        let is_valid = signature(&request).is_some_and(|valid| given == Some(valid.as_bytes()));
        let result = receiver.receive(&request);
        // Only a request with a valid signature is decoded, so it is accepted, or its payload is refused.
        let is_decoded = match &result {
            Ok(_) => true,
            Err(error) => matches!(error.status().as_u16(), 400 | 415) && is_valid,
        };
        assert_eq!(is_decoded, is_valid, "{request:?}: {result:?}");
        assert!(!format!("{result:?} {receiver:?}").contains(SECRET));
        match result {
            Ok(_) => accepted += 1,
            Err(WebhookError::WrongSignature) => refused += 1,
            Err(_) => {}
        }
    }
    assert!(accepted > COUNT / 100 && refused > COUNT / 100, "{accepted} accepted, {refused} refused");
}
