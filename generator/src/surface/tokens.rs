//! Finds parts of token streams.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Splits tokens at the commas that are not in angle brackets.
pub fn split(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let (mut parts, mut part, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    let mut previous = ' ';
    for token in tokens {
        let punct = if let TokenTree::Punct(punct) = token { punct.as_char() } else { ' ' };
        match punct {
            '<' => depth += 1,
            '>' if previous != '-' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                previous = ' ';
                continue;
            }
            _ => {}
        }
        previous = punct;
        part.push(token.clone());
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Returns the tokens before the first occurrence of a character that is not part of `::`.
pub fn until(tokens: &[TokenTree], end: char) -> &[TokenTree] {
    &tokens[..position(tokens, end).unwrap_or(tokens.len())]
}

/// Returns the tokens after the first occurrence of a character that is not part of `::`.
pub fn after(tokens: &[TokenTree], start: char) -> &[TokenTree] {
    position(tokens, start).map_or(&[], |index| &tokens[index + 1..])
}

fn position(tokens: &[TokenTree], char: char) -> Option<usize> {
    let is_colon = |index: usize| tokens.get(index).is_some_and(|token| is_punct(token, ':'));
    (0..tokens.len()).find(|index| {
        is_punct(&tokens[*index], char) && (char != ':' || !(is_colon(index + 1) || *index > 0 && is_colon(index - 1)))
    })
}

/// Returns the tokens before the first group in braces.
pub fn until_brace(tokens: &[TokenTree]) -> &[TokenTree] {
    let end = tokens.iter().position(|token| is_group(token, Delimiter::Brace)).unwrap_or(tokens.len());
    &tokens[..end]
}

/// Returns the tokens after the generic parameters of an impl block.
pub fn without_generics(tokens: &[TokenTree]) -> &[TokenTree] {
    if !tokens.first().is_some_and(|token| is_punct(token, '<')) {
        return tokens;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[index + 1..];
        }
    }
    &[]
}

/// Returns the tokens after the attributes at the start.
pub fn without_attributes(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut tokens = tokens;
    while let [hash, _, rest @ ..] = tokens
        && is_punct(hash, '#')
    {
        tokens = rest;
    }
    tokens.to_vec()
}

/// Returns the content of the first group with a delimiter.
pub fn group(tokens: &[TokenTree], delimiter: Delimiter) -> Option<TokenStream> {
    tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(group.stream()),
        _ => None,
    })
}

pub fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

pub fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}
