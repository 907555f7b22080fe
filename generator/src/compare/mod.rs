//! Compares two documents of the same API, independent of descriptions and shared components.
//!
//! Both are read as [`Api`]s, and each node of the one meets its counterpart in the other. A node is a set of [`Fact`]s;
//! what only one of the two holds is a [`Difference`]. Types are followed through their names to what they are, and two
//! types that meet in many places are compared once.

mod allowlist;
mod facts;
mod render;

use std::collections::{HashSet, VecDeque};
use std::mem;

use crate::ir::{
    Api, Header, Operation, Param, ParamLocation, Record, Response, Shape, Status, TypeId, TypeRef, Union, UnionVariant,
};
use crate::source::Pointer;
pub use allowlist::{Listed, Verdict};
pub use facts::Fact;
use facts::{Form, of_api, of_choice, of_field, of_operation, of_param, of_type, resolve};
pub use render::render;

/// A difference between two documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The path to the node, from an operation or a type; empty for the API as a whole.
    pub at: Vec<Step>,
    /// How the node differs.
    pub change: Change,
    /// The location of the node in each document, or of its nearest parent.
    pub origins: Pair<Pointer>,
}

/// How a node differs between two documents.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Only the first document has the fact.
    Added(Fact),
    /// Only the second document has the fact.
    Missing(Fact),
    /// The documents have different facts of the same kind.
    Changed(Pair<Fact>),
}

/// A step of the path to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An operation, by its id.
    Operation(String),
    /// A type, by its name.
    Type(String),
    /// A parameter or form field, by its name.
    Param(ParamLocation, String),
    /// A response, by its status.
    Answer(Status),
    /// A header, by its name.
    Header(String),
    /// A property, by its name.
    Property(String),
    /// The items of an array.
    Items,
    /// An item of a tuple, from 0.
    Item(usize),
    /// An alternative of a union, by its name.
    UnionVariant(String),
    /// The values of a map, or the additional properties of an object.
    Values,
}

/// A pair of values, one for each document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// The value of the first document.
    pub ours: T,
    /// The value of the second document.
    pub theirs: T,
}

/// Returns all differences between two documents: first the API as a whole, then its operations, then its types.
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
/// assert_eq!(lines, ["Ping / answer 200: added", "Ping / answer 204: missing"]);
/// ```
pub fn compare(ours: &Api, theirs: &Api) -> Vec<Difference> {
    let mut comparison = Comparison {
        apis: Pair { ours, theirs },
        differences: Vec::new(),
        met: HashSet::new(),
        pending: VecDeque::new(),
    };
    comparison.api();
    while let Some(types) = comparison.pending.pop_front() {
        comparison.types(types);
    }
    comparison.differences
}

/// How deeply nested arrays are compared, which may be recursive.
const DEPTH: usize = 16;

struct Comparison<'a> {
    apis: Pair<&'a Api>,
    differences: Vec<Difference>,
    /// The pairs of types that were found, each once.
    met: HashSet<(TypeId, TypeId)>,
    /// The pairs whose parts were not compared yet.
    pending: VecDeque<(TypeId, TypeId)>,
}

impl<'a> Comparison<'a> {
    fn api(&mut self) {
        let Pair { ours, theirs } = self.apis;
        let root = Pointer::root();
        let around = Pair { ours: &root, theirs: &root };
        self.node(&[], around, Pair { ours: of_api(ours), theirs: of_api(theirs) });
        let same_id: fn(&&Operation, &&Operation) -> bool = |one, other| one.id == other.id;
        let same_call =
            |one: &&Operation, other: &&Operation| one.method == other.method && one.template() == other.template();
        let list = |api: &'a Api| api.operations.iter().map(|(_, operation)| operation).collect::<Vec<_>>();
        for met in counterparts(&list(ours), &list(theirs), &[same_id, same_call]) {
            let at = [Step::Operation(met.first().id.clone())];
            if let Some(both) = self.both(&at, around, met, |operation| operation.origin.clone()) {
                self.operation(&at, both.map(|operation| *operation));
            }
        }
    }

    fn operation(&mut self, at: &[Step], operations: Pair<&'a Operation>) {
        let origins = operations.map(|operation| &operation.origin);
        self.node(at, origins, operations.map(of_operation));
        let same: fn(&Param, &Param) -> bool = |one, other| one.wire == other.wire && one.location == other.location;
        let elsewhere = |one: &Param, other: &Param| one.wire == other.wire;
        for met in counterparts(&operations.ours.params, &operations.theirs.params, &[same, elsewhere]) {
            let at = below(at, Step::Param(met.first().location, met.first().wire.clone()));
            if let Some(both) = self.both(&at, origins, met, |param| param.origin.clone()) {
                self.value(&at, both.map(|param| &param.origin), both.map(|param| &param.ty), both.map(of_param));
            }
        }
        let same = |one: &Response, other: &Response| one.status == other.status;
        for met in counterparts(&operations.ours.responses, &operations.theirs.responses, &[same]) {
            let at = below(at, Step::Answer(met.first().status));
            if let Some(both) = self.both(&at, origins, met, |response| response.origin.clone()) {
                self.response(&at, both);
            }
        }
    }

