//! What the tasks of the server share.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fault::Fault;
use crate::http::Recorded;
use crate::model::Model;
use crate::rng::Rng;
use crate::state::State;
use crate::state_file::StateFile;

/// The maximum number of requests that are remembered.
pub(crate) const REMEMBERED: usize = 10_000;

/// The maximum size of all requests that are remembered, in bytes.
pub(crate) const REMEMBERED_BYTES: usize = 64 << 20;

/// What is called with each request that has been answered.
pub(crate) type OnRequest = Box<dyn Fn(&Recorded) + Send + Sync>;

/// What all connections share.
pub(crate) struct Shared {
    pub model: Model,
    pub on_request: Option<OnRequest>,
    /// Whether only this machine can reach the server.
    pub is_local: bool,
    pub inner: Mutex<Inner>,
}

/// What changes.
pub(crate) struct Inner {
    pub state: State,
    pub file: Option<StateFile>,
    pub faults: Vec<Fault>,
    pub luck: Rng,
    pub recorded: VecDeque<Recorded>,
    /// How many requests came before those in `recorded`.
    pub forgotten: u64,
    /// How often what is stored has changed since the start.
    pub revision: u64,
    /// The size of the requests in `recorded`, in bytes.
    pub recorded_bytes: usize,
}

impl Shared {
    pub fn new(
        model: Model,
        state: State,
        file: Option<StateFile>,
        on_request: Option<OnRequest>,
        is_local: bool,
    ) -> Self {
        let luck = Rng(!model.seed);
        let inner = Inner {
            state,
            file,
            faults: Vec::new(),
            luck,
            recorded: VecDeque::new(),
            forgotten: 0,
            revision: 0,
            recorded_bytes: 0,
        };
        Self { model, on_request, is_local, inner: Mutex::new(inner) }
    }

    /// What changes, for as long as the guard lives. Nothing in here is left half done by a panic.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Keeps what has changed in the state file, if there is one.
    pub fn keep(&mut self) -> std::io::Result<()> {
        let changes = self.state.store.take_changes();
        self.revision += u64::from(!changes.is_empty());
        self.file.as_mut().map_or(Ok(()), |file| file.keep(&self.state, &changes))
    }
}
