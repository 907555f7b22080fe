//! Constraint violations are found before a request is sent.

use super::sample::{CreateService, ListServices, ServiceSid};
use super::server::{Reply, Server};
use super::{client, offline};
use crate::runtime::{AnyJson, Constraint, Error, InvalidValue, Json, Request, Value, check};

#[tokio::test]
async fn a_constraint_violation_names_the_parameter() {
    let client = offline();
    let create = |edit: fn(CreateService) -> CreateService| edit(client.services().create("x")).into_future();
    let list = |edit: fn(ListServices) -> ListServices| edit(client.services().list()).into_future();
    let cases = [
        (
            client.services().create("x".repeat(257)).await.err(),
            "CreateService: `FriendlyName` must be at most 256 characters long, not 257",
        ),
        (create(|request| request.ratio(0.0)).await.err(), "CreateService: `Ratio` must be more than 0, but is 0"),
        (create(|request| request.ratio(1.0)).await.err(), "CreateService: `Ratio` must be less than 1, but is 1"),
        (
            create(|request| request.ratio(0.255)).await.err(),
            "CreateService: `Ratio` must be a multiple of 0.01, but is 0.255",
        ),
        (
            create(|request| request.ratio(f64::NAN)).await.err(),
            "CreateService: `Ratio` must be a finite number, but is NaN",
        ),
        (
            create(|request| request.types(Vec::<String>::new())).await.err(),
            "CreateService: `Types` must have at least 1 items, not 0",
        ),
        (
            create(|request| request.types(["a", "b", "c", "d"])).await.err(),
            "CreateService: `Types` must have at most 3 items, not 4",
        ),
        (
            create(|request| request.types(["a", "b", "a"])).await.err(),
            "CreateService: `Types` must not have the same item twice",
        ),
        (
            create(|request| request.types(["a", "too long by far"])).await.err(),
            "CreateService: `Types[1]` must be at most 8 characters long, not 15, but is \"too long by far\"",
        ),
        (list(|request| request.page_size(0)).await.err(), "ListService: `PageSize` must be 1 or more, but is 0"),
        (
            list(|request| request.page_size(1001)).await.err(),
            "ListService: `PageSize` must be 1000 or less, but is 1001",
        ),
    ];
    for (error, expected) in cases {
        let error = error.unwrap();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
        assert_eq!(error.to_string(), format!("{expected} (nothing was sent)"));
    }
}

#[tokio::test]
async fn the_last_value_of_a_setter_is_validated() {
    let error = offline().services().list().page_size(0).page_size(5).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
}

#[test]
fn constraints_apply_only_to_their_types() {
    let list = |items: &[&str]| Value::list::<String>(items.iter().copied());
    let cases = [
        (Value::from("äöü"), Constraint::MaxLength(3), true),
        (Value::from("😀"), Constraint::MinLength(2), false),
        (Value::from("12"), Constraint::Maximum("1"), true),
        (Value::from(12), Constraint::MaxLength(1), true),
        (Value::from("a\n"), Constraint::Pattern("^a$"), false),
        (Value::from("xax"), Constraint::Pattern("a"), true),
        (Value::from("x"), Constraint::Pattern("(?=x)"), true),
        (Value::from(0.07), Constraint::MultipleOf("0.01"), true),
        (Value::from(0.07_f32), Constraint::MultipleOf("0.01"), true),
        (Value::from(9), Constraint::MultipleOf("4"), false),
        (Value::from(i64::MAX), Constraint::Maximum("9223372036854775807"), true),
        (Value::from(9_007_199_254_740_993_i64), Constraint::Maximum("9007199254740992"), false),
        (Value::from(9_007_199_254_740_993_i64), Constraint::Maximum("9007199254740993"), true),
        (Value::from(u64::MAX), Constraint::ExclusiveMaximum("18446744073709551615"), false),
        (Value::from(i128::MAX - 1), Constraint::Minimum("170141183460469231731687303715884105727"), false),
        (Value::from(i64::MAX), Constraint::MultipleOf("2"), false),
        (Value::from(-9), Constraint::MultipleOf("3"), true),
        (Value::from(-9), Constraint::MultipleOf("1e1"), false),
        (Value::from(2_000), Constraint::MultipleOf("1e3"), true),
        (Value::from(2_001), Constraint::MultipleOf("10e2"), false),
        (Value::from(i128::MAX), Constraint::MultipleOf("2"), false),
        (Value::from(i128::MIN), Constraint::MultipleOf("3"), false),
        (Value::from(i128::MIN), Constraint::MultipleOf("4"), true),
        (Value::from(i128::MAX - 1), Constraint::MultipleOf("2.0"), true),
        (Value::from(-1.5), Constraint::Minimum("-1.5"), true),
        (Value::from(-1.5), Constraint::ExclusiveMinimum("-1.5"), false),
        (Value::from(-2), Constraint::Minimum("-1.5"), false),
        (Value::from(0.1_f32), Constraint::Maximum("0.1"), true),
        (Value::from(1e300), Constraint::Maximum("1e299"), false),
        (Value::from(-0.0), Constraint::Minimum("0"), true),
        (Value::from(0.001), Constraint::ExclusiveMinimum("0"), true),
        (Value::from(f64::INFINITY), Constraint::Minimum("0"), false),
        (list(&["a", "b"]), Constraint::UniqueItems, true),
        (list(&[]), Constraint::MinItems(1), false),
        (list(&["ab", "c"]), Constraint::MinLength(2), false),
    ];
    for (value, constraint, is_valid) in cases {
        assert_eq!(check("value", &value, &[constraint]).is_ok(), is_valid, "{value:?} {constraint:?}");
    }
}