    fn response(&mut self, at: &[Step], responses: Pair<&'a Response>) {
        let origins = responses.map(|response| &response.origin);
        match (&responses.ours.body, &responses.theirs.body) {
            (Some(ours), Some(theirs)) => self.value(at, origins, Pair { ours, theirs }, Pair::default()),
            _ => {
                let facts = responses.map(|response| response.body.iter().map(|_| Fact::Body("json")).collect());
                self.node(at, origins, facts);
            }
        }
        let same = |one: &Header, other: &Header| one.wire.eq_ignore_ascii_case(&other.wire);
        for met in counterparts(&responses.ours.headers, &responses.theirs.headers, &[same]) {
            let at = below(at, Step::Header(met.first().wire.clone()));
            // A header has no location of its own; for a shared one, the location is that of the response.
            let origins = responses.map(|response| response.origin.child("headers").child(&met.first().wire));
            let origins = Pair { ours: &origins.ours, theirs: &origins.theirs };
            let around = origins.ours.clone();
            if let Some(both) = self.both(&at, origins, met, |_| around.clone()) {
                self.value(&at, origins, both.map(|header| &header.ty), Pair::default());
            }
        }
    }

    /// Compares the types of two values.
    fn value(&mut self, at: &[Step], origins: Pair<&Pointer>, types: Pair<&'a TypeRef>, mut facts: Pair<Vec<Fact>>) {
        let ours = resolve(self.apis.ours, types.ours, &mut facts.ours);
        let theirs = resolve(self.apis.theirs, types.theirs, &mut facts.theirs);
        self.node(at, origins, facts);
        let deep = at.iter().filter(|step| matches!(step, Step::Items | Step::Values)).count() >= DEPTH;
        match (ours, theirs) {
            _ if deep => {}
            (Form::List(ours), Form::List(theirs)) => {
                self.value(&below(at, Step::Items), origins, Pair { ours, theirs }, Pair::default());
            }
            (Form::Map(ours), Form::Map(theirs)) => {
                self.value(&below(at, Step::Values), origins, Pair { ours, theirs }, Pair::default());
            }
            (Form::Tuple(ours), Form::Tuple(theirs)) => self.tuple(at, origins, Pair { ours, theirs }),
            (Form::Type(ours), Form::Type(theirs)) => self.meet(ours, theirs),
            _ => {}
        }
    }

    /// Compares two types once, however often they occur.
    fn meet(&mut self, ours: TypeId, theirs: TypeId) {
        if self.met.insert((ours, theirs)) {
            self.pending.push_back((ours, theirs));
        }
    }

    fn types(&mut self, (ours, theirs): (TypeId, TypeId)) {
        let types = Pair { ours: &self.apis.ours.types[ours], theirs: &self.apis.theirs.types[theirs] };
        let at = [Step::Type(types.ours.name.join("."))];
        let origins = types.map(|def| &def.origin);
        self.node(&at, origins, types.map(of_type));
        match (&types.ours.shape, &types.theirs.shape) {
            (Shape::Record(ours), Shape::Record(theirs)) => self.records(&at, origins, Pair { ours, theirs }),
            (Shape::Union(ours), Shape::Union(theirs)) => self.unions(&at, origins, Pair { ours, theirs }),
            _ => {}
        }
    }

    fn records(&mut self, at: &[Step], origins: Pair<&Pointer>, Pair { ours, theirs }: Pair<&'a Record>) {
        if let (Some(ours), Some(theirs)) = (&ours.additional, &theirs.additional) {
            self.value(&below(at, Step::Values), origins, Pair { ours, theirs }, Pair::default());
        }
        for met in counterparts(&ours.fields, &theirs.fields, &[|one, other| one.wire == other.wire]) {
            let at = below(at, Step::Property(met.first().wire.clone()));
            if let Some(both) = self.both(&at, origins, met, |field| field.origin.clone()) {
                self.value(&at, both.map(|field| &field.origin), both.map(|field| &field.ty), both.map(of_field));
            }
        }
    }

