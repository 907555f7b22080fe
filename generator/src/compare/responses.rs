//! Compares responses: their bodies in each media type, and their headers.

use std::collections::HashSet;

use super::counterparts::{Counterpart, Keys, counterparts};
use super::facts::{Fact, media_type_facts};
use super::{Comparer, Pair, Step, path_to};
use crate::ir::{Alternative, Header, Response, TypeRef};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

impl<'a> Comparer<'a> {
    pub(super) fn compare_responses(&mut self, path: &[Step], responses: Pair<&'a Response>) {
        let origins = responses.map(|response| &response.origin);
        match (&responses.ours.body, &responses.theirs.body) {
            (Some(_), Some(_)) if has_other_default(responses) => {
                self.compare_facts(path, origins, responses.map(media_type_facts));
            }
            (Some(ours), Some(theirs)) => {
                self.compare_values(path, origins, Pair { ours, theirs }, responses.map(media_type_facts));
            }
            _ => {
                let facts = responses.map(|response| response.body.iter().map(|_| Fact::Body("json")).collect());
                self.compare_facts(path, origins, facts);
            }
        }
        self.compare_media_types(path, responses);
        let by_name: Keys<Header> = |header| vec![header.wire.to_ascii_lowercase()];
        for counterpart in counterparts(&responses.ours.headers, &responses.theirs.headers, &[by_name]) {
            let path = path_to(path, Step::Header(counterpart.first().wire.clone()));
            // The IR has no location of a header, so the location is derived from the location of the response. If the
            // header is a reference, the derived location is wrong.
            let origins = responses.map(|response| response.origin.child("headers").child(&counterpart.first().wire));
            let origins = Pair { ours: &origins.ours, theirs: &origins.theirs };
            let origin = origins.ours.clone();
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |_| origin.clone()) {
                self.compare_values(&path, origins, both.map(|header| &header.ty), Pair::default());
            }
        }
    }

    /// Compares the types of the media types that both responses have. The facts of the responses say which media types only one
    /// of them has. The defaults have already been compared.
    fn compare_media_types(&mut self, path: &[Step], responses: Pair<&'a Response>) {
        let types = responses.map(typed_media_types);
        let by_name: Keys<TypedMediaType<'_>> = |media_type| vec![media_type.name.to_owned()];
        for counterpart in counterparts(&types.ours, &types.theirs, &[by_name]) {
            let Counterpart::Both(both) = counterpart else { continue };
            if both.ours.is_default && both.theirs.is_default {
                continue;
            }
            let path = path_to(path, Step::MediaType(both.ours.name.to_owned()));
            self.compare_values(&path, both.map(|it| it.origin), both.map(|it| it.ty), Pair::default());
        }
    }
}

/// Returns whether the default media types differ, and one response offers the default of the other. `compare_media_types` then compares
/// the bodies in this media type.
fn has_other_default(responses: Pair<&Response>) -> bool {
    let defaults = responses.map(|response| essences(response.media_types.iter()));
    let offers = |response: &Response, names: &HashSet<String>| {
        let names_of_others = response.alternatives.iter().flat_map(|alternative| &alternative.media_types);
        !essences(names_of_others).is_disjoint(names)
    };
    defaults.ours.is_disjoint(&defaults.theirs)
        && (offers(responses.ours, &defaults.theirs) || offers(responses.theirs, &defaults.ours))
}

fn essences<'a>(names: impl Iterator<Item = &'a String>) -> HashSet<String> {
    names.map(|name| media_type_essence(name)).collect()
}

/// A media type of a response, with the type of the body.
struct TypedMediaType<'a> {
    name: &'a str,
    ty: &'a TypeRef,
    origin: &'a Pointer,
    is_default: bool,
}

/// Returns the media types of a response with their types.
fn typed_media_types(response: &Response) -> Vec<TypedMediaType<'_>> {
    let mut media_types = Vec::new();
    if let Some(ty) = &response.body {
        let defaults = response.media_types.iter();
        media_types.extend(defaults.map(|name| TypedMediaType {
            name,
            ty,
            origin: &response.origin,
            is_default: true,
        }));
    }
    for Alternative { media_types: names, ty, origin, .. } in &response.alternatives {
        media_types.extend(names.iter().map(|name| TypedMediaType { name, ty, origin, is_default: false }));
    }
    media_types
}