#[test]
fn newtypes_are_validated_on_construction() {
    let error = |text: &str| ServiceSid::new(text).unwrap_err().to_string();
    assert_eq!(error(""), "`ServiceSid` must be at least 34 characters long, not 0");
    assert_eq!(error(&"y".repeat(34)), "`ServiceSid` must match `^IS[0-9a-fA-F]{32}$`");
    let error: Error = "IS".parse::<ServiceSid>().unwrap_err().into();
    assert!(matches!(error, Error::InvalidRequest(_)));
    let error: InvalidValue = ServiceSid::try_from("IS").unwrap_err();
    assert_eq!((error.name(), error.rule()), ("ServiceSid", "must be at least 34 characters long, not 2"));
}

/// Numbers that a floating-point number would round to the limit are compared exactly.
#[tokio::test]
async fn numbers_in_json_are_compared_with_all_their_digits() {
    const MAXIMUM: &[Constraint<'_>] =
        &[Constraint::Items(&[Constraint::Maximum("1.0"), Constraint::ExclusiveMinimum("-12345678901234567890123")])];
    for (number, is_sent) in [
        ("1", true),
        ("1.00000000000000000000000001", false),
        ("10e-1", true),
        ("-12345678901234567890122.9", true),
        ("-12345678901234567890123", false),
    ] {
        let server = Server::always(Reply::json(200, "{}")).await;
        let request = Request::<Json<AnyJson>>::post(client(&server).scope(), "Save");
        let item: AnyJson = number.parse().unwrap();
        let result = request.json::<Vec<AnyJson>>("application/json", vec![item], MAXIMUM).await;
        assert_eq!(result.is_ok(), is_sent, "{number}");
    }
}

/// Numbers that `serde_json::Value` rounds to the same number are different items.
#[tokio::test]
async fn items_that_differ_in_their_last_digits_are_unique() {
    let numbers = |digits: [&str; 2]| digits.map(|digits| digits.parse::<AnyJson>().unwrap()).to_vec();
    for (items, is_sent) in [
        (numbers(["12345678901234567890123", "12345678901234567890124"]), true),
        (numbers(["{\"a\":[0.1]}", "{\"a\":[0.10000000000000000000001]}"]), true),
        (numbers(["{\"a\":[1]}", "{\"a\":[1]}"]), false),
    ] {
        let server = Server::always(Reply::json(200, "{}")).await;
        let request = || Request::<Json<AnyJson>>::post(client(&server).scope(), "Save");
        let body = request().json::<Vec<AnyJson>>("application/json", items.clone(), &[Constraint::UniqueItems]).await;
        let query =
            request().query_comma_separated::<Vec<AnyJson>>("items", items.clone(), &[Constraint::UniqueItems]).await;
        assert_eq!((body.is_ok(), query.is_ok()), (is_sent, is_sent), "{items:?}");
    }
}
