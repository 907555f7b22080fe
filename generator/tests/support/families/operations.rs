//! Families of documents with many operations, or with components that operations share.

use super::{
    Family, NO_CONTENT, STRING_SCHEMA, document, family, object, object_of, operation, paths, shared, shared_chain,
    with_errors,
};

pub const ALL: &[Family] = &[
    family("operations", 500, |n| {
        paths(
            (0..n).map(|index| {
                (format!("/a{index}"), format!(r#"{{"get":{{"operationId":"op{index}",{NO_CONTENT}}}}}"#))
            }),
        )
    }),
    family("operations_without_ids", 500, |n| {
        paths((0..n).map(|index| {
            (format!("/{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3), format!(r#"{{"get":{{{NO_CONTENT}}}}}"#))
        }))
    }),
    family("operations_of_one_id", 500, |n| {
        paths((0..n).map(|index| (format!("/a{index}"), format!(r#"{{"get":{{"operationId":"op",{NO_CONTENT}}}}}"#))))
    }),
    family("operations_below_one_resource", 500, |n| {
        paths((0..n).map(|index| {
            (format!("/a/{{id{index}}}"), format!(r#"{{"get":{{"operationId":"op{index}",{NO_CONTENT}}}}}"#))
        }))
    }),
    family("tags", 500, |n| {
        let operation = |index| {
            let tag = format!("{}{}", ["a b", "a_b", "A-B", "ab"][index % 4], index / 8);
            (format!("/a{index}"), format!(r#"{{"get":{{"tags":["{tag}"],"operationId":"op{index}",{NO_CONTENT}}}}}"#))
        };
        paths((0..n).map(operation))
    }),
    family("parameters", 500, |n| {
        let parameter = |index| {
            let name = format!("{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3);
            format!(r#"{{"name":"{name}","in":"query","schema":{STRING_SCHEMA}}}"#)
        };
        let items: Vec<String> = (0..n).map(parameter).collect();
        operation(&format!(r#""parameters":[{}],{NO_CONTENT}"#, items.join(",")))
    }),
    family("parameters_of_a_path", 500, |n| {
        let items: Vec<String> =
            (0..n).map(|index| format!(r#"{{"name":"p{index}","in":"query","schema":{STRING_SCHEMA}}}"#)).collect();
        let items = items.join(",");
        paths([(
            "/a".to_owned(),
            format!(r#"{{"parameters":[{items}],"get":{{"parameters":[{items}],"operationId":"op",{NO_CONTENT}}}}}"#),
        )])
    }),
    with_errors("path_segments", 500, &["B0408"], |n| {
        paths([("/a".repeat(n), format!(r#"{{"get":{{"operationId":"op",{NO_CONTENT}}}}}"#))])
    }),
    with_errors("path_parameters", 500, &["B0408"], |n| {
        let path: String = (0..n).map(|index| format!("/{{p{index}}}")).collect();
        paths([(path, format!(r#"{{"get":{{"operationId":"op",{NO_CONTENT}}}}}"#))])
    }),
    family("responses", 50, |n| {
        let responses: Vec<String> =
            (0..n).map(|index| format!(r#""{}":{{"description":"."}}"#, 100 + index)).collect();
        operation(&format!(r#""responses":{{{}}}"#, responses.join(",")))
    }),
    family("media_types", 500, |n| {
        let types: Vec<String> = (0..n)
            .map(|index| format!(r#""application/t{index}+json":{{"schema":{}}}"#, object(&[("p", STRING_SCHEMA)])))
            .collect();
        operation(&format!(r#""responses":{{"200":{{"description":".","content":{{{}}}}}}}"#, types.join(",")))
    }),
    family("bodies", 50, |n| {
        let types: Vec<String> = (0..n)
            .map(|index| format!(r#""application/t{index}+json":{{"schema":{}}}"#, object(&[("p", STRING_SCHEMA)])))
            .collect();
        operation(&format!(r#""requestBody":{{"content":{{{}}}}},{NO_CONTENT}"#, types.join(",")))
    }),
    family("headers", 500, |n| {
        let headers: Vec<String> =
            (0..n).map(|index| format!(r#""X-H{index}":{{"schema":{STRING_SCHEMA}}}"#)).collect();
        operation(&format!(r#""responses":{{"204":{{"description":".","headers":{{{}}}}}}}"#, headers.join(",")))
    }),
    family("servers", 500, |n| {
        let servers: Vec<String> = (0..n).map(|index| format!(r#"{{"url":"https://s{index}.example"}}"#)).collect();
        document(&format!(
            r#""servers":[{}],"paths":{{"/a":{{"get":{{"operationId":"op",{NO_CONTENT}}}}}}}"#,
            servers.join(",")
        ))
    }),
    family("security_alternatives", 500, |n| {
        let schemes: Vec<String> = (0..n)
            .map(|index| format!(r#""k{index}":{{"type":"apiKey","in":"header","name":"X-K{index}"}}"#))
            .collect();
        let items: Vec<String> = (0..n).map(|index| format!(r#"{{"k{index}":[]}}"#)).collect();
        document(&format!(
            r#""security":[{}],"paths":{{"/a":{{"get":{{"operationId":"op",{NO_CONTENT}}}}}}},"components":{{"securitySchemes":{{{}}}}}"#,
            items.join(","),
            schemes.join(",")
        ))
    }),
    with_errors("operations_that_share_headers", 100, &["B0308"], |n| {
        let headers: Vec<String> =
            (0..n).map(|index| format!(r#""X-H{index}":{{"schema":{STRING_SCHEMA}}}"#)).collect();
        let reference = r##"{"$ref":"#/components/responses/R"}"##;
        let operation =
            |index| format!(r#""/a{index}":{{"get":{{"operationId":"op{index}","responses":{{"204":{reference}}}}}}}"#);
        let items: Vec<String> = (0..n).map(operation).collect();
        document(&format!(
            r#""paths":{{{}}},"components":{{"responses":{{"R":{{"description":".","headers":{{{}}}}}}}}}"#,
            items.join(","),
            headers.join(",")
        ))
    }),
    with_errors("operations_that_share_a_form", 100, &["B0308"], |n| {
        let form = object_of((0..n).map(|index| (format!("p{index}"), STRING_SCHEMA.to_owned())));
        let reference = r##"{"$ref":"#/components/requestBodies/B"}"##;
        let operation = |index| {
            format!(r#""/a{index}":{{"post":{{"operationId":"op{index}","requestBody":{reference},{NO_CONTENT}}}}}"#)
        };
        let items: Vec<String> = (0..n).map(operation).collect();
        document(&format!(
            r#""paths":{{{}}},"components":{{"requestBodies":{{"B":{{"content":{{"application/x-www-form-urlencoded":{{"schema":{form}}}}}}}}}}}"#,
            items.join(",")
        ))
    }),
    with_errors("paths_that_share_an_item", 100, &["B0308"], |n| {
        let parameters: Vec<String> = (0..30)
            .map(|index| format!(r#"{{"name":"p{index}","in":"query","schema":{}}}"#, object(&[("a", STRING_SCHEMA)])))
            .collect();
        let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        let operations: Vec<String> = methods.iter().map(|method| format!(r#""{method}":{{{NO_CONTENT}}}"#)).collect();
        let item = format!(r#"{{"parameters":[{}],{}}}"#, parameters.join(","), operations.join(","));
        shared(n, "pathItems", &item, |index, reference| format!(r#""/a{index}":{reference}"#))
    }),
    with_errors("operations_that_share_parameters", 100, &["B0308"], |n| {
        let parameter = |index| format!(r#""P{index}":{{"name":"p{index}","in":"query","schema":{STRING_SCHEMA}}}"#);
        let reference = |index| format!(r##"{{"$ref":"#/components/parameters/P{}"}}"##, index % 40);
        let items = (0..n).map(reference).collect::<Vec<_>>().join(",");
        let parameters = (0..40).map(parameter).collect::<Vec<_>>().join(",");
        let long = format!(r#"{{"get":{{"parameters":[{items}],{NO_CONTENT}}}}}"#);
        let paths = (0..n).map(|index| format!(r##""/b{index}":{{"$ref":"#/paths/~1a"}}"##)).collect::<Vec<_>>();
        document(&format!(
            r#""paths":{{"/a":{long},{}}},"components":{{"parameters":{{{parameters}}}}}"#,
            paths.join(",")
        ))
    }),
    with_errors("operations_that_share_a_long_description", 500, &["B0308"], |n| {
        let response = format!(r#"{{"description":"{}"}}"#, "word ".repeat(n * 5));
        shared(n, "responses", &response, |index, reference| {
            format!(r#""/a{index}":{{"get":{{"operationId":"op{index}","responses":{{"204":{reference}}}}}}}"#)
        })
    }),
    with_errors("operations_that_share_a_body_of_many_types", 200, &["B0308"], |n| {
        let types = (0..n).map(|index| format!(r#""application/t{index}+json":{{"schema":{STRING_SCHEMA}}}"#));
        let body = format!(r#"{{"content":{{{}}}}}"#, types.collect::<Vec<_>>().join(","));
        shared(n, "requestBodies", &body, |index, reference| {
            format!(r#""/a{index}":{{"post":{{"operationId":"op{index}","requestBody":{reference},{NO_CONTENT}}}}}"#)
        })
    }),
    with_errors("bodies_beside_many_headers", 200, &["B0308"], |n| {
        let types = (0..n).map(|index| format!(r#""application/t{index}+json":{{"schema":{STRING_SCHEMA}}}"#));
        let headers = (0..n).map(|index| format!(r#""X-{index}":{{"schema":{STRING_SCHEMA}}}"#));
        let (types, headers) = (types.collect::<Vec<_>>().join(","), headers.collect::<Vec<_>>().join(","));
        let responses = format!(r#""responses":{{"204":{{"description":".","headers":{{{headers}}}}}}}"#);
        operation(&format!(r#""requestBody":{{"content":{{{types}}}}},{responses}"#))
    }),
    with_errors("operations_of_many_scopes", 200, &["B0308"], |n| {
        let scopes: Vec<String> = (0..n).map(|index| format!(r#""scope-{index}""#)).collect();
        let operations =
            (0..n).map(|index| format!(r#""/a{index}":{{"get":{{"operationId":"op{index}",{NO_CONTENT}}}}}"#));
        let scheme = r#"{"type":"oauth2","flows":{"implicit":{"authorizationUrl":"https://a.example","scopes":{}}}}"#;
        document(&format!(
            r#""security":[{{"k":[{}]}}],"paths":{{{}}},"components":{{"securitySchemes":{{"k":{scheme}}}}}"#,
            scopes.join(","),
            operations.collect::<Vec<_>>().join(",")
        ))
    }),
    family("references_to_security_schemes", 2_000, |n| {
        shared_chain(n, "securitySchemes", r#"{"type":"http","scheme":"bearer"}"#, |_| {
            format!(r#""security":[{{"S0":[]}}],{NO_CONTENT}"#)
        })
    }),
    family("references_to_path_items", 2_000, |n| {
        let links = (0..n).map(|index| format!(r##""S{index}":{{"$ref":"#/components/pathItems/S{}"}}"##, index + 1));
        let paths = (0..n).map(|index| format!(r##""/a{index}":{{"$ref":"#/components/pathItems/S{index}"}}"##));
        document(&format!(
            r#""paths":{{{}}},"components":{{"pathItems":{{{},"S{n}":{{"get":{{{NO_CONTENT}}}}}}}}}"#,
            paths.take(500).collect::<Vec<_>>().join(","),
            links.collect::<Vec<_>>().join(",")
        ))
    }),
    family("references_to_examples", 2_000, |n| {
        shared_chain(n, "examples", r#"{"value":"a"}"#, |reference| {
            let content = format!(r#"{{"text/plain":{{"schema":{STRING_SCHEMA},"examples":{{"a":{reference}}}}}}}"#);
            format!(r#""requestBody":{{"content":{content}}},{NO_CONTENT}"#)
        })
    }),
    family("references_to_responses", 2_000, |n| {
        shared_chain(n, "responses", r#"{"description":"."}"#, |reference| {
            format!(r#""responses":{{"204":{reference}}}"#)
        })
    }),
    family("references_to_parameters", 2_000, |n| {
        shared_chain(n, "parameters", r#"{"name":"a","in":"query","schema":{"type":"string"}}"#, |reference| {
            format!(r#""parameters":[{reference}],{NO_CONTENT}"#)
        })
    }),
    family("references_to_headers", 2_000, |n| {
        shared_chain(n, "headers", r#"{"schema":{"type":"string"}}"#, |reference| {
            format!(r#""responses":{{"204":{{"description":".","headers":{{"X-A":{reference}}}}}}}"#)
        })
    }),
    family("references_to_bodies", 2_000, |n| {
        shared_chain(n, "requestBodies", r#"{"content":{"text/plain":{"schema":{"type":"string"}}}}"#, |reference| {
            format!(r#""requestBody":{reference},{NO_CONTENT}"#)
        })
    }),
];
