//! The machines that ledgers run on: they start again, their clocks are wrong, and their alarms ring when they like.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use keyward_core::{Entropy, LedgerLocator, Timestamp};

use super::history::MachineClock;
use super::random::Bytes;
use super::schedule::while_alive;
use super::storage::Recorded;
use super::world::{START, World};
use crate::ledger::LedgerRequest;
use crate::ledger::object::{Answered, LedgerObject};
use crate::ledger::outbox::{KvWrite, Lane};
use crate::ports::{
    Clock, KV_WRITE_TIMEOUT_SECONDS, KvWriteError, KvWriter, LEDGER_TIMEOUT_SECONDS, Ledgers, Randomness,
    Unavailable,
};

/// A ledger's machine, or the next one.
pub(crate) struct Machine {
    name: String,
    pub(crate) ledger: LedgerLocator,
    pub(crate) storage: Recorded,
    object: RefCell<Option<Rc<LedgerObject<Recorded, MachinePorts>>>>,
    /// Changes when it starts again: what was under way is gone.
    life: Rc<Cell<u64>>,
    /// How far its clock is ahead of the true time, in milliseconds.
    ahead: Cell<i64>,
    /// When the alarm is set to ring, by the true time.
    alarm: Cell<Option<i64>>,
    /// Writes to KV that were given up and still go on.
    unsettled: RefCell<Vec<String>>,
}

/// What a ledger reaches from its machine.
pub(crate) struct MachinePorts {
    world: Rc<World>,
    machine: Rc<Machine>,
}

impl std::fmt::Debug for MachinePorts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.machine.name)
    }
}

impl World {
    /// The machine of a ledger, which starts when it is first asked for.
    pub(crate) fn machine(self: &Rc<Self>, ledger: LedgerLocator) -> Rc<Machine> {
        if let Some(machine) = self.machines.borrow().get(&ledger) {
            return Rc::clone(machine);
        }
        let storage = Recorded::new(ledger, &self.history, &self.schedule, self.mutation);
        let machine = Rc::new(Machine {
            name: format!("L{}", self.machines.borrow().len() + 1),
            ledger,
            storage,
            object: RefCell::default(),
            life: Rc::default(),
            ahead: Cell::default(),
            alarm: Cell::default(),
            unsettled: RefCell::default(),
        });
        self.machines.borrow_mut().insert(ledger, Rc::clone(&machine));
        self.start(&machine, self.random.between(-self.faults.skew, self.faults.skew) / 2);
        machine
    }

    fn start(self: &Rc<Self>, machine: &Rc<Machine>, ahead: i64) {
        machine.life.set(machine.life.get() + 1);
        machine.ahead.set(ahead);
        machine.unsettled.take();
        let ports = MachinePorts { world: Rc::clone(self), machine: Rc::clone(machine) };
        let object = LedgerObject::new(machine.storage.clone(), ports, str::to_owned);
        machine.object.replace(Some(Rc::new(object)));
        let clock = MachineClock { since: self.now(), ahead, asked_at: None };
        let mut history = self.history.borrow_mut();
        history.clocks.entry(machine.ledger).or_default().push(clock);
        self.log(&machine.name, format_args!("starts, its clock {ahead} ms ahead"));
    }

    /// A ledger starts again, at times on a machine whose clock is behind.
    pub(crate) fn restart(self: &Rc<Self>, machine: &Rc<Machine>) {
        let skew = self.faults.skew;
        let ahead = if self.random.chance(500) {
            machine.ahead.get()
        } else if self.random.chance(700) {
            machine.ahead.get() - self.random.between(0, skew)
        } else {
            self.random.between(-skew, skew) / 2
        };
        if ahead < machine.ahead.get() {
            self.injected.add("ledger: starts again on a machine whose clock is behind");
        }
        self.start(machine, ahead);
    }

