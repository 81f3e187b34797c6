//! Whatever several principals do in whatever order, with deliveries, failures and clocks as they come.

use std::collections::BTreeMap;

use keyward_core::{KeyDigest, OwnerId, Role, stored};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::memory::{Faults, Made, ROOT, World, user};
use crate::ports::Clock;
use crate::projection::{ProjectedKey, ProjectedMember, key_place, member_place, of_key};

/// What happens, who does it, to which key or person, and how much.
type Step = (u8, usize, usize, u32);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..16_u8, 0..6_usize, 0..8_usize, 0..150_u32), 1..60)
}

/// A key, under which owner it stands, and what was learnt of it.
struct Known {
    key: Made,
    owner: &'static str,
    /// It was answered that it is revoked or deleted, or a strong verification has said so.
    ended: bool,
}

struct Play {
    world: World,
    people: [String; 6],
    keys: Vec<Known>,
    /// The latest version seen in KV by place; a tombstone is the last.
    versions: BTreeMap<String, u64>,
}

const OWNERS: [&str; 3] = ["organizations/acme", "users/ada", "users/bob"];
const MEMBERS: [&str; 4] = ["ada", "bob", "cat", "zoe"];

impl Play {
    fn new() -> Self {
        let world = World::with_acme();
        let manager = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] })).token;
        let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] })).token;
        let people = [ROOT.to_owned(), user("ada"), user("bob"), user("zoe"), manager, personal];
        Self { world, people, keys: Vec::new(), versions: BTreeMap::new() }
    }

    fn learn(&mut self, body: &Value, owner: &'static str) {
        let text = |field: &str| body[field].as_str().expect(field).to_owned();
        let key = Made { id: text("id"), token: text("token") };
        self.keys.push(Known { key, owner, ended: false });
    }

    /// A command on a key: what was answered.
    fn on_key(
        &mut self,
        who: &str,
        target: usize,
        method: &str,
        end: &str,
        body: Value,
    ) -> Option<(usize, Value, u16)> {
        let index = target.checked_rem(self.keys.len())?;
        let Known { key, owner, .. } = self.keys.get(index)?;
        let seen = self.world.send(who, method, &format!("/v1/{owner}/keys/{}{end}", key.id), body);
        Some((index, seen.body, seen.status))
    }

    fn step(&mut self, (what, who, target, amount): Step) {
        let who = self.people[who].clone();
        let ended = |play: &mut Self, found: Option<(usize, Value, u16)>, immediate: bool| {
            if let Some((index, _, status)) = found
                && status < 300
                && immediate
            {
                play.keys[index].ended = true;
            }
        };
        match what {
            0 | 1 => {
                let owner = OWNERS[target % OWNERS.len()];
                let seen =
                    self.world.send(&who, "POST", &format!("/v1/{owner}/keys"), json!({ "title": "x" }));
                if seen.status == 201 {
                    self.learn(&seen.body, owner);
                }
            }
            2 => drop(self.on_key(&who, target, "PATCH", "", json!({ "title": format!("t{amount}") }))),
            3 => {
                let expires_at = self.world.outside.now().plus_seconds(amount + 1).to_string();
                drop(self.on_key(&who, target, "PATCH", "", json!({ "expires_at": expires_at })));
            }
            4 | 5 => {
                let revoke_in = if what == 4 { 0 } else { amount };
                let found = self.on_key(&who, target, "POST", "/revoke", json!({ "revoke_in": revoke_in }));
                ended(self, found, revoke_in == 0);
            }
            6 => {
                let found = self.on_key(&who, target, "POST", "/roll", json!({ "grace": amount }));
                if let Some((index, body, 201)) = &found {
                    let owner = self.keys[*index].owner;
                    self.learn(body, owner);
                }
                ended(self, found, amount == 0);
            }
            7 | 8 => {
                let end = if what == 7 { "" } else { "?revoke=true" };
                let found = self.on_key(&who, target, "DELETE", end, Value::Null);
                ended(self, found, true);
            }
            9 | 10 => {
                let place = format!("/v1/organizations/acme/members/{}", MEMBERS[target % MEMBERS.len()]);
                let role = Role::ALL[amount as usize % 3].as_str();
                if what == 9 {
                    self.world.send(&who, "PUT", &place, json!({ "role": role }));
                } else {
                    self.world.send(&who, "DELETE", &place, Value::Null);
                }
            }
            11 => self.world.pass(amount),
            12 => {
                let back = self.world.outside.now().as_millis() - i64::from(amount) * 1000;
                self.world.outside.set_wall(keyward_core::Timestamp::from_millis(back));
            }
            13 => {
                // Some of what waits, the oldest first in each ledger.
                let waiting = self.world.outside.waiting();
                waiting.iter().take(target).for_each(|delivery| self.world.outside.carry(delivery));
            }
            14 => self.world.suffer(Faults {
                kv_down: amount % 3 == 1,
                ledgers_late: amount % 5 == 1,
                ..Faults::default()
            }),
            _ => self.world.fail_commits(amount % 3 == 1),
        }
        self.check();
    }

    /// What holds after every step.
    fn check(&mut self) {
        let faults = self.world.outside.faults.replace(Faults::default());
        for known in &mut self.keys {
            let seen = self.world.verify(&known.key, "strong");
            match seen.code() {
                "valid" => assert!(!known.ended, "{} came back to life", known.key.id),
                "expired" => {}
                "revoked" | "unknown" => known.ended = true,
                other => panic!("{other}"),
            }
        }
        self.world.outside.faults.set(faults);
        for (place, (value, _)) in
            self.world.outside.kv.borrow().iter().filter(|(place, _)| place.starts_with("key/"))
        {
            let projected: ProjectedKey = stored::read(value).expect("its shape");
            let version = projected.record.map_or(u64::MAX, |record| record.version);
            let before = self.versions.insert(place.clone(), version).unwrap_or(0);
            assert!(before <= version, "{place} went back from {before} to {version}");
        }
        let records: BTreeMap<String, _> =
            self.records().into_iter().map(|record| (record.digest.to_hex(), record)).collect();
        for (_, destination, delivery) in self.world.outside.waiting() {
            if let Some(digest) = destination.strip_prefix("kv:key/") {
                match records.get(digest) {
                    Some(record) => assert_eq!(delivery, of_key(record), "the newest is what waits"),
                    None => assert!(format!("{delivery:?}").contains("\\\"record\\\":null")),
                }
            }
        }
        let members = self
            .world
            .ports
            .ledgers
            .borrow()
            .values()
            .flat_map(|ledger| ledger.rows.all_members())
            .collect::<Vec<_>>();
        assert!(members.iter().any(|(_, member)| member.role == Role::Owner), "acme keeps an owner");
    }

    fn records(&self) -> Vec<keyward_core::KeyRecord> {
        self.world.outside.ledgers.borrow().values().flat_map(|ledger| ledger.rows.all_keys()).collect()
    }

    /// What holds when everything has been delivered and the clocks agree again.
    fn finish(&self) {
        let world = &self.world;
        world.suffer(Faults::default());
        world.fail_commits(false);
        world.deliver();
        assert_eq!(world.outside.waiting().len(), 0);
        let ahead = world.outside.ledgers.borrow().values().map(|ledger| ledger.rows.clock).max();
        world.outside.set_wall(world.outside.now().max(ahead.expect("a ledger")).plus_seconds(200 * 60));
        world.forget();
        let records: BTreeMap<String, _> =
            self.records().into_iter().map(|record| (record.digest.to_hex(), record)).collect();
        for known in &self.keys {
            let digest = KeyDigest::of(&known.key.token);
            let stored = world.outside.stored(&key_place(&digest)).expect("delivered");
            let projected: ProjectedKey = stored::read(&stored).expect("its shape");
            let expected = records
                .get(&digest.to_hex())
                .cloned()
                .map(|record| keyward_core::KeyRecord { last_used_at: None, ..record });
            assert_eq!(format!("{:?}", projected.record.map(|record| *record)), format!("{expected:?}"));
            let (fast, strong) = (world.verify(&known.key, "fast"), world.verify(&known.key, "strong"));
            assert_eq!((fast.code(), fast.cost.ledger_calls), (strong.code(), 0));
        }
        let acme = OwnerId::parse("acme").expect("id");
        let members: BTreeMap<_, _> = world
            .ports
            .ledgers
            .borrow()
            .values()
            .flat_map(|ledger| ledger.rows.all_members())
            .map(|(_, member)| (member.user.to_string(), member.role))
            .collect();
        for id in MEMBERS {
            let stored = world.outside.stored(&member_place(&acme, &OwnerId::parse(id).expect("id")));
            let projected: Option<ProjectedMember> =
                stored.map(|text| stored::read(&text).expect("its shape"));
            assert_eq!(projected.and_then(|member| member.role), members.get(id).copied(), "{id} in KV");
            let told = world.ok(&user(id), "GET", "/v1/users/me/organizations", Value::Null).body;
            assert_eq!(
                told["organizations"][0]["role"].as_str(),
                members.get(id).map(|role| role.as_str()),
                "{id} in the own ledger"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn kv_ends_up_with_what_the_ledger_says_and_nothing_revoked_comes_back(steps in steps()) {
        let mut play = Play::new();
        for step in steps {
            play.step(step);
        }
        play.finish();
    }
}
