//! Compares two documents of the same API. Descriptions, and the division into components, are not compared.
//!
//! Each document is an [`Api`]. Each node of one document is compared with its counterpart in the other document. A
//! node has a set of [`Fact`]s. A fact that only one of the two nodes has is a [`Difference`]. Aliases are resolved,
//! and two named types that are counterparts in several locations are compared once.

mod allowlist;
mod counterparts;
mod difference;
mod facts;
mod formats;
mod limits;
mod operations;
mod pair;
mod render;
mod replacements;
mod responses;
mod unions;
mod webhooks;

use std::collections::{HashMap, HashSet, VecDeque};

use crate::ir::{Api, Record, Shape, TypeDef, TypeId, TypeRef};
use crate::source::Pointer;
pub use allowlist::{AcceptedDifferences, AllowlistMismatches, exact_pattern};
use counterparts::{Counterpart, counterparts};
pub use difference::{Change, Difference, Step, Subject, WebhookId};
pub use facts::{Credentials, Fact};
pub(crate) use facts::{RESERVED_CHARACTERS, SchemeKinds, resolved, security_facts, tag_text, value_type};
use facts::{ResolvedType, add_boolean_values, field_facts, resolve, type_facts};
use formats::{contained_schema, resolved_schema, schema_of_node};
pub(crate) use limits::{allows_everything, integer_limit, integer_range};
use limits::{remove_implied_facts, with_canonical_limits};
pub use pair::Pair;
pub(crate) use render::pairing_keyword;
pub use render::render;
pub use replacements::Replacement;
use replacements::{Phase, Replaced, TypesByName, types_by_name};

/// The result of a comparison.
#[derive(Debug)]
pub struct Comparison {
    /// The differences.
    pub differences: Vec<Difference>,
    /// The operations, webhooks and types that are counterparts.
    pub counterparts: Vec<Subject>,
    /// The types of which one replaced the other at a reference. Their differences are not among `differences`.
    pub replacements: Vec<Replacement>,
}

/// Returns all differences between two documents. The differences of the API itself come first, then the differences of
/// its operations and webhooks, then the differences of its types.
///
/// ```
/// use bindery::source::Source;
///
/// let config = Source::new("codegen.toml", "crate = { name = 'ping', version = '0.1.0' }");
/// let api = |status: u16| {
///     let text = format!("
/// openapi: 3.0.3
/// info: {{ title: Ping, version: 1.0.0 }}
/// paths: {{ /ping: {{ get: {{ operationId: Ping, responses: {{ '{status}': {{ description: Pong. }} }} }} }} }}
/// ");
///     bindery::load(&Source::new("api.yaml", text), &config).0.unwrap().0
/// };
/// let differences = bindery::compare::compare(&api(200), &api(204));
/// let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["Ping / response 200: added", "Ping / response 204: missing"]);
/// ```
pub fn compare(ours: &Api, theirs: &Api) -> Vec<Difference> {
    compared(ours, theirs, None).differences
}

/// Returns all differences between two versions of a document, as [`compare`] does, and the operations, webhooks and types that were
/// compared with each other. Also compares the types of a document without operations, because the crate has them.
pub fn compare_versions(ours: &Api, theirs: &Api) -> Comparison {
    let names = Pair { ours: types_by_name(ours), theirs: types_by_name(theirs) };
    let mut comparison = compared(ours, theirs, Some(names));
    comparison.add_unused_types();
    comparison.compare_pending();
    let replacements = comparison.compare_replaced();
    let mut counterparts = comparison.nodes;
    let mut types: Vec<_> = comparison.compared.into_iter().collect();
    types.sort_unstable();
    counterparts.extend(types.into_iter().map(|(ours, theirs)| Subject::Type(Pair { ours, theirs })));
    Comparison { differences: comparison.differences, counterparts, replacements }
}

/// Compares all operations and webhooks, and the types that they use. `names` are the names of the types of two versions of a document.
fn compared<'a>(ours: &'a Api, theirs: &'a Api, names: Option<Pair<TypesByName<'a>>>) -> Comparer<'a> {
    let mut comparison = Comparer {
        apis: Pair { ours, theirs },
        phase: Phase::Documents,
        subject: Subject::Api,
        nodes: Vec::new(),
        differences: Vec::new(),
        compared: HashSet::new(),
        pending: VecDeque::new(),
        repeated_items: 0,
        deep: HashSet::new(),
        replaced: Replaced::new(names),
        scheme_kinds: Pair { ours, theirs }.map(SchemeKinds::of),
    };
    comparison.compare_apis();
    comparison.compare_all_webhooks();
    comparison.compare_pending();
    comparison
}

