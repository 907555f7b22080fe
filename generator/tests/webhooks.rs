//! The names of the responses to webhooks.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use bindery::source::Source;

/// The responses that the events of the tests have.
const RESPONSES: [(&str, &str); 4] = [
    ("decision", "{ '200': { description: Yes. }, '403': { description: No. } }"),
    (
        "text",
        "{ '200': { description: Yes., content: { text/plain: { schema: { type: string } } } }, '403': { description: No. } }",
    ),
    ("any", "{ default: { description: Any. }, 4XX: { description: No. } }"),
    ("ignored", "{ '200': { description: Thanks. } }"),
];

/// Returns the enums of the responses, with their variants. `events` has the names of events and of [`RESPONSES`].
fn enums(events: &str, names: &str) -> Vec<String> {
    let events = events.split(", ").map(|event| {
        let (name, responses) = event.split_once(' ').expect("a name and responses");
        let (_, responses) = RESPONSES.iter().find(|(key, _)| *key == responses).expect("responses");
        format!("  {name}: {{ post: {{ responses: {responses} }} }}\n")
    });
    let document = format!(
        "openapi: 3.1.0\ninfo: {{ title: Ships, version: 1.0.0 }}\nservers: [{{ url: 'https://example.com' }}]\nwebhooks:\n{}",
        events.collect::<String>()
    );
    let document = Source::new("ships.yaml", document);
    let config = Source::new("codegen.toml", format!("webhooks.replies = [{names}]"));
    let (generated, diagnostics) = bindery::generate(&document, &config);
    let files = generated.unwrap_or_else(|| panic!("{diagnostics:?}")).files;
    let (_, module) = files.iter().find(|(path, _)| path.ends_with("src/webhooks.rs")).expect("the module");
    let enums = module.split("pub enum ").skip(2).map(|text| {
        let lines = text.lines().take_while(|line| *line != "}").map(str::trim);
        let names = lines.filter(|line| !line.starts_with("///")).map(|line| line.trim_end_matches([',', ' ', '{']));
        names.collect::<Vec<_>>().join(" ")
    });
    enums.collect()
}

#[test]
fn events_with_the_same_responses_share_an_enum() {
    let names = "{ name = 'accept', status = 200 }, { name = 'reject', status = 403 }";
    for (events, expected) in [
        ("shipAdd decision", vec!["ShipAddReply Accept Reject"]),
        ("shipAdd decision, shipMove decision", vec!["Reply Accept Reject"]),
        (
            "shipAdd decision, shipMove decision, crewHire text",
            vec!["ShipReply Accept Reject", "CrewHireReply Accept(String) Reject"],
        ),
        (
            "onShipAdd decision, onShipMove decision, onCrewHire text, onCrewFire text",
            vec!["ShipReply Accept Reject", "CrewReply Accept(String) Reject"],
        ),
        (
            "onShipAdd decision, onCrewAdd decision, onShipMove text",
            vec!["Reply Accept Reject", "OnShipMoveReply Accept(String) Reject"],
        ),
        ("shipAdd decision, shipAdded ignored, shipMove decision", vec!["Reply Accept Reject"]),
        ("shipAdded ignored, shipMove decision", vec!["ShipMoveReply Accept Reject"]),
        ("shipAdd any", vec!["ShipAddReply Accept Reject ClientError(::http::StatusCode) Other(::http::StatusCode)"]),
        ("→add decision, →move decision", vec!["Reply Accept Reject"]),
    ] {
        assert_eq!(enums(events, names), expected, "{events}");
    }
}

#[test]
fn responses_without_a_name_have_the_name_of_their_status() {
    for (event, names, expected) in [
        ("shipAdd decision", "", vec![]),
        ("shipAdd text", "", vec!["ShipAddReply Ok(String) Forbidden"]),
        ("shipAdd decision", "{ name = 'accept', status = 200 }", vec![]),
        (
            "shipAdd text",
            "{ name = 'keep', status = 200, body = false }, { name = 'change it', status = 200, body = true }",
            vec!["ShipAddReply Keep ChangeIt(String) Forbidden"],
        ),
        (
            "shipAdd text",
            "{ name = 'forbidden', status = 200 }",
            vec!["ShipAddReply Forbidden(String) ForbiddenStatus"],
        ),
        (
            "shipAdd text",
            "{ name = 'Self', status = 200, body = false }, { name = 'no', status = 403 }",
            vec!["ShipAddReply Self_ No"],
        ),
    ] {
        assert_eq!(enums(event, names), expected, "{names}");
    }
}
