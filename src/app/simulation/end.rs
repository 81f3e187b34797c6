//! What has to be so in the end, when nothing goes wrong any more and time has passed.

use std::rc::Rc;

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

fn kv(clients: &Clients) {
    let world = &clients.world;
    let wrong = world.history.borrow().wrong_copies(|place| world.kv.last(place));
    for (digest, what) in wrong {
        clients.violate(what, &digest);
    }
}

fn idempotency(clients: &Clients) {
    let twice = clients.world.history.borrow().created_twice();
    for what in twice {
        clients.violate(what, "");
    }
}
