//! Families of documents with chains or combinations of schemas, or with very long schemas.

use super::{
    Family, INTEGER_SCHEMA, STRING_SCHEMA, chain, components, enumeration, family, list, object, object_of,
    openapi_31_components, reference, with_errors, with_warning,
};

pub const ALL: &[Family] = &[
    // In these families, each component refers to the next component.
    family("references", 20_000, |n| chain(n, |next| next.to_owned())),
    family("properties", 500, |n| chain(n, |next| object(&[("p", next)]))),
    family("items", 2_000, |n| chain(n, |next| format!(r#"{{"type":"array","items":{next}}}"#))),
    family("items_of_properties", 500, |n| {
        chain(n, |next| object(&[("p", &format!(r#"{{"type":"array","items":{next}}}"#))]))
    }),
    family("maps_of_properties", 500, |n| {
        chain(n, |next| object(&[("p", &format!(r#"{{"type":"object","additionalProperties":{next}}}"#))]))
    }),
    family("unions_of_properties", 500, |n| {
        chain(n, |next| object(&[("p", &format!(r#"{{"oneOf":[{next},{STRING_SCHEMA}]}}"#))]))
    }),
    family("additional_properties", 2_000, |n| {
        chain(n, |next| format!(r#"{{"type":"object","additionalProperties":{next}}}"#))
    }),
    family("all_of_one_reference", 2_000, |n| chain(n, |next| list("allOf", &[next]))),
    with_errors("all_of_and_properties", 2_000, &["B0307"], |n| {
        chain(n, |next| list("allOf", &[next, &object(&[("p", STRING_SCHEMA)])]))
    }),
    with_errors("one_of_and_a_number", 2_000, &["B0307"], |n| chain(n, |next| list("oneOf", &[next, INTEGER_SCHEMA]))),
    family("nullable_references", 500, |n| {
        chain(n, |next| object(&[("p", &format!(r#"{{"nullable":true,"allOf":[{next}]}}"#))]))
    }),
    family("properties_that_share_the_next", 500, |n| chain(n, |next| object(&[("p", next), ("q", next)]))),
    with_errors("references_to_the_first", 2_000, &["B0203"], |n| {
        components((0..n).map(|index| reference((index + 1) % n)))
    }),
    with_errors("all_of_to_the_first", 2_000, &["B0307"], |n| {
        components((0..n).map(|index| list("allOf", &[&reference((index + 1) % n), &object(&[("p", STRING_SCHEMA)])])))
    }),
    family("cycles_with_lists", 200, |n| {
        components((0..n).map(|index| {
            let far = format!(r#"{{"type":"array","items":{}}}"#, reference((index * 7 + 3) % n));
            object(&[("p", &reference((index + 1) % n)), ("q", &far)])
        }))
    }),
    // In these families, a few schemas expand to many combinations.
    with_errors("all_of_twice", 24, &["B0307"], |n| chain(n, |next| list("allOf", &[next, next]))),
    family("any_of_twice", 24, |n| chain(n, |next| list("anyOf", &[next, next]))),
    family("one_of_twice", 24, |n| chain(n, |next| list("oneOf", &[next, next]))),
    with_errors("properties_of_all_of_twice", 24, &["B0307"], |n| {
        chain(n, |next| object(&[("p", &list("allOf", &[next, next])), ("q", next)]))
    }),
    with_errors("diamonds", 24, &["B0307"], |n| {
        components((0..n).map(|index| {
            let next = index.div_ceil(2) * 2 + 1;
            match next + 1 < n {
                true => list(
                    "allOf",
                    &[&reference(next), &reference(next + 1), &object(&[(&format!("p{index}"), STRING_SCHEMA)])],
                ),
                false => object(&[("p", STRING_SCHEMA)]),
            }
        }))
    }),
    with_errors("every_order", 8, &["B0308"], |n| {
        components((0..n).map(|index| {
            let both = |other| list("allOf", &[&reference(index), &reference(other)]);
            object_of((0..n).map(|other| (format!("q{other}"), both(other))))
        }))
    }),
    with_errors("subsets", 24, &["B0308"], |n| {
        components((0..n).map(|index| {
            let both = list("allOf", &[&reference(index * 2 % n), &reference((index * 3 + 7) % n)]);
            object(&[("a", &reference((index + 1) % n)), ("b", &both), (&format!("c{index}"), STRING_SCHEMA)])
        }))
    }),
    with_errors("alternatives_of_alternatives", 8, &["B0307", "B0308"], |n| {
        components((0..n).map(|index| {
            let others: Vec<String> = (0..n).filter(|other| *other != index).map(reference).collect();
            let alternative =
                object_of((0..n).map(|key| (format!("p{key}"), list("allOf", &[&reference(key), &reference(index)]))));
            format!(r#"{{"anyOf":[{},{alternative}]}}"#, others.join(","))
        }))
    }),
    // Schemas with many values, properties or alternatives.
    family("enum_values", 10_000, |n| components([enumeration((0..n).map(|index| format!("value-{index}")))])),
    with_warning("enum_values_that_collide", 100_000, "B0308", |n| {
        let spelled = |index: usize| {
            ["a-b", "a_b", "A_B", "aB", "a.b"][index % 5].to_owned()
                + &"x".repeat(index / 5 % 7)
                + &(index / 5).to_string()
        };
        components([enumeration((0..n).map(spelled))])
    }),
    family("properties_side_by_side", 2_000, |n| {
        components([object_of((0..n).map(|index| (format!("p{index}"), STRING_SCHEMA.to_owned())))])
    }),
    family("properties_that_collide", 2_000, |n| {
        let spelled = |index: usize| format!("{}{}", ["a-b", "a_b", "A_B"][index % 3], index / 3);
        components([object_of((0..n).map(|index| (spelled(index), STRING_SCHEMA.to_owned())))])
    }),
    family("required", 2_000, |n| {
        let names: Vec<String> = (0..n).map(|index| format!(r#""p{index}""#)).collect();
        let properties = object_of((0..n).map(|index| (format!("p{index}"), STRING_SCHEMA.to_owned())));
        components([format!(r#"{{"required":[{}],{}"#, names.join(","), &properties[1..])])
    }),
    with_warning("required_and_not_declared", 2_000, "B0303", |n| {
        let names: Vec<String> = (0..n).map(|index| format!(r#""property-{index}-x""#)).collect();
        let properties = object_of((0..n).map(|index| (format!("property-{index}-y"), STRING_SCHEMA.to_owned())));
        components([format!(r#"{{"required":[{}],{}"#, names.join(","), &properties[1..])])
    }),
    family("parts_with_properties", 500, |n| {
        let parts: Vec<String> =
            (0..n).map(|index| object_of([(format!("p{index}"), STRING_SCHEMA.to_owned())])).collect();
        components([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("parts_with_one_property", 500, |n| {
        let parts: Vec<String> = (0..n).map(|index| object(&[("p", &format!(r#"{{"maxLength":{index}}}"#))])).collect();
        components([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("enums_in_parts", 200, |n| {
        let parts: Vec<String> = (0..20).map(|_| enumeration((0..n).map(|index| format!("v{index}")))).collect();
        components([format!(r#"{{"allOf":[{}]}}"#, parts.join(","))])
    }),
    family("alternatives_with_a_mapping", 500, |n| {
        let mapping: Vec<String> =
            (1..=n).map(|index| format!(r##""t{index}":"#/components/schemas/S{index}""##)).collect();
        let union = format!(
            r#"{{"oneOf":[{}],"discriminator":{{"propertyName":"kind","mapping":{{{}}}}}}}"#,
            (1..=n).map(reference).collect::<Vec<_>>().join(","),
            mapping.join(",")
        );
        let kind = object(&[("kind", STRING_SCHEMA)]);
        components([union].into_iter().chain(std::iter::repeat_n(kind, n)))
    }),
    family("alternatives_of_objects", 500, |n| {
        let union = format!(r#"{{"oneOf":[{}]}}"#, (1..=n).map(reference).collect::<Vec<_>>().join(","));
        let alternatives = (1..=n).map(|index| object(&[(&format!("p{index}"), STRING_SCHEMA), ("q", INTEGER_SCHEMA)]));
        components([union].into_iter().chain(alternatives))
    }),
    family("inline_alternatives", 500, |n| {
        let alternatives: Vec<String> =
            (0..n).map(|index| object(&[(&format!("p{index}"), STRING_SCHEMA), ("q", INTEGER_SCHEMA)])).collect();
        components([format!(r#"{{"anyOf":[{}]}}"#, alternatives.join(","))])
    }),
    family("alternatives_of_lists", 500, |n| {
        let alternative = |index: usize| {
            format!(r#"{{"type":"array","items":{}}}"#, object(&[(&format!("p{index}"), STRING_SCHEMA)]))
        };
        components([format!(r#"{{"anyOf":[{}]}}"#, (0..n).map(alternative).collect::<Vec<_>>().join(","))])
    }),
    family("alternatives_of_enums", 500, |n| {
        let alternative = |index: usize| enumeration([format!("v{index}"), "shared".to_owned()]);
        components([format!(r#"{{"anyOf":[{}]}}"#, (0..n).map(alternative).collect::<Vec<_>>().join(","))])
    }),
    family("subtypes", 500, |n| {
        let base =
            r#"{"type":"object","properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind"}}"#;
        let alternatives =
            (0..n).map(|index| list("allOf", &[&reference(0), &object(&[(&format!("p{index}"), STRING_SCHEMA)])]));
        components([base.to_owned()].into_iter().chain(alternatives))
    }),
    with_errors("subtypes_of_subtypes", 500, &["B0308"], |n| {
        let tag = r#""discriminator":{"propertyName":"kind"}"#;
        let base = |_| format!(r#"{{"type":"object","properties":{{"kind":{{"type":"string"}}}},{tag}}}"#);
        let bases: Vec<String> = (1..=n).map(reference).collect();
        let middle = format!(r#"{{"allOf":[{}],{tag}}}"#, bases.join(","));
        let first = object_of((1..=n).map(|index| (format!("u{index}"), reference(index))));
        let alternatives =
            (0..n).map(|index| list("allOf", &[&reference(n + 1), &object(&[(&format!("p{index}"), STRING_SCHEMA)])]));
        components([first].into_iter().chain((0..n).map(base)).chain([middle]).chain(alternatives))
    }),
    with_errors("properties_of_a_long_description", 500, &["B0308"], |n| {
        let long = format!(r#"{{"type":"object","description":"{}"}}"#, "word ".repeat(n * 5));
        components([object_of((0..n).map(|index| (format!("p{index}"), reference(1)))), long])
    }),
    with_errors("subtypes_of_a_long_description", 500, &["B0308"], |n| {
        let long = format!(r#"{{"type":"string","description":"{}"}}"#, "word ".repeat(n * 5));
        let alternative =
            |index: usize| list("allOf", &[&reference(1), &object(&[(&format!("q{index}"), STRING_SCHEMA)])]);
        let first = object_of((0..n).map(|index| (format!("p{index}"), alternative(index))));
        components([first, object(&[("p", &long)])])
    }),
    with_errors("parts_that_require_much", 200, &["B0308"], |n| {
        let names: Vec<String> = (0..n).map(|index| format!(r#""r{index}""#)).collect();
        let alternative =
            |index: usize| list("allOf", &[&reference(1), &object(&[(&format!("q{index}"), STRING_SCHEMA)])]);
        let first = object_of((0..n).map(|index| (format!("p{index}"), alternative(index))));
        components([first, format!(r#"{{"type":"object","required":[{}]}}"#, names.join(","))])
    }),
    with_errors("parts_with_a_long_enum", 200, &["B0308"], |n| {
        let long = enumeration((0..n).map(|index| format!("v{index}")));
        let short = |index: usize| format!(r#"{{"type":"string","maxLength":{}}}"#, index + 1);
        let alternative = |index: usize| list("allOf", &[&reference(1), &object(&[("p", &short(index))])]);
        let first = object_of((0..n).map(|index| (format!("p{index}"), alternative(index))));
        components([first, object(&[("p", &long)])])
    }),
    with_errors("long_keys_around_many_values", 150, &["B0101"], |n| {
        let inner = object_of((0..n).map(|index| (format!("p{index}"), object(&[("p", STRING_SCHEMA)]))));
        components([object(&[(&"long".repeat(n * 5), &inner)])])
    }),
    family("lists_in_lists", 4, |n| {
        let inner =
            |outer: &str| (0..n).fold(outer.to_owned(), |items, _| format!(r#"{{"type":"array","items":{items}}}"#));
        components([object(&[("p", &inner(STRING_SCHEMA))]), inner(&reference(0))])
    }),
    with_errors("inline_nesting", 200, &["B0101"], |n| {
        let inner = (0..n).fold(STRING_SCHEMA.to_owned(), |inner, _| object(&[("p", &inner)]));
        components([inner])
    }),
    with_errors("same_names_in_many_places", 500, &["B0501"], |n| {
        components([object_of((0..n).map(|index| {
            let spelled = ["a-b", "a_b", "A_B"][index % 3];
            (format!("{spelled}{}", index / 3), object(&[("p", STRING_SCHEMA)]))
        }))])
    }),
    family("tuples", 500, |n| {
        let items = vec![INTEGER_SCHEMA; n].join(",");
        openapi_31_components([format!(r#"{{"type":"array","prefixItems":[{items}]}}"#)])
    }),
    family("types", 500, |n| {
        let all: Vec<String> = (0..n).map(|index| format!(r#""p{index}":{STRING_SCHEMA}"#)).collect();
        openapi_31_components([format!(
            r#"{{"type":["object","array","string","integer"],"properties":{{{}}}}}"#,
            all.join(",")
        )])
    }),
    with_warning("patterns", 500, "B0302", |n| {
        let pattern = |index| format!(r#"{{"type":"string","pattern":"^{index}([a-z]{{1,50}}){{1,200}}$"}}"#);
        components([object_of((0..n).map(|index| (format!("p{index}"), pattern(index))))])
    }),
    family("formats", 500, |n| {
        components([object_of(
            (0..n).map(|index| (format!("p{index}"), format!(r#"{{"type":"string","format":"f{index}"}}"#))),
        )])
    }),
    family("properties_to_a_chain_of_references", 2_000, |n| {
        let to_chain = object_of((0..n).map(|index| (format!("p{index}"), reference(1))));
        let chain = (2..=n).map(|index| list("allOf", &[&reference(index)]));
        components([to_chain].into_iter().chain(chain).chain([object(&[("end", STRING_SCHEMA)])]))
    }),
    with_errors("unions_of_lists_of_the_next", 20, &["B0307"], |n| {
        chain(n, |next| {
            let items = |schema: &str| format!(r#"{{"type":"array","items":{schema}}}"#);
            format!(r#"{{"oneOf":[{},{}]}}"#, items(next), items(&object(&[("p", next)])))
        })
    }),
];
