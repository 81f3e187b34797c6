//! How long writes to KV take, by the clock of the world.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::Poll;

use keyward_core::Timestamp;

use crate::ports::KV_WRITE_TIMEOUT_SECONDS;

/// How long writes to KV take.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Every write, in milliseconds.
    pub(crate) write_takes: Cell<u32>,
    /// Writes under these keys are never answered.
    pub(crate) hangs: RefCell<Vec<String>>,
    /// How many writes are going on.
    going_on: Cell<usize>,
    /// How many writes were going on at once, at most.
    pub(crate) most_at_once: Cell<usize>,
}

impl Pace {
    /// Waits as long as a write takes; returns whether it was given up.
    pub(super) async fn write(&self, kv_key: &str, wall: &Cell<Timestamp>) -> bool {
        let hangs = self.hangs.borrow().iter().any(|hanging| hanging == kv_key);
        let takes = if hangs { KV_WRITE_TIMEOUT_SECONDS * 1000 } else { self.write_takes.get() };
        let until = wall.get().as_millis() + i64::from(takes);
        self.going_on.set(self.going_on.get() + 1);
        self.most_at_once.set(self.most_at_once.get().max(self.going_on.get()));
        poll_fn(|_| if wall.get().as_millis() < until { Poll::Pending } else { Poll::Ready(()) }).await;
        self.going_on.set(self.going_on.get() - 1);
        hangs
    }
}
