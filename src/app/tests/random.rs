//! Whatever several principals do in whatever order, with deliveries, failures, evictions and clocks as they come.

use std::collections::BTreeMap;
use std::pin::pin;

use keyward_core::{KeyDigest, KeyRecord, OwnerId, Role, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use crate::kv::{KvKey, KvMember, kv_key_of_digest, kv_key_of_member, write_of_key};
use crate::ledger::outbox::{Delivery, Lane};
use crate::ledger::sql::SqlValue;
use crate::memory::{Faults, Made, ROOT, Seen, World, go_on, run, user};
use crate::ports::Clock;

/// What happens, who does it, to which key or user, and how much.
type Step = (u8, usize, usize, u32);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..22_u8, 0..6_usize, 0..8_usize, 0..150_u32), 1..60)
}

/// A key, its owner's path, and what was learnt of it.
struct Known {
    key: Made,
    owner: &'static str,
    /// A response has said that it is revoked or deleted.
    has_ended: bool,
}

struct Play {
    world: World,
    callers: [String; 6],
    keys: Vec<Known>,
    /// The latest version seen in KV by KV's key; a tombstone is the last.
    versions: BTreeMap<String, u64>,
    /// Writes that were given up have landed, so what KV holds may be older than what it held.
    has_late_writes: bool,
}

const OWNERS: [&str; 3] = ["organizations/acme", "users/ada", "users/bob"];
const USERS: [&str; 4] = ["ada", "bob", "cat", "zoe"];

/// Whether this is what KV has to hold of a key.
fn is_right(world: &World, kv_key: &str, record: Option<&KeyRecord>, value: &str) -> bool {
    let ring = &world.config.issuer.ring;
    let is_tombstone = || KvKey::read(ring, kv_key, value).is_some_and(|copy| copy.record.is_none());
    record.map_or_else(is_tombstone, |record| write_of_key(ring, record).value == value)
}