/// The maximum number of steps of a path. The items of deeper arrays, maps and tuples have the path of the last step, because the depth
/// of aliases has no limit.
const MAX_STEPS: usize = 20;

/// The maximum number of items of nested tuples that are compared wherever they occur. The others are compared once, because tuples of
/// tuples can have the same items very often.
const MAX_REPEATED_ITEMS: usize = 10_000;

struct Comparer<'a> {
    apis: Pair<&'a Api>,
    phase: Phase,
    /// The operation or type that is being compared.
    subject: Subject,
    /// The operations and webhooks that are counterparts.
    nodes: Vec<Subject>,
    differences: Vec<Difference>,
    /// The pairs of types that are already compared or are in `pending`.
    compared: HashSet<(TypeId, TypeId)>,
    /// The pairs of types that have not been compared yet.
    pending: VecDeque<(TypeId, TypeId)>,
    /// The number of items of nested tuples that were compared.
    repeated_items: usize,
    /// The pairs of types in deeply nested arrays, maps and tuples that are already compared.
    deep: HashSet<(*const TypeRef, *const TypeRef)>,
    /// The pairs of types of which one replaced the other.
    replaced: Replaced<'a>,
    scheme_kinds: Pair<SchemeKinds<'a>>,
}

impl<'a> Comparer<'a> {
    /// Compares the values of two parameters, properties, headers or responses. `facts` has the facts that do not come
    /// from the types of the values.
    fn compare_values(
        &mut self,
        path: &[Step],
        origins: Pair<&Pointer>,
        types: Pair<&'a TypeRef>,
        facts: Pair<Vec<Fact>>,
    ) {
        let schemas = Pair {
            ours: schema_of_node(path.last(), origins.ours, &facts.ours),
            theirs: schema_of_node(path.last(), origins.theirs, &facts.theirs),
        };
        // A stack and not a recursion, because the depth of aliases has no limit.
        let mut pending = vec![(path.to_vec(), schemas, types, facts)];
        while let Some((path, schemas, types, mut facts)) = pending.pop() {
            let schemas = Pair {
                ours: resolved_schema(self.apis.ours, &schemas.ours, types.ours),
                theirs: resolved_schema(self.apis.theirs, &schemas.theirs, types.theirs),
            };
            self.add_formats(schemas, types, &mut facts);
            let mut contained: Vec<(Step, Pair<&'a TypeRef>)> = Vec::new();
            match self.compare_value(&path, origins, types, facts) {
                Some((ResolvedType::Array(ours), ResolvedType::Array(theirs))) => {
                    contained.push((Step::Items, Pair { ours, theirs }));
                }
                Some((ResolvedType::Map(ours), ResolvedType::Map(theirs))) => {
                    contained.push((Step::AdditionalProperties, Pair { ours, theirs }));
                }
                Some((ResolvedType::Tuple(ours), ResolvedType::Tuple(theirs))) => {
                    self.compare_lengths(&path, origins, Pair { ours: ours.len(), theirs: theirs.len() });
                    let items = ours.iter().zip(theirs).enumerate();
                    contained.extend(items.map(|(index, (ours, theirs))| (Step::Item(index), Pair { ours, theirs })));
                }
                Some((ResolvedType::Named(ours), ResolvedType::Named(theirs))) => {
                    let (ours_def, theirs_def) = (&self.apis.ours.types[ours], &self.apis.theirs.types[theirs]);
                    // Of two kinds of types, such as an object and a union, only the kind is compared.
                    if ours_def.name == theirs_def.name || ours_def.shape.is_same_kind(&theirs_def.shape) {
                        self.add_pending(ours, theirs);
                    }
                }
                _ => {}
            }
            for (step, types) in contained.into_iter().rev() {
                let is_nested = matches!(step, Step::Item(_)) && path.iter().any(|step| matches!(step, Step::Item(_)));
                let is_compared = match path.len() < MAX_STEPS {
                    true => !is_nested || self.may_repeat() || self.is_first_visit(types),
                    false => self.is_first_visit(types),
                };
                if is_compared {
                    let schemas = schemas.map(|schema| contained_schema(schema, &step));
                    pending.push((path_to(&path, step), schemas, types, Pair::default()));
                }
            }
        }
    }

    /// Compares two values without the values that they contain. Returns their types, or `None` if one type replaced the other.
    fn compare_value(
        &mut self,
        path: &[Step],
        origins: Pair<&Pointer>,
        types: Pair<&'a TypeRef>,
        mut facts: Pair<Vec<Fact>>,
    ) -> Option<(ResolvedType<'a>, ResolvedType<'a>)> {
        let ours = resolve(self.apis.ours, types.ours, &mut facts.ours);
        let theirs = resolve(self.apis.theirs, types.theirs, &mut facts.theirs);
        let replaced = self.replaced_types(Pair { ours: &ours, theirs: &theirs });
        replaced.into_iter().for_each(|types| self.replace_facts(types, &mut facts));
        let mut facts = Pair { ours: with_canonical_limits(facts.ours), theirs: with_canonical_limits(facts.theirs) };
        remove_implied_facts(&mut facts);
        self.compare_facts(path, origins, facts);
        replaced.is_none().then_some((ours, theirs))
    }

    /// Reports the items that only one of two tuples has.
    fn compare_lengths(&mut self, path: &[Step], origins: Pair<&Pointer>, lengths: Pair<usize>) {
        let facts = |is_present| if is_present { vec![Fact::Present] } else { Vec::new() };
        for index in lengths.ours.min(lengths.theirs)..lengths.ours.max(lengths.theirs) {
            let facts = Pair { ours: facts(index < lengths.ours), theirs: facts(index < lengths.theirs) };
            self.compare_facts(&path_to(path, Step::Item(index)), origins, facts);
        }
    }

    /// Returns whether the items of another nested tuple are compared, although they may have been compared elsewhere.
    fn may_repeat(&mut self) -> bool {
        self.repeated_items += 1;
        self.repeated_items <= MAX_REPEATED_ITEMS
    }

    /// Returns whether two types in deeply nested arrays, maps or tuples have not been compared yet. The number of such types that are
    /// compared has a limit, because two recursive aliases can have many combinations.
    fn is_first_visit(&mut self, types: Pair<&TypeRef>) -> bool {
        let max = 1_000 + 4 * (self.apis.ours.types.len() + self.apis.theirs.types.len());
        let pair = types.map(std::ptr::from_ref);
        self.deep.len() < max && self.deep.insert((pair.ours, pair.theirs))
    }

    fn compare_pending(&mut self) {
        while let Some(types) = self.pending.pop_front() {
            self.compare_types(types);
        }
    }

    /// Adds the pairs of types with the same name that have no counterparts yet.
    fn add_unused_types(&mut self) {
        let (ours, theirs): (HashSet<TypeId>, HashSet<TypeId>) = self.compared.iter().copied().unzip();
        let theirs = self.apis.theirs.types.iter().filter(|(id, _)| !theirs.contains(id));
        let by_name: HashMap<&[String], TypeId> = theirs.map(|(id, def)| (def.name.as_slice(), id)).collect();
        let pairs = self.apis.ours.types.iter().filter(|(id, _)| !ours.contains(id));
        let pairs: Vec<(TypeId, TypeId)> =
            pairs.filter_map(|(id, def)| Some((id, *by_name.get(def.name.as_slice())?))).collect();
        pairs.into_iter().for_each(|(ours, theirs)| self.add_pending(ours, theirs));
    }

    /// Adds a pair of named types to `pending`, unless it was added before.
    fn add_pending(&mut self, ours: TypeId, theirs: TypeId) {
        if self.phase == Phase::Documents && self.compared.insert((ours, theirs)) {
            self.pending.push_back((ours, theirs));
        }
    }

    fn compare_types(&mut self, (ours, theirs): (TypeId, TypeId)) {
        self.subject = Subject::Type(Pair { ours, theirs });
        let types = Pair { ours: &self.apis.ours.types[ours], theirs: &self.apis.theirs.types[theirs] };
        let path = type_path(types.ours);
        let origins = types.map(|def| &def.origin);
        if !types.ours.shape.is_same_kind(&types.theirs.shape) {
            return;
        }
        self.compare_facts(&path, origins, types.map(type_facts));
        match (&types.ours.shape, &types.theirs.shape) {
            (Shape::Record(ours), Shape::Record(theirs)) => self.compare_records(&path, origins, Pair { ours, theirs }),
            (Shape::Union(ours), Shape::Union(theirs)) => self.compare_unions(&path, origins, Pair { ours, theirs }),
            _ => {}
        }
    }

    fn compare_records(&mut self, path: &[Step], origins: Pair<&Pointer>, Pair { ours, theirs }: Pair<&'a Record>) {
        if let (Some(ours), Some(theirs)) = (&ours.additional, &theirs.additional) {
            self.compare_values(
                &path_to(path, Step::AdditionalProperties),
                origins,
                Pair { ours, theirs },
                Pair::default(),
            );
        }
        for counterpart in counterparts(&ours.fields, &theirs.fields, &[|field| vec![field.wire.clone()]]) {
            let path = path_to(path, Step::Property(counterpart.first().wire.clone()));
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |field| field.origin.clone()) {
                let (types, mut facts) = (both.map(|field| &field.ty), both.map(field_facts));
                add_boolean_values(self.apis, types, both.map(|field| field.constant), &mut facts);
                self.compare_values(&path, both.map(|field| &field.origin), types, facts);
            }
        }
    }

