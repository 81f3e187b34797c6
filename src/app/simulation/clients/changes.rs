//! Clients that change what there is.

use keyward_core::KeyDigest;
use serde_json::{Value, json};

use super::super::changed::Change;
use super::super::checker::show;
use super::super::history::instant;
use super::super::isolates::Answer;
use super::super::world::{ROOT, START};
use super::{Clients, Known, ORGANIZATIONS};

const SCOPES: [&[&str]; 5] =
    [&["orders:read"], &["orders:read", "orders:write"], &["keys:verify"], &["*"], &[]];

impl Clients {
    /// What there is in the beginning.
    pub(crate) async fn set_up(&self) {
        for organization in ORGANIZATIONS {
            let body = json!({ "id": organization, "name": organization, "owner": "ada" });
            self.set("POST", "/v1/organizations", body).await;
        }
        for (organization, user) in [("acme", "bob"), ("acme", "cat"), ("zeta", "bob")] {
            let path = format!("/v1/organizations/{organization}/members/{user}");
            self.set("PUT", &path, json!({ "role": "member" })).await;
        }
        for (owner, scopes) in [
            ("organizations/acme", ["keys:verify"]),
            ("organizations/zeta", ["*"]),
            ("organizations/acme", ["orders:read"]),
            ("users/bob", ["keys:verify"]),
            ("users/cat", ["orders:read"]),
        ] {
            self.create(owner, &scopes, json!({})).await;
        }
        assert_eq!(self.keys.borrow().len(), 5, "{:#?}", self.world.trace.before(usize::MAX, 20));
    }

    async fn set(&self, method: &str, path: &str, body: Value) {
        let answer = self.request(ROOT, [method, path], &body, None).await.expect("nothing goes wrong yet");
        assert!(answer.status < 300, "{method} {path}: {}", answer.body);
    }

    async fn create(&self, owner: &str, scopes: &[&str], more: Value) {
        self.titles.set(self.titles.get() + 1);
        let title = format!("creation-{:08}", self.titles.get());
        let mut body = json!({ "title": title, "scopes": scopes });
        body.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        let path = format!("/v1/{owner}/keys");
        if let Some(answer) = self.request(ROOT, ["POST", &path], &body, Some(&title)).await {
            self.learn(owner, &answer);
        }
    }

    /// Remembers a key that was created, and checks that it was.
    fn learn(&self, owner: &str, answer: &Answer) {
        if answer.status != 201 {
            self.world.log("client", format_args!("has no key of {owner}: {}", answer.body));
            return;
        }
        let text = |name: &str| answer.body[name].as_str().expect("a text").to_owned();
        let (token, id) = (text("token"), text("id"));
        let digest = KeyDigest::of(&token).to_hex();
        let scopes = answer.body["scopes"].as_array().cloned().unwrap_or_default();
        let verifies = scopes.iter().any(|scope| scope == "keys:verify" || scope == "*");
        self.world.log("client", format_args!("has {id}, key/{}, of {owner}", &digest[..6]));
        let known = Known { token, digest, id, owner: owner.to_owned(), verifies };
        self.answered_change(&known.digest, answer, &Change::Made);
        let mut keys = self.keys.borrow_mut();
        if keys.iter().all(|other| other.digest != known.digest) {
            keys.push(known);
        }
    }

    /// A change that was answered has to be in the history, within its request or before.
    fn answered_change(&self, of: &str, answer: &Answer, change: &Change) {
        self.changes.set(self.changes.get() + 1);
        let checked = self.world.history.borrow().check_change(of, change, (answer.began, answer.ended));
        if let Err(what) = checked {
            self.violate(what, of);
        }
    }

