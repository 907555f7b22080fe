//! The names of characters in HTML, with and without a semicolon.

use crate::runtime::error::unescape::decoding_levels;

/// Returns the text after decoding it once.
fn decoded(text: &str) -> String {
    let levels = decoding_levels(text);
    levels.get(1).unwrap_or(&levels[0]).iter().map(|decoded| decoded.char).collect()
}

/// The names without a semicolon that the HTML standard lists, in lower case, with their characters.
const WITHOUT_SEMICOLON: &str = "aacute á acirc â acute ´ aelig æ agrave à amp & aring å atilde ã auml ä brvbar ¦ ccedil ç \
    cedil ¸ cent ¢ copy © curren ¤ deg ° divide ÷ eacute é ecirc ê egrave è eth ð euml ë frac12 ½ frac14 ¼ frac34 ¾ gt > \
    iacute í icirc î iexcl ¡ igrave ì iquest ¿ iuml ï laquo « lt < macr ¯ micro µ middot · not ¬ ntilde ñ oacute ó ocirc ô \
    ograve ò ordf ª ordm º oslash ø otilde õ ouml ö para ¶ plusmn ± pound £ quot \" raquo » reg ® sect § shy \u{ad} sup1 ¹ \
    sup2 ² sup3 ³ szlig ß thorn þ times × uacute ú ucirc û ugrave ù uml ¨ uuml ü yacute ý yen ¥ yuml ÿ";

#[test]
fn listed_names_need_no_semicolon() {
    let words: Vec<&str> = WITHOUT_SEMICOLON.split(' ').filter(|word| !word.is_empty()).collect();
    // The standard lists 106 names. 36 of the names differ from another name only in case, and `nbsp` is decoded as a
    // space.
    assert_eq!(words.len() / 2 + 36 + 1, 106);
    for pair in words.chunks(2).chain([["nbsp", " "].as_slice()]) {
        let (name, char) = (pair[0], pair[1]);
        for (end, rest) in [("", ""), (";", ""), (";x", "x"), (" x", " x"), ("=", "="), ("zz", "zz"), ("&", "&")] {
            assert_eq!(decoded(&format!("&{name}{end}")), format!("{char}{rest}"), "{name}{end}");
            assert_eq!(decoded(&format!("&{}{end}", name.to_uppercase())), format!("{char}{rest}"), "{name}{end}");
        }
    }
}

#[test]
fn other_references_keep_their_rules() {
    for (text, expected) in [
        ("jos&eacutephine", "joséphine"),
        ("&commat;&apos;", "@'"),
        // `commat` and `apos` need a semicolon.
        ("&commat &apos", "&commat &apos"),
        ("&sup1x", "¹x"),
        ("&notanentity;", "¬anentity;"),
        ("&#233 &#xe9 &#233;&#xe9;", "é é éé"),
        ("&#233x&#xe9z", "éxéz"),
        ("&", "&"),
        ("&;", "&;"),
        ("&unknown;", "&unknown;"),
    ] {
        assert_eq!(decoded(text), expected, "{text}");
    }
}