    /// Returns the nodes of both documents. If one of the documents does not have the node, adds a difference and
    /// returns `None`. The difference has the location of the parent in `parents` for this document.
    fn both_nodes<'x, T>(
        &mut self,
        path: &[Step],
        parents: Pair<&Pointer>,
        counterpart: Counterpart<'x, T>,
        origin: impl Fn(&T) -> Pointer,
    ) -> Option<Pair<&'x T>> {
        let mut origins = parents.map(Pointer::clone);
        let change = match counterpart {
            Counterpart::Both(pair) => return Some(pair),
            Counterpart::Ours(node) => {
                origins.ours = origin(node);
                Change::Added(Fact::Present)
            }
            Counterpart::Theirs(node) => {
                origins.theirs = origin(node);
                Change::Missing(Fact::Present)
            }
        };
        self.differences.push(Difference { subject: self.subject, path: path.to_vec(), change, origins });
        None
    }

    /// Compares the facts of two nodes. Two different facts of the same kind are reported as one changed fact.
    fn compare_facts(&mut self, path: &[Step], origins: Pair<&Pointer>, facts: Pair<Vec<Fact>>) {
        if facts.ours == facts.theirs {
            return;
        }
        let keys = |facts: &[Fact]| facts.iter().map(|fact| format!("{fact:?}")).collect::<HashSet<_>>();
        let fact_keys = Pair { ours: keys(&facts.ours), theirs: keys(&facts.theirs) };
        let is_new = |fact: &Fact| !fact_keys.theirs.contains(&format!("{fact:?}"));
        let is_gone = |fact: &Fact| !fact_keys.ours.contains(&format!("{fact:?}"));
        let ours: Vec<Fact> = facts.ours.into_iter().filter(is_new).collect();
        let mut missing: Vec<Option<Fact>> = facts.theirs.into_iter().filter(is_gone).map(Some).collect();
        let number = |facts: &mut dyn Iterator<Item = &Fact>, keyword: &str| {
            facts.filter(|fact| fact.keyword() == keyword).take(2).count()
        };
        // One value in place of another is one change. Of several values, it is unknown which of them replaces which.
        let mut is_replaced: HashMap<&str, bool> = HashMap::new();
        for fact in ours.iter().filter(|fact| fact.is_replaceable()) {
            is_replaced.entry(fact.keyword()).or_insert_with(|| {
                let is_one = |facts: &mut dyn Iterator<Item = &Fact>| number(facts, fact.keyword()) == 1;
                is_one(&mut ours.iter()) && is_one(&mut missing.iter().flatten())
            });
        }
        let is_paired = |fact: &Fact| fact.is_single() || is_replaced.get(fact.keyword()) == Some(&true);
        let mut by_keyword: HashMap<&str, VecDeque<usize>> = HashMap::new();
        let paired = missing.iter().enumerate().filter_map(|(index, fact)| Some((index, fact.as_ref()?)));
        for (index, fact) in paired.filter(|(_, fact)| is_paired(fact)) {
            by_keyword.entry(fact.pairing_keyword()).or_default().push_back(index);
        }
        let mut changes = Vec::new();
        for ours in ours {
            let candidates = by_keyword.get_mut(ours.pairing_keyword()).filter(|_| is_paired(&ours));
            changes.push(match candidates.and_then(VecDeque::pop_front).and_then(|index| missing[index].take()) {
                Some(theirs) => Change::Changed(Pair { ours, theirs }),
                None => Change::Added(ours),
            });
        }
        changes.extend(missing.into_iter().flatten().map(Change::Missing));
        let origins = origins.map(Pointer::clone);
        let subject = self.subject;
        let difference = |change| Difference { subject, path: path.to_vec(), change, origins: origins.clone() };
        self.differences.extend(changes.into_iter().map(difference));
    }
}

fn type_path(def: &TypeDef) -> [Step; 1] {
    [Step::Type(def.name.join("."))]
}

/// Returns the path to a step from a node. A path of [`MAX_STEPS`] stays as it is.
fn path_to(path: &[Step], step: Step) -> Vec<Step> {
    path.iter().cloned().chain([step]).take(MAX_STEPS).collect()
}
