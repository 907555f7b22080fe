//! The state that all connections of the server share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fault::Fault;
use crate::http::Recorded;
use crate::model::Model;
use crate::rng::Rng;
use crate::state::State;
use crate::state_file::StateFile;
use crate::webhooks::outbox::{Outbox, Settings};

/// The maximum number of recorded requests.
pub(crate) const MAX_RECORDED_REQUESTS: usize = 10_000;

/// The maximum size of all recorded requests in bytes.
pub(crate) const MAX_RECORDED_BYTES: usize = 64 << 20;

/// A function that is called after each request.
pub(crate) type OnRequest = Box<dyn Fn(&Recorded) + Send + Sync>;

/// The state that all connections of the server share.
pub(crate) struct Shared {
    pub model: Arc<Model>,
    pub on_request: Option<OnRequest>,
    /// Whether the server listens on a loopback address.
    pub is_local: bool,
    pub outbox: Arc<Outbox>,
    pub inner: Mutex<Inner>,
}

/// The mutable state.
pub(crate) struct Inner {
    pub state: State,
    pub file: Option<StateFile>,
    pub faults: Vec<Fault>,
    /// The random number generator for the probabilities of faults.
    pub fault_rng: Rng,
    /// The last requests, from the oldest to the newest.
    pub recorded: VecDeque<Recorded>,
    /// The number of requests that are no longer in `recorded`.
    pub discarded_requests: u64,
    /// The number of changes of the stored records since the start.
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
        webhooks: Settings,
    ) -> Self {
        let fault_rng = Rng(!model.seed);
        let inner = Inner {
            state,
            file,
            faults: Vec::new(),
            fault_rng,
            recorded: VecDeque::new(),
            discarded_requests: 0,
            revision: 0,
            recorded_bytes: 0,
        };
        let model = Arc::new(model);
        let outbox = Arc::new(Outbox::new(Arc::clone(&model), webhooks));
        Self { model, on_request, is_local, outbox, inner: Mutex::new(inner) }
    }

    /// Locks the mutable state. If a thread panicked while it held the lock, the state is still used, because it is
    /// consistent.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Writes the changes to the state file, if there is one.
    pub fn write_changes(&mut self) -> std::io::Result<()> {
        let changes = self.state.store.take_changes();
        self.revision += u64::from(!changes.is_empty());
        self.file.as_mut().map_or(Ok(()), |file| file.write_changes(&self.state, &changes))
    }
}
