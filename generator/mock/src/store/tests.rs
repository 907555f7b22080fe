//! Tests of pages, lookups, counters, and of a store that is read from JSON.

use crate::store::*;

fn numbers(slice: &Slice<'_>) -> Vec<u64> {
    slice.records.iter().map(|(number, _, _)| *number).collect()
}

#[test]
fn a_page_keeps_its_start_when_records_are_added_or_removed() {
    let mut store = Store::default();
    for key in ["a", "b", "c", "d", "e"] {
        store.put("/x", key, json!(key));
    }
    let first = store.slice("/x", PageStart::After(0), 2);
    assert_eq!((numbers(&first), first.has_earlier_records, first.has_later_records), (vec![1, 2], false, true));
    store.remove("/x", "b");
    store.remove("/x", "c");
    store.put("/x", "f", json!("f"));
    let second_page = store.slice("/x", PageStart::After(2), 2);
    assert_eq!(
        (numbers(&second_page), second_page.has_earlier_records, second_page.has_later_records),
        (vec![4, 5], true, true)
    );
    let previous_page = store.slice("/x", PageStart::Before(4), 2);
    assert_eq!(
        (numbers(&previous_page), previous_page.has_earlier_records, previous_page.has_later_records),
        (vec![1], false, true)
    );
    assert_eq!(numbers(&store.slice("/x", PageStart::After(6), 2)), Vec::<u64>::new());
}

#[test]
fn removing_a_record_removes_its_child_records() {
    let mut store = Store::default();
    store.put("/x", "a", json!(1));
    store.put("/x", "ab", json!(1));
    store.put("/x/a/y", "b", json!(2));
    store.put("/x/a/y/b/z", "c", json!(3));
    store.put("/x/ab/y", "b", json!(4));
    let removed: Vec<String> = store.remove("/x", "a").into_iter().map(|removed| removed.record.to_string()).collect();
    assert_eq!(removed, ["1", "2", "3"]);
    assert!(store.remove("/x", "a").is_empty());
    let remaining: Vec<_> = store.collections().collect();
    assert_eq!(remaining, [("/x", 1), ("/x/ab/y", 1)]);
}

#[test]
fn child_collections_of_a_record_are_found() {
    let mut store = Store::default();
    for collection in ["/x", "/x/a/y", "/x/a/y-z", "/x/a/y/b/z", "/x/a/y/c/z", "/x/a/y0", "/x/ab/y"] {
        store.put(collection, "b", json!(1));
    }
    assert_eq!(store.child_collections("/x/a"), [("/x/a/y", 1), ("/x/a/y-z", 1), ("/x/a/y0", 1)]);
}

#[test]
fn a_store_survives_serialization() {
    let mut store = Store::default();
    store.put("/x", "a", json!({"b": null}));
    store.put("/x", "b", json!(1));
    store.remove("/x", "b");
    let mut restored = Store::from_json(&store.to_json()).expect("a valid store");
    restored.put("/x", "c", json!(1));
    assert_eq!(numbers(&restored.slice("/x", PageStart::After(0), 9)), [1, 3]);
}

#[test]
fn invalid_json_is_rejected() {
    let store = |last: u64, records: Value| Store::from_json(&json!({"last": last, "collections": {"/x": records}}));
    let mut highest = store(MAX_STORED_NUMBER, json!([[MAX_STORED_NUMBER, "a", 1]])).expect("a valid store");
    highest.put("/x", "b", json!(2));
    assert_eq!(numbers(&highest.slice("/x", PageStart::After(0), 9)), [MAX_STORED_NUMBER, MAX_STORED_NUMBER + 1]);
    for (last, records) in [
        (u64::MAX, json!([])),
        (MAX_STORED_NUMBER + 1, json!([])),
        (1, json!([[2, "a", 1]])),
        (1, json!([[0, "a", 1]])),
        (1, json!([[-1, "a", 1]])),
        (1, json!([[1.5, "a", 1]])),
        (1, json!([[1e300, "a", 1]])),
        (2, json!([[1, "a", 1], [1, "b", 1]])),
        (2, json!([[1, "a", 1], [2, "a", 1]])),
        (1, json!([[1, "a"]])),
        (1, json!([[1, 1, 1]])),
        (1, json!([1])),
        (1, json!({})),
    ] {
        assert!(store(last, records.clone()).is_none(), "{last} {records}");
    }
    for garbage in [json!({}), json!([]), json!(null), json!({"last": "1", "collections": {}}), json!({"last": 1})] {
        assert!(Store::from_json(&garbage).is_none(), "{garbage}");
    }
}

