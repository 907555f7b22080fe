//! The mock signs webhooks with each signature scheme of codegen.toml.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery_mock::Mock;
use bindery_runtime::runtime::webhooks::{
    BodySignature, Content, Encoding, Hash, HeaderFormat, Signature, TimestampLocation, Verifier, WebhookError,
};
use support::receiver::Receiver;

const DOCUMENT: &str = "
openapi: 3.1.0
info: { title: Hooks, version: 1.0.0 }
webhooks:
  sent:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: integer } } } } } }
      responses: { '200': { description: Good. } }
";

const STANDARD: BodySignature<'static> = BodySignature {
    header: "webhook-signature",
    format: HeaderFormat::Pairs { separator: ' ', assignment: ',', key: "v1" },
    id_header: Some("webhook-id"),
    timestamp: Some(TimestampLocation::Header("webhook-timestamp")),
    content: &[Content::Id, Content::Text("."), Content::Timestamp, Content::Text("."), Content::Body],
    hash: Hash::Sha256,
    encoding: Encoding::Base64,
    base64_secret_prefix: Some("whsec_"),
};

const PAIRS: BodySignature<'static> = BodySignature {
    header: "x-sig",
    format: HeaderFormat::Pairs { separator: ',', assignment: '=', key: "v2" },
    id_header: None,
    timestamp: Some(TimestampLocation::Pair("time")),
    content: &[Content::Timestamp, Content::Text("."), Content::Body],
    encoding: Encoding::Hex,
    base64_secret_prefix: None,
    ..STANDARD
};

const BODY: BodySignature<'static> = BodySignature {
    format: HeaderFormat::Prefix("sha512="),
    timestamp: None,
    content: &[Content::Body],
    hash: Hash::Sha512,
    encoding: Encoding::Base64,
    ..PAIRS
};

#[tokio::test]
async fn each_scheme_is_accepted_with_the_default_secret() {
    for (config, signature) in [
        ("kind = 'standard'", STANDARD),
        ("kind = 'timestamped', header = 'X-Sig', timestamp_key = 'time', signature_key = 'v2'", PAIRS),
        ("kind = 'body', header = 'X-Sig', prefix = 'sha512=', hash = 'sha512', encoding = 'base64'", BODY),
    ] {
        let receiver = Receiver::start().await;
        let config = format!("crate = {{ name = 'hooks', version = '0.1.0' }}\nwebhooks.signature = {{ {config} }}");
        let mock = Mock::from_spec(DOCUMENT, &config).webhook_url(&receiver.url).start().await.unwrap();
        mock.send_webhook("sent", serde_json::json!({ "a": 1 })).unwrap();
        mock.webhooks_sent().await;
        let request = receiver.requests().pop().unwrap();
        let verify = |secret: &str| Verifier::new(secret).verify(&Signature::Body(signature), &(&request).into());
        assert_eq!(verify(mock.webhook_secret()), Ok(()), "{config}");
        assert_eq!(verify("b3RoZXI="), Err(WebhookError::WrongSignature), "{config}");
    }
}