    /// Does one thing or another to a key, or to members or organizations.
    pub(super) async fn change(&self, name: &str, index: usize) {
        let world = &self.world;
        let known = self.keys.borrow()[index].clone();
        let random = &world.random;
        let path = format!("/v1/{}/keys/{}", known.owner, known.id);
        let (what, method, path, body) = match random.below(20) {
            0..=5 => {
                let owner =
                    random.pick(&["organizations/acme", "organizations/zeta", "users/bob", "users/cat"]);
                world.log(name, format_args!("creates a key of {owner}"));
                return self.create(owner, random.pick(&SCOPES), json!({})).await;
            }
            6 | 7 => ("update", "PATCH", path, json!({ "scopes": random.pick(&SCOPES) })),
            8 | 9 => {
                let at = START + world.now() + random.between(500, 120_000);
                let at = show(at);
                let at = if random.chance(700) { Value::from(at) } else { Value::Null };
                ("update", "PATCH", path, json!({ "expires_at": at }))
            }
            10 => {
                let consistency = random.pick(&["strong", "fast", "fast"]);
                ("update", "PATCH", path, json!({ "consistency": consistency }))
            }
            11 => ("update", "PATCH", path, json!({ "title": format!("key {}, renamed", index) })),
            12 => ("revoke", "POST", format!("{path}/revoke"), Value::Null),
            13 => {
                let revoke_in = random.pick(&[1, 5, 30, 600]);
                ("schedule", "POST", format!("{path}/revoke"), json!({ "revoke_in": revoke_in }))
            }
            14 => ("roll", "POST", format!("{path}/roll"), json!({ "grace": random.pick(&[0, 5, 60]) })),
            15 => ("delete", "DELETE", format!("{path}?revoke=true"), Value::Null),
            16 | 17 => return self.change_member(name).await,
            _ => return self.change_ceiling(name).await,
        };
        world.log(name, format_args!("{what} {}", known.id));
        let idempotency = (what == "roll").then(|| format!("roll-{}", known.id));
        let answer = self.request(ROOT, [method, &path], &body, idempotency.as_deref()).await;
        let Some(answer) = answer else { return };
        world.log(name, format_args!("{what} {}: {}", known.id, answer.status));
        if answer.status >= 300 {
            return;
        }
        let change = match what {
            "roll" => {
                self.learn(&known.owner, &answer);
                None
            }
            "update" => Some(Change::Updated { settings: body.as_object().expect("object").clone() }),
            "delete" => Some(Change::Deleted),
            _ => Some(Change::Revoked),
        };
        if let Some(change) = change {
            self.answered_change(&known.digest, &answer, &change);
        }
        // The first promise holds. What a change takes away does not end the key, or not for good.
        if let Some(by) = instant(&answer.body["effective"]["by"]).filter(|_| what != "update") {
            let mut promises = self.promises.borrow_mut();
            promises.entry(known.digest).and_modify(|promised| *promised = by.min(*promised)).or_insert(by);
        }
    }

    async fn change_member(&self, name: &str) {
        let random = &self.world.random;
        let (organization, user) = (random.pick(&ORGANIZATIONS), random.pick(&["bob", "cat"]));
        let path = format!("/v1/organizations/{organization}/members/{user}");
        let role = random.pick(&["member", "admin", "owner", ""]);
        let (method, body) =
            if role.is_empty() { ("DELETE", Value::Null) } else { ("PUT", json!({ "role": role })) };
        self.world.log(name, format_args!("{method} {path} {role}"));
        let Some(answer) = self.request(ROOT, [method, &path], &body, None).await else { return };
        if answer.status < 300 {
            let role = Some(role.to_owned()).filter(|role| !role.is_empty());
            self.answered_change(&format!("{organization}/{user}"), &answer, &Change::Member { role });
        }
    }

    async fn change_ceiling(&self, name: &str) {
        let random = &self.world.random;
        let path = format!("/v1/organizations/{}", random.pick(&ORGANIZATIONS));
        let body = json!({
            "max_staleness_seconds": random.pick(&[0, 5, 30, 30, 300, 3600]),
            "on_outage_max_seconds": random.pick(&[0, 0, 600, 86_400]),
        });
        self.world.log(name, format_args!("PATCH {path} {body}"));
        if self.request(ROOT, ["PATCH", &path], &body, None).await.is_some_and(|answer| answer.status < 300) {
            self.changes.set(self.changes.get() + 1);
        }
    }
}
