//! What has to be so in the end, when nothing goes wrong any more and time has passed.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::clients::Clients;
use super::world::World;

/// How long everything has to come to rest, in milliseconds: longer than KV may lag.
const REST: i64 = 26 * 3_600_000;

impl World {
    /// From now on nothing goes wrong, or it does again.
    pub(crate) fn heal(&self, is_healed: bool) {
        self.is_healed.set(is_healed);
        self.healed_at.set(self.now());
        self.kv.is_healed.set(is_healed);
    }

    /// Carries something out to its end, while everything else goes on.
    pub(crate) fn finish(&self, task: impl Future<Output = ()> + 'static) {
        let is_done = Rc::new(std::cell::Cell::new(false));
        let done = Rc::clone(&is_done);
        self.schedule.spawn(async move {
            task.await;
            done.set(true);
        });
        while !is_done.get() {
            assert!(self.schedule.step(), "it waits for something that never comes");
        }
    }
}

/// Heals everything, lets time pass, and checks what has become of it.
pub(crate) fn check(clients: &Rc<Clients>) {
    let world = Rc::clone(&clients.world);
    world.heal(true);
    world.log("world", "heals");
    world.schedule.pass_until(world.now() + REST);
    clients.check_again();
    outboxes(clients);
    kv(clients);
    idempotency(clients);
    world.finish(Rc::clone(clients).verify_all());
}

fn outboxes(clients: &Clients) {
    for machine in clients.world.machines.borrow().values() {
        if machine.waiting() > 0 {
            clients.violate(
                format!("an outbox is not empty in the end, with an alarm {}", machine.has_alarm()),
                "",
            );
        }
    }
}

/// The value of KV without its stamp.
fn unstamped(stored: &str) -> Value {
    let (_, text) = stored.split_once('.').expect("a stamp");
    serde_json::from_str(text).expect("JSON")
}

fn kv(clients: &Clients) {
    let world = &clients.world;
    let history = world.history.borrow();
    let mut wrong = Vec::new();
    for (digest, key) in &history.keys {
        let Some(stored) = world.kv.last(&format!("key/{digest}")) else {
            wrong.push((digest.clone(), "KV does not have a key in the end".to_owned()));
            continue;
        };
        let copy = unstamped(&stored);
        let truth = key.last().map_or(Value::Null, |key| key.body.clone());
        if copy["record"] != truth {
            wrong.push((digest.clone(), format!("KV is wrong in the end: {copy}")));
        }
    }
    for (name, member) in &history.members {
        let stored = world.kv.last(&format!("member/{name}"));
        // Whoever creates an organization is in KV from the first change on.
        let Some(copy) = stored.as_deref().map(unstamped) else { continue };
        if copy["role"].as_str() != member.last().map(String::as_str) {
            wrong.push((String::new(), format!("KV is wrong in the end about {name}: {copy}")));
        }
    }
    drop(history);
    for (digest, what) in wrong {
        clients.violate(what, &digest);
    }
}

/// Each creation has a title of its own, whatever has become of its requests; a successor inherits it.
fn idempotency(clients: &Clients) {
    let history = clients.world.history.borrow();
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for key in history.keys.values() {
        let first = key.entries.first().and_then(|entry| entry.state.as_ref());
        if let Some(first) = first.filter(|key| !key.is_successor && !key.title.contains("renamed")) {
            *made.entry(&first.title).or_default() += 1;
        }
    }
    let twice: Vec<_> =
        made.into_iter().filter(|(_, count)| *count > 1).map(|(title, _)| title.to_owned()).collect();
    drop(history);
    for title in twice {
        clients.violate(format!("\"{title}\" was created twice"), "");
    }
}
