//! Simulated time, and what happens when: one thread, one order, which follows from the seed.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::random::Random;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// When a task goes on; of those that do so in the same millisecond, chance decides.
type Turn = (i64, u64, u64);

/// The tasks, and the true time, in milliseconds since the simulation began.
pub(crate) struct Schedule {
    now: Cell<i64>,
    queue: RefCell<BinaryHeap<Reverse<Turn>>>,
    tasks: RefCell<BTreeMap<u64, Task>>,
    current: Cell<u64>,
    last: Cell<u64>,
    random: Rc<Random>,
}

impl Schedule {
    pub(crate) fn new(random: &Rc<Random>) -> Self {
        Self {
            now: Cell::default(),
            queue: RefCell::default(),
            tasks: RefCell::default(),
            current: Cell::default(),
            last: Cell::default(),
            random: Rc::clone(random),
        }
    }

    /// The true time.
    pub(crate) fn now(&self) -> i64 {
        self.now.get()
    }

    /// Begins something that goes on by itself.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.last.set(self.last.get() + 1);
        self.tasks.borrow_mut().insert(self.last.get(), Box::pin(task));
        self.wake(self.now(), self.last.get());
    }

    fn wake(&self, at: i64, task: u64) {
        self.queue.borrow_mut().push(Reverse((at, self.random.next(), task)));
    }

    /// Waits; for nothing at all, it still lets others go first.
    pub(crate) async fn sleep(&self, milliseconds: i64) {
        let mut until = None;
        poll_fn(|_| match until {
            Some(until) if self.now() >= until => Poll::Ready(()),
            Some(_) => Poll::Pending,
            None => {
                let at = self.now() + milliseconds.max(0);
                until = Some(at);
                self.wake(at, self.current.get());
                Poll::Pending
            }
        })
        .await;
    }

    /// Lets the next task go on; says whether there was one.
    pub(crate) fn step(&self) -> bool {
        let Some(Reverse((at, _, id))) = self.queue.borrow_mut().pop() else { return false };
        self.now.set(self.now().max(at));
        // A task that has ended, or was waiting for something else as well.
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return true };
        self.current.set(id);
        if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.tasks.borrow_mut().insert(id, task);
        }
        true
    }

    /// Lets time pass until then, and everything happen that happens meanwhile.
    pub(crate) fn pass_until(&self, then: i64) {
        while self.queue.borrow().peek().is_some_and(|Reverse((at, ..))| *at <= then) {
            self.step();
        }
        self.now.set(self.now().max(then));
    }

    /// Ends everything, so that what the tasks hold is freed.
    pub(crate) fn clear(&self) {
        let tasks = self.tasks.take();
        drop(tasks);
        self.queue.take();
    }
}

/// Carries something out for as long as whoever does it is alive: `life` is another than `born` when they have stopped. Then
/// nothing comes of it.
pub(crate) async fn while_alive<T>(
    life: &Cell<u64>,
    born: u64,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut future = Box::pin(future);
    poll_fn(|context| {
        if life.get() != born {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}
