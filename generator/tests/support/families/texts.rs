//! Families of documents with deep nesting, long lines, aliases, many diagnostics, or long descriptions.

use std::fmt::Write;

use super::{
    Family, STRING_SCHEMA, components, document, family, object_of, reference, with_description, with_errors,
    with_warning,
};

pub const ALL: &[Family] = &[
    with_errors("brackets", 50_000, &["B0101"], |n| {
        document(&format!(r#""paths":{{}},"x":{}{}"#, "[".repeat(n), "]".repeat(n)))
    }),
    with_errors("brackets_in_yaml", 50_000, &["B0101"], |n| {
        format!("openapi: 3.0.3\nx: {}{}\n", "[".repeat(n), "]".repeat(n))
    }),
    with_errors("block_nesting", 500, &["B0101"], |n| {
        (0..n).fold(String::from("openapi: 3.0.3\n"), |text, depth| text + &" ".repeat(depth) + "a:\n")
    }),
    with_errors("one_line_with_an_error", 1_000_000, &["B0103"], |n| {
        document(&format!(r#""x-long":"{}","paths":[1]"#, "x".repeat(n)))
    }),
    with_errors("one_line_that_ends_early", 1_000_000, &["B0101"], |n| {
        format!(r#"{{"openapi":"3.0.3","x-long":[{}"#, "1,".repeat(n / 2))
    }),
    with_errors("aliases_of_aliases", 5, &["B0101"], |n| {
        let mut text = String::from("openapi: 3.0.3\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for index in 1..n {
            let _ = writeln!(text, "x-{index}: &a{index} [{}]", vec![format!("*a{}", index - 1); 10].join(", "));
        }
        text
    }),
    with_errors("merges_of_merges", 5, &["B0101"], |n| {
        let mut text = String::from("openapi: 3.0.3\nx-0: &a0 { k: { v: 1 } }\n");
        for index in 1..n {
            let entries: Vec<String> = (0..10).map(|key| format!("k{key}: {{ <<: *a{} }}", index - 1)).collect();
            let _ = writeln!(text, "x-{index}: &a{index} {{ {} }}", entries.join(", "));
        }
        text
    }),
    with_errors("one_line_with_broken_syntax", 1_000_000, &["B0101"], |n| {
        document(&format!(r#""x-long":"{}" "paths":{{}}"#, "x".repeat(n)))
    }),
    with_errors("long_text_behind_aliases", 1_000, &["B0101"], |n| {
        format!("openapi: 3.0.3\nx: &a {}\ny: [{}]\n", "x".repeat(n * 10), vec!["*a"; n].join(", "))
    }),
    with_errors("repeated_keys", 2_000, &["B0107"], |n| {
        let keys: Vec<String> = (0..n).map(|index| format!(r#""x-{}":1"#, index / 2)).collect();
        document(&format!(r#"{},"paths":{{}}"#, keys.join(",")))
    }),
    with_errors("lost_references", 2_000, &["B0201"], |n| {
        let lost = (0..n).map(|index| (format!("p{index}"), reference(index * 10 + 100_003)));
        components([object_of(lost)].into_iter().chain(std::iter::repeat_n(STRING_SCHEMA.to_owned(), n)))
    }),
    with_warning("unknown_keywords", 10_000, "B0105", |n| {
        let keys: Vec<String> = (0..n).map(|index| format!(r#""propertys{index}":1"#)).collect();
        components([format!(r#"{{"type":"object",{}}}"#, keys.join(","))])
    }),
    with_warning("unknown_keywords_in_many_places", 2_000, "B0105", |n| {
        components([object_of(
            (0..n).map(|index| (format!("p{index}"), r#"{"type":"string","patern":"a"}"#.to_owned())),
        )])
    }),
    family("brackets_in_a_description", 20_000, |n| with_description(&"[".repeat(n))),
    family("backticks_in_a_description", 20_000, |n| {
        with_description(&(0..n / 10).map(|index| "`".repeat(index % 50 + 1) + "a").collect::<String>())
    }),
    family("links_in_a_description", 20_000, |n| with_description(&"[a](".repeat(n / 4))),
    family("urls_in_a_description", 20_000, |n| with_description(&"<http://a".repeat(n / 8))),
    family("words_in_a_description", 20_000, |n| with_description(&"word ".repeat(n / 5))),
    family("ends_of_links_in_a_description", 20_000, |n| with_description(&"[](".repeat(n / 3))),
    family("one_word_in_a_description", 20_000, |n| with_description(&"x".repeat(n))),
    family("quotes_in_a_description", 20_000, |n| with_description(&"> ".repeat(n / 2))),
    family("rows_in_a_description", 20_000, |n| with_description(&r"| a |\n".repeat(n / 6))),
];