    /// Sends a request to a ledger.
    pub(crate) async fn send(
        self: &Rc<Self>,
        from: &str,
        ledger: LedgerLocator,
        request: &LedgerRequest,
    ) -> Result<String, Unavailable> {
        let began = self.now();
        let give_up = async |how: &str| {
            self.log(from, format_args!("gives up on a ledger: {how}"));
            Err(Unavailable)
        };
        let timeout = began + i64::from(LEDGER_TIMEOUT_SECONDS) * 1000;
        // By way of text, as requests travel.
        let text = crate::json(request);
        if self.fault("ledger: a request is lost", self.faults.ledgers_lose) {
            let waits = if self.random.chance(300) { timeout - self.now() } else { 20 };
            self.schedule.sleep(waits).await;
            return give_up("the request is lost").await;
        }
        self.travel().await;
        if self.fault("ledger: a request is late", self.faults.ledgers_late) {
            self.schedule.sleep(self.random.between(1_000, 14_000)).await;
        }
        let machine = self.machine(ledger);
        let answer = self.handle(&machine, from, &text);
        if self.now() > timeout {
            return give_up("it took too long").await;
        }
        let Some(answer) = answer else {
            self.travel().await;
            return give_up("it is out of order").await;
        };
        if self.fault("ledger: an answer is lost", self.faults.ledgers_lose) {
            self.schedule.sleep(if self.random.chance(300) { timeout - self.now() } else { 20 }).await;
            return give_up("the answer is lost").await;
        }
        self.travel().await;
        if self.fault("ledger: an answer is late", self.faults.ledgers_late) {
            let late = self.random.between(1_000, 14_000).min((timeout - self.now()).max(0));
            self.schedule.sleep(late).await;
        }
        if self.now() >= timeout { give_up("it took too long").await } else { Ok(answer) }
    }