    /// Matches alternatives by their discriminator values, or by their types if there is no discriminator.
    fn unions(&mut self, at: &[Step], origins: Pair<&Pointer>, unions: Pair<&'a Union>) {
        let tagged: fn(&UnionVariant, &UnionVariant) -> bool =
            |one, other| one.tags.iter().any(|tag| other.tags.contains(tag));
        let named = |one: &UnionVariant, other: &UnionVariant| one.name == other.name;
        let alike =
            |one: &UnionVariant, other: &UnionVariant| mem::discriminant(&one.ty) == mem::discriminant(&other.ty);
        for met in counterparts(&unions.ours.variants, &unions.theirs.variants, &[tagged, named, alike]) {
            let at = below(at, Step::UnionVariant(met.first().name.clone()));
            if let Some(both) = self.both(&at, origins, met, |choice| choice.origin.clone()) {
                self.value(&at, both.map(|choice| &choice.origin), both.map(|choice| &choice.ty), both.map(of_choice));
            }
        }
    }

    fn tuple(&mut self, at: &[Step], origins: Pair<&Pointer>, tuples: Pair<&'a [TypeRef]>) {
        for index in 0..tuples.ours.len().max(tuples.theirs.len()) {
            let at = below(at, Step::Item(index));
            match (tuples.ours.get(index), tuples.theirs.get(index)) {
                (Some(ours), Some(theirs)) => self.value(&at, origins, Pair { ours, theirs }, Pair::default()),
                (ours, _) => {
                    let facts = |there| if there { vec![Fact::Present] } else { Vec::new() };
                    self.node(&at, origins, Pair { ours: facts(ours.is_some()), theirs: facts(ours.is_none()) });
                }
            }
        }
    }

    /// Compares two counterparts. If one is missing, this is the difference, and `around` is the location of its parent.
    fn both<'x, T>(
        &mut self,
        at: &[Step],
        around: Pair<&Pointer>,
        met: Met<'x, T>,
        origin: impl Fn(&T) -> Pointer,
    ) -> Option<Pair<&'x T>> {
        let mut origins = around.map(Pointer::clone);
        let change = match met {
            Met::Both(pair) => return Some(pair),
            Met::Ours(one) => {
                origins.ours = origin(one);
                Change::Added(Fact::Present)
            }
            Met::Theirs(one) => {
                origins.theirs = origin(one);
                Change::Missing(Fact::Present)
            }
        };
        self.differences.push(Difference { at: at.to_vec(), change, origins });
        None
    }

    /// Compares the facts of two nodes. Two different facts of the same kind are one difference.
    fn node(&mut self, at: &[Step], origins: Pair<&Pointer>, facts: Pair<Vec<Fact>>) {
        let Pair { ours, mut theirs } = facts.clone();
        theirs.retain(|fact| !facts.ours.contains(fact));
        let mut changes = Vec::new();
        for fact in ours.into_iter().filter(|fact| !facts.theirs.contains(fact)) {
            changes.push(match theirs.iter().position(|other| fact.excludes(other)) {
                Some(other) => Change::Changed(Pair { ours: fact, theirs: theirs.remove(other) }),
                None => Change::Added(fact),
            });
        }
        changes.extend(theirs.into_iter().map(Change::Missing));
        let origins = origins.map(Pointer::clone);
        let difference = |change| Difference { at: at.to_vec(), change, origins: origins.clone() };
        self.differences.extend(changes.into_iter().map(difference));
    }
}

/// A node and its counterpart, if there is one.
enum Met<'x, T> {
    Both(Pair<&'x T>),
    Ours(&'x T),
    Theirs(&'x T),
}

impl<'x, T> Met<'x, T> {
    /// The name of both.
    fn first(&self) -> &'x T {
        match self {
            Self::Both(Pair { ours: one, .. }) | Self::Ours(one) | Self::Theirs(one) => one,
        }
    }
}

/// Matches each node of one side with its counterpart on the other side: by the first test, then by the next one.
fn counterparts<'x, T>(ours: &'x [T], theirs: &'x [T], tests: &[fn(&T, &T) -> bool]) -> Vec<Met<'x, T>> {
    let mut free: Vec<Option<&T>> = theirs.iter().map(Some).collect();
    let mut all: Vec<_> = ours.iter().map(Met::Ours).collect();
    for same in tests {
        for met in &mut all {
            let Met::Ours(ours) = *met else { continue };
            let mut fitting = free.iter_mut().filter(|other| other.is_some_and(|other| same(ours, other)));
            if let Some(theirs) = fitting.next().and_then(Option::take) {
                *met = Met::Both(Pair { ours, theirs });
            }
        }
    }
    all.extend(free.into_iter().flatten().map(Met::Theirs));
    all
}

fn below(at: &[Step], step: Step) -> Vec<Step> {
    at.iter().cloned().chain([step]).collect()
}

impl<T: Copy> Pair<T> {
    fn map<U>(self, of: impl Fn(T) -> U) -> Pair<U> {
        Pair { ours: of(self.ours), theirs: of(self.theirs) }
    }
}