#[test]
fn pages_are_read_from_both_ends_and_filtered() {
    let mut store = Store::default();
    for number in 1..=6 {
        store.put("/x", &number.to_string(), json!({ "odd": number % 2 == 1 }));
    }
    let is_odd = |record: &Value| record["odd"] == true;
    let any_record = |_: &Value| true;
    let filters: [&dyn Fn(&Value) -> bool; 2] = [&any_record, &is_odd];
    for (newest_first, filter, from, skip, expected) in [
        (true, 0, PageStart::After(0), 0, (vec![6, 5], false, true)),
        (true, 0, PageStart::After(5), 0, (vec![4, 3], true, true)),
        (true, 0, PageStart::After(0), 4, (vec![2, 1], true, false)),
        (true, 0, PageStart::Before(3), 0, (vec![5, 4], true, true)),
        (true, 0, PageStart::Before(5), 0, (vec![6], false, true)),
        (true, 0, PageStart::After(1), 0, (vec![], true, false)),
        (true, 0, PageStart::Before(6), 0, (vec![], false, true)),
        (false, 1, PageStart::After(0), 0, (vec![1, 3], false, true)),
        (false, 1, PageStart::After(3), 0, (vec![5], true, false)),
        (true, 1, PageStart::After(0), 0, (vec![5, 3], false, true)),
        (true, 1, PageStart::After(3), 0, (vec![1], true, false)),
        (false, 1, PageStart::Before(5), 0, (vec![1, 3], false, true)),
    ] {
        let query = PageQuery { from, skip, size: 2, newest_first, keep: filters[filter] };
        let slice = store.select("/x", &query);
        let page = (numbers(&slice), slice.has_earlier_records, slice.has_later_records);
        assert_eq!(page, expected, "{newest_first} {filter} {from:?} {skip}");
    }
}

#[test]
fn records_are_found_by_property_values() {
    let mut store = Store::default();
    store.put("/x", "a", json!({ "b": { "c": "1" } }));
    assert_eq!(store.find("/x", "b.c", "1"), ["a"]);
    store.put("/x", "d", json!({ "b": { "c": 1 } }));
    store.put("/x", "e", json!({ "b": { "c": null } }));
    store.put("/x", "f", json!({ "b": "" }));
    assert_eq!(store.find("/x", "b.c", "1"), ["a", "d"]);
    store.put("/x", "a", json!({ "b.c": "2" }));
    assert_eq!(store.find("/x", "b.c", "1"), ["d"]);
    assert!(store.find("/x", "b", "").is_empty(), "a property without a value is not in the index");
    assert_eq!(store.find("/x", "b.c", "2"), ["a"]);
    store.remove("/x", "d");
    assert!(store.find("/x", "b.c", "1").is_empty() && store.find("/y", "b.c", "2").is_empty());
    let mut restored = Store::from_json(&store.to_json()).expect("a valid store");
    assert_eq!(restored.find("/x", "b.c", "2"), ["a"]);
}

#[test]
fn counters_never_repeat_a_number() {
    let mut store = Store::default();
    assert_eq!([store.count("/x/a/y", "n", 5), store.count("/x/a/y", "n", 5), store.count("/z", "n", 0)], [5, 6, 0]);
    store.count_past("/z", "n", 9);
    store.count_past("/z", "n", 3);
    let mut restored = Store::from_json(&store.to_json()).expect("a valid store");
    let mut replayed = Store::default();
    store.take_changes().iter().try_for_each(|change| replayed.apply(change)).expect("valid changes");
    for store in [&mut store, &mut restored, &mut replayed] {
        assert_eq!([store.count("/x/a/y", "n", 5), store.count("/z", "n", 0)], [7, 10]);
    }
    store.put("/x", "a", json!(1));
    store.remove("/x", "a");
    assert_eq!([store.count("/x/a/y", "n", 5), store.count("/z", "n", 0)], [5, 11]);
    for invalid in [json!([["/x", "n"]]), json!([["/x", "n", "1"]]), json!([1])] {
        assert!(Store::from_json(&json!({ "last": 0, "collections": {}, "counters": invalid })).is_none(), "{invalid}");
    }
}
