//! Documents that grow in one direction: each family takes a size and returns a document of about that many parts.
//!
//! The bench `families` measures each family at its size and at ten times its size. The test `families` checks what the
//! generator makes of the larger one.

use std::fmt::Write;

/// A family of documents.
#[derive(Clone, Copy)]
pub struct Family {
    pub name: &'static str,
    /// The smaller of the two sizes.
    pub size: usize,
    /// The codes of the errors that the generator reports at ten times the size; empty where it generates a crate.
    pub errors: &'static [&'static str],
    /// The code of a warning that it reports there, if that is what bounds the family.
    pub warning: Option<&'static str>,
    pub document: fn(usize) -> String,
}

const fn family(name: &'static str, size: usize, document: fn(usize) -> String) -> Family {
    Family { name, size, errors: &[], warning: None, document }
}

const fn refused(
    name: &'static str,
    size: usize,
    error: &'static [&'static str],
    document: fn(usize) -> String,
) -> Family {
    Family { errors: error, ..family(name, size, document) }
}

const fn warned(name: &'static str, size: usize, warning: &'static str, document: fn(usize) -> String) -> Family {
    Family { warning: Some(warning), ..family(name, size, document) }
}

pub const ALL: &[Family] = &[
    // Chains: each component leads to the next.
    family("references", 20_000, |n| chain(n, |next| next.to_owned())),
    family("properties", 500, |n| chain(n, |next| object(&[("p", next)]))),
    family("items", 2_000, |n| chain(n, |next| format!(r#"{{"type":"array","items":{next}}}"#))),
    family("additional_properties", 2_000, |n| {
        chain(n, |next| format!(r#"{{"type":"object","additionalProperties":{next}}}"#))
    }),
    family("all_of_one_reference", 2_000, |n| chain(n, |next| list("allOf", &[next]))),
    refused("all_of_and_properties", 2_000, &["B0307"], |n| {
        chain(n, |next| list("allOf", &[next, &object(&[("p", TEXT)])]))
    }),
    refused("one_of_and_a_number", 2_000, &["B0307"], |n| chain(n, |next| list("oneOf", &[next, NUMBER]))),
    family("nullable_references", 500, |n| {
        chain(n, |next| object(&[("p", &format!(r#"{{"nullable":true,"allOf":[{next}]}}"#))]))
    }),
    family("properties_that_share_the_next", 500, |n| chain(n, |next| object(&[("p", next), ("q", next)]))),
    refused("references_to_the_first", 2_000, &["B0203"], |n| schemas((0..n).map(|index| reference((index + 1) % n)))),
    refused("all_of_to_the_first", 2_000, &["B0307"], |n| {
        schemas((0..n).map(|index| list("allOf", &[&reference((index + 1) % n), &object(&[("p", TEXT)])])))
    }),
    family("cycles_with_lists", 200, |n| {
        schemas((0..n).map(|index| {
            let far = format!(r#"{{"type":"array","items":{}}}"#, reference((index * 7 + 3) % n));
            object(&[("p", &reference((index + 1) % n)), ("q", &far)])
        }))
    }),
    // Combinations: few schemas that describe many.
    refused("all_of_twice", 24, &["B0307"], |n| chain(n, |next| list("allOf", &[next, next]))),
    family("any_of_twice", 24, |n| chain(n, |next| list("anyOf", &[next, next]))),
    family("one_of_twice", 24, |n| chain(n, |next| list("oneOf", &[next, next]))),
    refused("properties_of_all_of_twice", 24, &["B0307"], |n| {
        chain(n, |next| object(&[("p", &list("allOf", &[next, next])), ("q", next)]))
    }),
    refused("diamonds", 24, &["B0307"], |n| {
        schemas((0..n).map(|index| {
            let next = (index + 1) / 2 * 2 + 1;
            match next + 1 < n {
                true => {
                    list("allOf", &[&reference(next), &reference(next + 1), &object(&[(&format!("p{index}"), TEXT)])])
                }
                false => object(&[("p", TEXT)]),
            }
        }))
    }),
    refused("every_order", 8, &["B0308"], |n| {
        schemas((0..n).map(|index| {
            let both = |other| list("allOf", &[&reference(index), &reference(other)]);
            object_of((0..n).map(|other| (format!("q{other}"), both(other))))
        }))
    }),
    refused("subsets", 24, &["B0308"], |n| {
        schemas((0..n).map(|index| {
            let both = list("allOf", &[&reference(index * 2 % n), &reference((index * 3 + 7) % n)]);
            object(&[("a", &reference((index + 1) % n)), ("b", &both), (&format!("c{index}"), TEXT)])
        }))
    }),
    refused("alternatives_of_alternatives", 8, &["B0307", "B0308"], |n| {
        schemas((0..n).map(|index| {
            let others: Vec<String> = (0..n).filter(|other| *other != index).map(reference).collect();
            let own =
                object_of((0..n).map(|key| (format!("p{key}"), list("allOf", &[&reference(key), &reference(index)]))));
            format!(r#"{{"anyOf":[{},{own}]}}"#, others.join(","))
        }))
    }),
    // Wide schemas.
    family("enum_values", 10_000, |n| schemas([enumeration((0..n).map(|index| format!("value-{index}")))])),
    warned("enum_values_that_collide", 100_000, "B0308", |n| {
        let spelled = |index: usize| {
            ["a-b", "a_b", "A_B", "aB", "a.b"][index % 5].to_owned()
                + &"x".repeat(index / 5 % 7)
                + &(index / 5).to_string()
        };
        schemas([enumeration((0..n).map(spelled))])
    }),
    family("properties_side_by_side", 2_000, |n| {
        schemas([object_of((0..n).map(|index| (format!("p{index}"), TEXT.to_owned())))])
    }),
    family("properties_that_collide", 2_000, |n| {
        let spelled = |index: usize| format!("{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3);
        schemas([object_of((0..n).map(|index| (spelled(index), TEXT.to_owned())))])
    }),
    family("required", 2_000, |n| {
        let names: Vec<String> = (0..n).map(|index| format!(r#""p{index}""#)).collect();
        let properties = object_of((0..n).map(|index| (format!("p{index}"), TEXT.to_owned())));
        schemas([format!(r#"{{"required":[{}],{}"#, names.join(","), &properties[1..])])
    }),
    warned("required_and_not_declared", 2_000, "B0303", |n| {
        let names: Vec<String> = (0..n).map(|index| format!(r#""property-{index}-x""#)).collect();
        let properties = object_of((0..n).map(|index| (format!("property-{index}-y"), TEXT.to_owned())));
        schemas([format!(r#"{{"required":[{}],{}"#, names.join(","), &properties[1..])])
    }),
    family("parts_with_properties", 500, |n| {
        let parts: Vec<String> = (0..n).map(|index| object_of([(format!("p{index}"), TEXT.to_owned())])).collect();
        schemas([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("parts_with_one_property", 500, |n| {
        let parts: Vec<String> = (0..n).map(|index| object(&[("p", &format!(r#"{{"maxLength":{index}}}"#))])).collect();
        schemas([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("enums_in_parts", 200, |n| {
        let parts: Vec<String> = (0..20).map(|_| enumeration((0..n).map(|index| format!("v{index}")))).collect();
        schemas([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("alternatives_with_a_mapping", 500, |n| {
        let mapping: Vec<String> =
            (1..=n).map(|index| format!(r##""t{index}":"#/components/schemas/S{index}""##)).collect();
        let union = format!(
            r#"{{"oneOf":[{}],"discriminator":{{"propertyName":"kind","mapping":{{{}}}}}}}"#,
            (1..=n).map(reference).collect::<Vec<_>>().join(","),
            mapping.join(",")
        );
        let kind = object(&[("kind", TEXT)]);
        schemas([union].into_iter().chain(std::iter::repeat_n(kind, n)))
    }),
    family("alternatives_of_objects", 500, |n| {
        let union = format!(r#"{{"oneOf":[{}]}}"#, (1..=n).map(reference).collect::<Vec<_>>().join(","));
        let own = (1..=n).map(|index| object(&[(&format!("p{index}"), TEXT), ("q", NUMBER)]));
        schemas([union].into_iter().chain(own))
    }),
    family("inline_alternatives", 500, |n| {
        let own: Vec<String> = (0..n).map(|index| object(&[(&format!("p{index}"), TEXT), ("q", NUMBER)])).collect();
        schemas([format!(r#"{{"anyOf":[{}]}}"#, own.join(","))])
    }),
    family("alternatives_of_lists", 500, |n| {
        let own = |index: usize| format!(r#"{{"type":"array","items":{}}}"#, object(&[(&format!("p{index}"), TEXT)]));
        schemas([format!(r#"{{"anyOf":[{}]}}"#, (0..n).map(own).collect::<Vec<_>>().join(","))])
    }),
    family("alternatives_of_enums", 500, |n| {
        let own = |index: usize| enumeration([format!("v{index}"), "shared".to_owned()]);
        schemas([format!(r#"{{"anyOf":[{}]}}"#, (0..n).map(own).collect::<Vec<_>>().join(","))])
    }),
    family("subtypes", 500, |n| {
        let base =
            r#"{"type":"object","properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind"}}"#;
        let own = (0..n).map(|index| list("allOf", &[&reference(0), &object(&[(&format!("p{index}"), TEXT)])]));
        schemas([base.to_owned()].into_iter().chain(own))
    }),
    refused("subtypes_of_subtypes", 500, &["B0308"], |n| {
        let tag = r#""discriminator":{"propertyName":"kind"}"#;
        let base = |_| format!(r#"{{"type":"object","properties":{{"kind":{{"type":"string"}}}},{tag}}}"#);
        let bases: Vec<String> = (1..=n).map(reference).collect();
        let middle = format!(r#"{{"allOf":[{}],{tag}}}"#, bases.join(","));
        let used = object_of((1..=n).map(|index| (format!("u{index}"), reference(index))));
        let own = (0..n).map(|index| list("allOf", &[&reference(n + 1), &object(&[(&format!("p{index}"), TEXT)])]));
        schemas([used].into_iter().chain((0..n).map(base)).chain([middle]).chain(own))
    }),
    refused("inline_nesting", 200, &["B0101"], |n| {
        let inner = (0..n).fold(TEXT.to_owned(), |inner, _| object(&[("p", &inner)]));
        schemas([inner])
    }),
    refused("same_names_in_many_places", 500, &["B0501"], |n| {
        schemas([object_of((0..n).map(|index| {
            let spelled = ["a-b", "a_b", "A_B"][index % 3];
            (format!("{spelled}{}", index / 3), object(&[("p", TEXT)]))
        }))])
    }),
    family("tuples", 500, |n| {
        let items = vec![NUMBER; n].join(",");
        modern([format!(r#"{{"type":"array","prefixItems":[{items}]}}"#)])
    }),
    family("types", 500, |n| {
        let all: Vec<String> = (0..n).map(|index| format!(r#""p{index}":{TEXT}"#)).collect();
        modern([format!(r#"{{"type":["object","array","string","integer"],"properties":{{{}}}}}"#, all.join(","))])
    }),
    warned("patterns", 500, "B0302", |n| {
        let pattern = |index| format!(r#"{{"type":"string","pattern":"^{index}([a-z]{{1,50}}){{1,200}}$"}}"#);
        schemas([object_of((0..n).map(|index| (format!("p{index}"), pattern(index))))])
    }),
    family("formats", 500, |n| {
        schemas([object_of(
            (0..n).map(|index| (format!("p{index}"), format!(r#"{{"type":"string","format":"f{index}"}}"#))),
        )])
    }),
    family("properties_to_a_chain_of_references", 2_000, |n| {
        let to_chain = object_of((0..n).map(|index| (format!("p{index}"), reference(1))));
        let chain = (2..=n).map(|index| list("allOf", &[&reference(index)]));
        schemas([to_chain].into_iter().chain(chain).chain([object(&[("end", TEXT)])]))
    }),
    refused("unions_of_lists_of_the_next", 20, &["B0307"], |n| {
        chain(n, |next| {
            let items = |schema: &str| format!(r#"{{"type":"array","items":{schema}}}"#);
            format!(r#"{{"oneOf":[{},{}]}}"#, items(next), items(&object(&[("p", next)])))
        })
    }),
    // Operations.
    family("operations", 500, |n| {
        paths((0..n).map(|index| (format!("/a{index}"), format!(r#"{{"get":{{"operationId":"op{index}",{OK}}}}}"#))))
    }),
    family("operations_without_ids", 500, |n| {
        paths((0..n).map(|index| {
            (format!("/{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3), format!(r#"{{"get":{{{OK}}}}}"#))
        }))
    }),
    family("operations_of_one_id", 500, |n| {
        paths((0..n).map(|index| (format!("/a{index}"), format!(r#"{{"get":{{"operationId":"op",{OK}}}}}"#))))
    }),
    family("operations_below_one_resource", 500, |n| {
        paths(
            (0..n)
                .map(|index| (format!("/a/{{id{index}}}"), format!(r#"{{"get":{{"operationId":"op{index}",{OK}}}}}"#))),
        )
    }),
    family("tags", 500, |n| {
        let operation = |index| {
            let tag = format!("{}{}", ["a b", "a_b", "A-B", "ab"][index % 4], index / 8);
            (format!("/a{index}"), format!(r#"{{"get":{{"tags":["{tag}"],"operationId":"op{index}",{OK}}}}}"#))
        };
        paths((0..n).map(operation))
    }),
    family("parameters", 500, |n| {
        let parameter = |index| {
            let name = format!("{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3);
            format!(r#"{{"name":"{name}","in":"query","schema":{TEXT}}}"#)
        };
        let all: Vec<String> = (0..n).map(parameter).collect();
        operation(&format!(r#""parameters":[{}],{OK}"#, all.join(",")))
    }),
    family("parameters_of_a_path", 500, |n| {
        let all: Vec<String> =
            (0..n).map(|index| format!(r#"{{"name":"p{index}","in":"query","schema":{TEXT}}}"#)).collect();
        let all = all.join(",");
        paths([(
            "/a".to_owned(),
            format!(r#"{{"parameters":[{all}],"get":{{"parameters":[{all}],"operationId":"op",{OK}}}}}"#),
        )])
    }),
    refused("path_segments", 500, &["B0408"], |n| {
        paths([("/a".repeat(n), format!(r#"{{"get":{{"operationId":"op",{OK}}}}}"#))])
    }),
    refused("path_parameters", 500, &["B0408"], |n| {
        let path: String = (0..n).map(|index| format!("/{{p{index}}}")).collect();
        paths([(path, format!(r#"{{"get":{{"operationId":"op",{OK}}}}}"#))])
    }),
    family("responses", 50, |n| {
        let responses: Vec<String> =
            (0..n).map(|index| format!(r#""{}":{{"description":"."}}"#, 100 + index)).collect();
        operation(&format!(r#""responses":{{{}}}"#, responses.join(",")))
    }),
    family("media_types", 500, |n| {
        let types: Vec<String> = (0..n)
            .map(|index| format!(r#""application/t{index}+json":{{"schema":{}}}"#, object(&[("p", TEXT)])))
            .collect();
        operation(&format!(r#""responses":{{"200":{{"description":".","content":{{{}}}}}}}"#, types.join(",")))
    }),
    family("bodies", 50, |n| {
        let types: Vec<String> = (0..n)
            .map(|index| format!(r#""application/t{index}+json":{{"schema":{}}}"#, object(&[("p", TEXT)])))
            .collect();
        operation(&format!(r#""requestBody":{{"content":{{{}}}}},{OK}"#, types.join(",")))
    }),
    family("headers", 500, |n| {
        let headers: Vec<String> = (0..n).map(|index| format!(r#""X-H{index}":{{"schema":{TEXT}}}"#)).collect();
        operation(&format!(r#""responses":{{"204":{{"description":".","headers":{{{}}}}}}}"#, headers.join(",")))
    }),
    family("servers", 500, |n| {
        let servers: Vec<String> = (0..n).map(|index| format!(r#"{{"url":"https://s{index}.example"}}"#)).collect();
        document(&format!(
            r#""servers":[{}],"paths":{{"/a":{{"get":{{"operationId":"op",{OK}}}}}}}"#,
            servers.join(",")
        ))
    }),
    family("security_alternatives", 500, |n| {
        let schemes: Vec<String> = (0..n)
            .map(|index| format!(r#""k{index}":{{"type":"apiKey","in":"header","name":"X-K{index}"}}"#))
            .collect();
        let all: Vec<String> = (0..n).map(|index| format!(r#"{{"k{index}":[]}}"#)).collect();
        document(&format!(
            r#""security":[{}],"paths":{{"/a":{{"get":{{"operationId":"op",{OK}}}}}}},"components":{{"securitySchemes":{{{}}}}}"#,
            all.join(","),
            schemes.join(",")
        ))
    }),
    refused("operations_that_share_headers", 100, &["B0308"], |n| {
        let headers: Vec<String> = (0..n).map(|index| format!(r#""X-H{index}":{{"schema":{TEXT}}}"#)).collect();
        let to = r##"{"$ref":"#/components/responses/R"}"##;
        let operation =
            |index| format!(r#""/a{index}":{{"get":{{"operationId":"op{index}","responses":{{"204":{to}}}}}}}"#);
        let all: Vec<String> = (0..n).map(operation).collect();
        document(&format!(
            r#""paths":{{{}}},"components":{{"responses":{{"R":{{"description":".","headers":{{{}}}}}}}}}"#,
            all.join(","),
            headers.join(",")
        ))
    }),
    refused("operations_that_share_a_form", 100, &["B0308"], |n| {
        let form = object_of((0..n).map(|index| (format!("p{index}"), TEXT.to_owned())));
        let to = r##"{"$ref":"#/components/requestBodies/B"}"##;
        let operation =
            |index| format!(r#""/a{index}":{{"post":{{"operationId":"op{index}","requestBody":{to},{OK}}}}}"#);
        let all: Vec<String> = (0..n).map(operation).collect();
        document(&format!(
            r#""paths":{{{}}},"components":{{"requestBodies":{{"B":{{"content":{{"application/x-www-form-urlencoded":{{"schema":{form}}}}}}}}}}}"#,
            all.join(",")
        ))
    }),
    family("references_to_responses", 2_000, |n| {
        shared_chain(n, "responses", r#"{"description":"."}"#, |to| format!(r#""responses":{{"204":{to}}}"#))
    }),
    family("references_to_parameters", 2_000, |n| {
        shared_chain(n, "parameters", r#"{"name":"a","in":"query","schema":{"type":"string"}}"#, |to| {
            format!(r#""parameters":[{to}],{OK}"#)
        })
    }),
    family("references_to_headers", 2_000, |n| {
        shared_chain(n, "headers", r#"{"schema":{"type":"string"}}"#, |to| {
            format!(r#""responses":{{"204":{{"description":".","headers":{{"X-A":{to}}}}}}}"#)
        })
    }),
    family("references_to_bodies", 2_000, |n| {
        shared_chain(n, "requestBodies", r#"{"content":{"text/plain":{"schema":{"type":"string"}}}}"#, |to| {
            format!(r#""requestBody":{to},{OK}"#)
        })
    }),
    // Texts.
    refused("brackets", 50_000, &["B0101"], |n| {
        document(&format!(r#""paths":{{}},"x":{}{}"#, "[".repeat(n), "]".repeat(n)))
    }),
    refused("brackets_in_yaml", 50_000, &["B0101"], |n| {
        format!("openapi: 3.0.3\nx: {}{}\n", "[".repeat(n), "]".repeat(n))
    }),
    refused("block_nesting", 500, &["B0101"], |n| {
        (0..n).fold(String::from("openapi: 3.0.3\n"), |text, depth| text + &" ".repeat(depth) + "a:\n")
    }),
    refused("one_line_with_an_error", 1_000_000, &["B0103"], |n| {
        document(&format!(r#""x-long":"{}","paths":[1]"#, "x".repeat(n)))
    }),
    refused("one_line_that_ends_early", 1_000_000, &["B0101"], |n| {
        format!(r#"{{"openapi":"3.0.3","x-long":[{}"#, "1,".repeat(n / 2))
    }),
    refused("aliases_of_aliases", 5, &["B0101"], |n| {
        let mut text = String::from("openapi: 3.0.3\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for index in 1..n {
            let _ = writeln!(text, "x-{index}: &a{index} [{}]", vec![format!("*a{}", index - 1); 10].join(", "));
        }
        text
    }),
    refused("merges_of_merges", 5, &["B0101"], |n| {
        let mut text = String::from("openapi: 3.0.3\nx-0: &a0 { k: { v: 1 } }\n");
        for index in 1..n {
            let both: Vec<String> = (0..10).map(|key| format!("k{key}: {{ <<: *a{} }}", index - 1)).collect();
            let _ = writeln!(text, "x-{index}: &a{index} {{ {} }}", both.join(", "));
        }
        text
    }),
    refused("one_line_with_broken_syntax", 1_000_000, &["B0101"], |n| {
        document(&format!(r#""x-long":"{}" "paths":{{}}"#, "x".repeat(n)))
    }),
    refused("long_text_behind_aliases", 1_000, &["B0101"], |n| {
        format!("openapi: 3.0.3\nx: &a {}\ny: [{}]\n", "x".repeat(n * 10), vec!["*a"; n].join(", "))
    }),
    refused("repeated_keys", 2_000, &["B0107"], |n| {
        let keys: Vec<String> = (0..n).map(|index| format!(r#""x-{}":1"#, index / 2)).collect();
        document(&format!(r#"{},"paths":{{}}"#, keys.join(",")))
    }),
    refused("lost_references", 2_000, &["B0201"], |n| {
        let lost = (0..n).map(|index| (format!("p{index}"), reference(index * 10 + 100_003)));
        schemas([object_of(lost)].into_iter().chain(std::iter::repeat_n(TEXT.to_owned(), n)))
    }),
    warned("unknown_keywords", 10_000, "B0105", |n| {
        let keys: Vec<String> = (0..n).map(|index| format!(r#""propertys{index}":1"#)).collect();
        schemas([format!(r#"{{"type":"object",{}}}"#, keys.join(","))])
    }),
    warned("unknown_keywords_in_many_places", 2_000, "B0105", |n| {
        schemas([object_of((0..n).map(|index| (format!("p{index}"), r#"{"type":"string","patern":"a"}"#.to_owned())))])
    }),
    family("brackets_in_a_description", 20_000, |n| described(&"[".repeat(n))),
    family("backticks_in_a_description", 20_000, |n| {
        described(&(0..n / 10).map(|index| "`".repeat(index % 50 + 1) + "a").collect::<String>())
    }),
    family("links_in_a_description", 20_000, |n| described(&"[a](".repeat(n / 4))),
    family("urls_in_a_description", 20_000, |n| described(&"<http://a".repeat(n / 8))),
    family("words_in_a_description", 20_000, |n| described(&"word ".repeat(n / 5))),
    family("ends_of_links_in_a_description", 20_000, |n| described(&"[](".repeat(n / 3))),
    family("one_word_in_a_description", 20_000, |n| described(&"x".repeat(n))),
    family("quotes_in_a_description", 20_000, |n| described(&"> ".repeat(n / 2))),
    family("rows_in_a_description", 20_000, |n| described(&r"| a |\n".repeat(n / 6))),
];

const TEXT: &str = r#"{"type":"string"}"#;
const NUMBER: &str = r#"{"type":"integer"}"#;
const OK: &str = r#""responses":{"204":{"description":"."}}"#;

fn document(rest: &str) -> String {
    format!(r#"{{"openapi":"3.0.3","info":{{"title":"T","version":"1.0.0"}},{rest}}}"#)
}

fn paths(paths: impl IntoIterator<Item = (String, String)>) -> String {
    let paths: Vec<String> = paths.into_iter().map(|(path, item)| format!(r#""{path}":{item}"#)).collect();
    document(&format!(r#""servers":[{{"url":"https://a.example"}}],"paths":{{{}}}"#, paths.join(",")))
}

fn operation(described: &str) -> String {
    paths([("/a".to_owned(), format!(r#"{{"get":{{"operationId":"op",{described}}}}}"#))])
}

/// Components `S0`, `S1`, …, of which the first is the body of a response.
fn schemas(schemas: impl IntoIterator<Item = String>) -> String {
    let mut text = format!(
        r#""servers":[{{"url":"https://a.example"}}],"paths":{{"/a":{{"get":{{"operationId":"op","responses":{{"200":{{"description":".","content":{{"application/json":{{"schema":{}}}}}}}}}}}}}}},"components":{{"schemas":{{"#,
        reference(0)
    );
    for (index, schema) in schemas.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}"S{index}":{schema}"#);
    }
    document(&(text + "}}"))
}

fn modern(all: impl IntoIterator<Item = String>) -> String {
    schemas(all).replacen("3.0.3", "3.1.0", 1)
}

fn chain(count: usize, link: impl Fn(&str) -> String) -> String {
    schemas((1..=count).map(|index| link(&reference(index))).chain([object(&[("end", TEXT)])]))
}

/// Components of another section, each of which refers to the next, and an operation that uses the first.
fn shared_chain(count: usize, section: &str, last: &str, used: impl Fn(&str) -> String) -> String {
    let to = |index: usize| format!(r##"{{"$ref":"#/components/{section}/S{index}"}}"##);
    let mut text = format!(
        r#""servers":[{{"url":"https://a.example"}}],"paths":{{"/a":{{"post":{{"operationId":"op",{}}}}}}},"components":{{"{section}":{{"#,
        used(&to(0))
    );
    for index in 0..count {
        let _ = write!(text, r#""S{index}":{},"#, to(index + 1));
    }
    document(&(text + &format!(r#""S{count}":{last}}}}}"#)))
}

fn described(description: &str) -> String {
    operation(&format!(r#""description":"{description}",{OK}"#))
}

fn reference(index: usize) -> String {
    format!(r##"{{"$ref":"#/components/schemas/S{index}"}}"##)
}

fn object(properties: &[(&str, &str)]) -> String {
    object_of(properties.iter().map(|(name, schema)| ((*name).to_owned(), (*schema).to_owned())))
}

fn object_of(properties: impl IntoIterator<Item = (String, String)>) -> String {
    let all: Vec<String> = properties.into_iter().map(|(name, schema)| format!(r#""{name}":{schema}"#)).collect();
    format!(r#"{{"type":"object","properties":{{{}}}}}"#, all.join(","))
}

fn list(keyword: &str, schemas: &[&str]) -> String {
    format!(r#"{{"{keyword}":[{}]}}"#, schemas.join(","))
}

fn enumeration(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| format!(r#""{value}""#)).collect();
    format!(r#"{{"type":"string","enum":[{}]}}"#, values.join(","))
}