    /// What arrives at a ledger is carried out at once; whether the answer leaves it is another question.
    fn handle(self: &Rc<Self>, machine: &Rc<Machine>, from: &str, text: &str) -> Option<String> {
        let object = machine.object.borrow().clone().expect("it has started");
        machine.storage.fails.set(self.fault("ledger: a commit fails", self.faults.commits_fail));
        let request = LedgerRequest::read(text).expect("its own shape");
        let handled = object.handle(&self.config, request);
        machine.storage.fails.set(false);
        let what = text.get(2..).and_then(|text| text.split('"').next()).unwrap_or_default();
        let is_told = handled.as_ref().is_ok_and(|handled| handled.answer.starts_with(r#"{"Ok""#));
        if is_told
            && what.starts_with("Find")
            && let Some(clock) = self.history.borrow_mut().clocks.get_mut(&machine.ledger)
            && let Some(clock) = clock.last_mut()
        {
            clock.asked_at = Some(self.now());
        }
        let is_committed = matches!(&handled, Ok(Answered { alarm: Some(_), .. }));
        let committed = if is_committed { ", and has committed" } else { "" };
        self.log(&machine.name, format_args!("is asked {what} by {from}{committed}"));
        let Answered { answer, alarm } = handled.ok()?;
        if let Some(alarm) = alarm {
            self.set_alarm(machine, alarm);
            self.deliver(machine);
        }
        if self.fault("ledger: starts again before its answer", self.faults.ledgers_restart) {
            self.restart(machine);
            return None;
        }
        Some(answer)
    }

    fn deliver(self: &Rc<Self>, machine: &Rc<Machine>) {
        for lane in Lane::ALL {
            let (object, life) =
                (machine.object.borrow().clone().expect("started"), Rc::clone(&machine.life));
            let born = life.get();
            self.schedule.spawn(async move {
                while_alive(&life, born, object.deliver(lane)).await;
            });
        }
    }

    fn set_alarm(self: &Rc<Self>, machine: &Rc<Machine>, at: Timestamp) {
        let at = at.as_millis() - START - machine.ahead.get();
        machine.alarm.set(Some(at));
        self.ring_at(machine, at);
    }

    fn ring_at(self: &Rc<Self>, machine: &Rc<Machine>, at: i64) {
        let (world, machine) = (Rc::clone(self), Rc::clone(machine));
        self.schedule.spawn(async move {
            world.schedule.sleep(at - world.now()).await;
            if world.fault("ledger: an alarm rings late", world.faults.alarms_stray) {
                world.schedule.sleep(world.random.between(500, 60_000)).await;
            }
            // Another one was set instead, or it has rung.
            if machine.alarm.get() != Some(at) {
                return;
            }
            machine.alarm.set(None);
            world.ring(&machine);
            if world.fault("ledger: an alarm rings twice", world.faults.alarms_stray) {
                world.schedule.sleep(world.random.between(0, 2_000)).await;
                world.ring(&machine);
            }
        });
    }

    fn ring(self: &Rc<Self>, machine: &Rc<Machine>) {
        self.deliver(machine);
        let object = machine.object.borrow().clone().expect("it has started");
        let next = object.next_alarm(None);
        self.log(&machine.name, "is rung");
        if let Some(next) = next {
            self.set_alarm(machine, next);
        }
    }
}

impl Machine {
    /// Whether an alarm is set.
    pub(crate) fn has_alarm(&self) -> bool {
        self.alarm.get().is_some()
    }

    /// What this ledger still has to tell somebody.
    pub(crate) fn waiting(&self) -> usize {
        let is_created = !self.storage.rows("SELECT 1 FROM sqlite_master LIMIT 1").is_empty();
        let query = "SELECT destination FROM outbox WHERE not_before IS NOT NULL";
        if is_created { self.storage.rows(query).len() } else { 0 }
    }
}

impl KvWriter for MachinePorts {
    async fn put(&self, write: &KvWrite) -> Result<(), KvWriteError> {
        let Self { world, machine } = self;
        let place = short(&write.kv_key);
        world.travel().await;
        let land = |how: &str| {
            world.kv.land(write, world.now(), || world.lag());
            world.log(&machine.name, format_args!("KV has {place}{how}"));
        };
        if !world.fault("KV: a write fails", world.faults.kv_writes_fail) {
            land("");
            world.travel().await;
            return Ok(());
        }
        match world.random.below(4) {
            0 => Err(KvWriteError::Refused),
            1 => {
                // It was carried out, though the answer says something else.
                land(", which it says it has not");
                Err(KvWriteError::Refused)
            }
            // It hangs. It lands later, or never.
            how => {
                let timeout = i64::from(KV_WRITE_TIMEOUT_SECONDS) * 1000;
                let more = world.random.between(0, 30_000);
                machine.unsettled.borrow_mut().push(write.kv_key.clone());
                let (later, watching) = (Rc::clone(world), Rc::clone(machine));
                let (write, lands, life) = (write.clone(), how == 2, machine.life.get());
                world.schedule.spawn(async move {
                    later.schedule.sleep(timeout + more).await;
                    if lands {
                        later.injected.add("KV: a write lands after it was given up");
                        later.kv.land(&write, later.now(), || later.lag());
                        let place = short(&write.kv_key);
                        later.log(&watching.name, format_args!("KV has {place}, late"));
                    }
                    // Whoever has started again knows nothing of it.
                    let mut unsettled = watching.unsettled.borrow_mut();
                    let index = unsettled.iter().position(|kv_key| *kv_key == write.kv_key);
                    if let (true, Some(index)) = (watching.life.get() == life, index) {
                        unsettled.remove(index);
                    }
                });
                world.schedule.sleep(timeout).await;
                Err(KvWriteError::Unsettled)
            }
        }
    }

    fn is_unsettled(&self, kv_key: &str) -> bool {
        self.machine.unsettled.borrow().iter().any(|unsettled| unsettled == kv_key)
    }
}

/// A key in KV as the trace shows it.
pub(crate) fn short(kv_key: &str) -> &str {
    kv_key.get(..kv_key.len().min(if kv_key.starts_with("key/") { 10 } else { 40 })).unwrap_or(kv_key)
}

impl Ledgers for MachinePorts {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        self.world.send(&self.machine.name, ledger, request).await
    }
}

impl Clock for MachinePorts {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START + self.world.now() + self.machine.ahead.get())
    }
}

impl Randomness for MachinePorts {
    fn entropy(&self) -> impl Entropy {
        Bytes(&self.world.random)
    }
}