impl Play {
    fn new() -> Self {
        let world = World::with_acme();
        let manager = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] })).token;
        let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] })).token;
        let callers = [ROOT.to_owned(), user("ada"), user("bob"), user("zoe"), manager, personal];
        Self { world, callers, keys: Vec::new(), versions: BTreeMap::new(), has_late_writes: false }
    }

    fn learn(&mut self, seen: &Seen, owner: &'static str) {
        if seen.status == 201 {
            let key = Made { id: seen.text("id"), token: seen.text("token") };
            self.keys.push(Known { key, owner, has_ended: false });
        }
    }

    /// An operation on one of the keys, which `ends` it if it succeeds.
    fn on_key(&mut self, (_, who, target, _): Step, method: &str, end: &str, body: Value, ends: bool) {
        let Some(index) = target.checked_rem(self.keys.len()) else { return };
        let Known { key, owner, .. } = &self.keys[index];
        let owner = *owner;
        let address = format!("/v1/{owner}/keys/{}{end}", key.id);
        let seen = self.world.send(&self.callers[who], method, &address, body);
        self.keys[index].has_ended |= seen.status < 300 && ends;
        self.learn(&seen, owner);
    }

    fn step(&mut self, step: Step) {
        let (what, who, target, amount) = step;
        let (world, who) = (&self.world, &self.callers[who]);
        match what {
            0..=2 => {
                let owner = OWNERS[target % OWNERS.len()];
                let seen = world.send(who, "POST", &format!("/v1/{owner}/keys"), json!({ "title": "x" }));
                self.learn(&seen, owner);
            }
            3 => self.on_key(step, "PATCH", "", json!({ "title": format!("t{amount}") }), false),
            4 => {
                let expires_at = world.outside.now().plus_seconds(amount + 1).to_string();
                self.on_key(step, "PATCH", "", json!({ "expires_at": expires_at }), false);
            }
            5 => self.on_key(step, "POST", "/revoke", Value::Null, true),
            6 => self.on_key(step, "POST", "/revoke", json!({ "revoke_in": amount }), amount == 0),
            7 => self.on_key(step, "POST", "/roll", json!({ "grace": amount }), amount == 0),
            8 => self.on_key(step, "DELETE", "", Value::Null, true),
            9 => self.on_key(step, "DELETE", "?revoke=true", Value::Null, true),
            10 | 11 => {
                let member = format!("/v1/organizations/acme/members/{}", USERS[target % USERS.len()]);
                let role = Role::ALL[amount as usize % 3];
                world.send(who, "PUT", &member, json!({ "role": role.as_str() }));
            }
            12 => {
                let member = format!("/v1/organizations/acme/members/{}", USERS[target % USERS.len()]);
                world.send(who, "DELETE", &member, Value::Null);
            }
            13 => {
                world.send(
                    who,
                    "PATCH",
                    "/v1/organizations/acme",
                    json!({ "name": format!("Acme {amount}") }),
                );
            }
            14 => world.pass(amount),
            15 => {
                let back = world.outside.now().as_millis() - i64::from(amount) * 1000;
                world.outside.set_wall(Timestamp::from_millis(back));
            }
            16 => world.deliver(),
            17 => {
                let ledgers = world.outside.ledgers();
                let ledger = &ledgers[target % ledgers.len()];
                let lane = Lane::ALL[amount as usize % 2];
                let mut delivery = pin!(ledger.object.deliver(lane));
                let is_done = go_on(delivery.as_mut(), amount / 2 % 12);
                // While it is under way something changes, and another is begun.
                self.on_key(step, "PATCH", "", json!({ "title": "During a delivery" }), false);
                run(ledger.object.deliver(lane));
                if !is_done && amount < 100 {
                    run(delivery);
                }
            }
            18 => {
                world.outside.land_late_writes();
                self.has_late_writes = true;
            }
            19 => world.outside.evict_ledgers(),
            _ => {
                let (kv_down, kv_late) = (amount % 16 == 1, amount % 16 == 2);
                let (ledgers_down, ledgers_late) = (amount % 16 == 3, amount % 16 == 4);
                let (commits_fail, reads_fail) = ([5, 6].contains(&(amount % 16)), amount % 16 == 7);
                let faults = Faults {
                    kv_down,
                    kv_late,
                    ledgers_down,
                    ledgers_late,
                    reads_fail,
                    commits_fail,
                    ..Faults::NONE
                };
                world.suffer(faults);
            }
        }
        self.check();
    }

    fn records(&self) -> BTreeMap<String, KeyRecord> {
        let keys = self.world.outside.keys().into_iter();
        keys.map(|record| (kv_key_of_digest(&record.digest), record)).collect()
    }

    /// What holds after every step.
    fn check(&mut self) {
        let outside = &self.world.outside;
        let faults = outside.faults.replace(Faults::NONE);
        for known in &mut self.keys {
            match self.world.verify(&known.key, "strong").code() {
                "valid" => assert!(!known.has_ended, "{} came back to life", known.key.id),
                "expired" => {}
                "revoked" | "unknown" => known.has_ended = true,
                other => panic!("{other}"),
            }
        }
        outside.faults.set(faults);
        let records = self.records();
        let waiting: BTreeMap<String, String> = outside
            .waiting()
            .into_iter()
            .filter_map(|delivery| match delivery {
                Delivery::Kv(write) => Some((write.kv_key, write.value)),
                _ => None,
            })
            .collect();
        for Known { key, .. } in &self.keys {
            let kv_key = kv_key_of_digest(&KeyDigest::of(&key.token));
            let stored = outside.stored(&kv_key);
            let is_right = |value: &String| is_right(&self.world, &kv_key, records.get(&kv_key), value);
            match waiting.get(&kv_key) {
                Some(value) => assert!(is_right(value), "the newest is what waits"),
                None => assert!(stored.as_ref().is_some_and(is_right), "KV is behind, and nothing waits"),
            }
            let Some(stored) = stored else { continue };
            let copy = KvKey::read(&self.world.config.issuer.ring, &kv_key, &stored).expect("its shape");
            let version = copy.record.map_or(u64::MAX, |record| record.version);
            let before = self.versions.insert(kv_key, version).unwrap_or(0);
            assert!(before <= version || self.has_late_writes, "KV went back from {before} to {version}");
        }
        assert!(outside.members().iter().any(|member| member.role == Role::Owner), "acme keeps an owner");
    }

    /// What holds when every alarm has rung and the clocks agree again.
    fn finish(&self) {
        let (world, outside) = (&self.world, &self.world.outside);
        world.suffer(Faults::NONE);
        world.deliver();
        outside.land_late_writes();
        world.settle();
        assert_eq!(outside.waiting(), []);
        let clocks = outside.rows("SELECT clock FROM ledger").into_iter().map(|row| match row.as_slice() {
            [SqlValue::Integer(clock)] => Timestamp::from_millis(*clock),
            other => panic!("{other:?}"),
        });
        outside.set_wall(clocks.fold(outside.now(), Timestamp::max).plus_seconds(200 * 60));
        world.forget();
        world.warm();
        let records = self.records();
        for Known { key, .. } in &self.keys {
            let kv_key = kv_key_of_digest(&KeyDigest::of(&key.token));
            let stored = outside.stored(&kv_key);
            assert!(stored.is_some_and(|stored| is_right(world, &kv_key, records.get(&kv_key), &stored)));
            let (fast, strong) = (world.verify(key, "fast"), world.verify(key, "strong"));
            assert_eq!((fast.code(), fast.cost.ledger_calls), (strong.code(), 0));
        }
        let id = |text: &str| OwnerId::parse(text).expect("id");
        let name = world.ok(ROOT, "GET", "/v1/organizations/acme", Value::Null).text("name");
        for user_id in USERS {
            let member = outside.members().into_iter().find(|member| member.user == id(user_id));
            let role = member.map(|member| member.role);
            let kv_key = kv_key_of_member(&id("acme"), &id(user_id));
            let read = |text: String| KvMember::read(&world.config.issuer.ring, &kv_key, &text);
            let copy = outside.stored(&kv_key).and_then(|text| read(text).expect("its shape").role);
            assert_eq!(copy, role, "{user_id} in KV");
            let told = world.ok(&user(user_id), "GET", "/v1/users/me/organizations", Value::Null).body;
            let expected: Vec<Value> =
                role.iter().map(|role| json!({ "id": "acme", "name": name, "role": role })).collect();
            assert_eq!(told["organizations"], json!(expected), "{user_id} in the ledger of the user");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn kv_ends_up_with_what_the_ledgers_say_and_nothing_revoked_comes_back(steps in steps()) {
        let mut play = Play::new();
        for step in steps {
            play.step(step);
        }
        play.finish();
    }
}
