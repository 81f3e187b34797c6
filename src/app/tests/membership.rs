//! Personal keys and organizations: which key reaches what, and who learns of it.

use keyward_core::{Owner, OwnerId};
use serde_json::{Value, json};

use crate::kv::kv_key_of_member;
use crate::ledger::outbox::Delivery;
use crate::memory::{Counts, Faults, Made, ROOT, World, run, user};

/// acme with its verifying key, and personal keys of bob, who is a member, and of zoe, who is not.
struct Scene {
    world: World,
    caller: Made,
    of_bob: Made,
    of_zoe: Made,
}

fn scene() -> Scene {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other", "owner": "zoe" }));
    let caller = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:verify"] }));
    let of_bob = world.create(&user("bob"), "users/me", json!({ "scopes": ["a"] }));
    let of_zoe = world.create(&user("zoe"), "users/zoe", json!({ "scopes": ["a"] }));
    world.deliver();
    world.pass(1);
    world.warm();
    Scene { world, caller, of_bob, of_zoe }
}

fn reads(kv_reads: u64, ledger_calls: u64) -> Counts {
    Counts { kv_reads, ledger_calls, ..Counts::default() }
}

#[expect(clippy::needless_pass_by_value, reason = "a question is written where it is asked")]
impl Scene {
    fn code(&self, who: &str, key: &Made, more: Value) -> String {
        let mut question = json!({ "key": key.token });
        for (name, value) in more.as_object().expect("object") {
            question[name] = value.clone();
        }
        self.world.ask(who, question).code().to_owned()
    }

    fn leave(&self) {
        self.world.ok(&user("bob"), "DELETE", "/v1/organizations/acme/members/me", Value::Null);
    }
}

#[test]
fn a_personal_key_reaches_the_organizations_of_its_user() {
    let scene = scene();
    for (key, organization, code) in [
        (&scene.of_bob, "acme", "valid"),
        (&scene.of_bob, "other", "not_a_member"),
        (&scene.of_bob, "none", "not_a_member"),
        (&scene.of_zoe, "acme", "not_a_member"),
        (&scene.of_zoe, "other", "valid"),
    ] {
        for consistency in ["fast", "strong"] {
            let found =
                scene.code(ROOT, key, json!({ "organization": organization, "consistency": consistency }));
            assert_eq!(found, code, "{organization}, {consistency}");
        }
    }
    assert_eq!(scene.code(ROOT, &scene.of_zoe, json!({})), "valid", "nothing is asked of an organization");
}

#[test]
fn finding_a_membership_costs_one_more_read_of_kv_or_one_more_request() {
    let scene = scene();
    let cost = |consistency: &str, organization: &str| {
        let question =
            json!({ "key": scene.of_bob.token, "organization": organization, "consistency": consistency });
        scene.world.ask(ROOT, question).cost
    };
    assert_eq!(cost("fast", "acme"), reads(2, 0));
    assert_eq!(cost("strong", "acme"), reads(0, 2));
    assert_eq!(cost("fast", "other"), reads(2, 1), "KV holds nothing about somebody who was never a member");
}

#[test]
fn an_organization_verifies_its_members_keys_and_no_others() {
    let scene = scene();
    for consistency in ["fast", "strong"] {
        let ask = |key, more: Value| {
            let mut more = more;
            more["consistency"] = consistency.into();
            scene.code(&scene.caller.token, key, more)
        };
        assert_eq!(ask(&scene.of_bob, json!({})), "valid");
        assert_eq!(ask(&scene.of_bob, json!({ "organization": "acme" })), "valid");
        assert_eq!(ask(&scene.of_bob, json!({ "scopes": ["b"] })), "insufficient_scope");
        assert_eq!(ask(&scene.of_zoe, json!({})), "unknown");
        assert_eq!(ask(&scene.caller, json!({})), "valid");
    }
}

#[test]
fn an_organization_learns_nothing_about_its_members_elsewhere() {
    let scene = scene();
    scene.world.ok(ROOT, "PUT", "/v1/organizations/other/members/bob", json!({ "role": "member" }));
    scene.world.deliver();
    assert_eq!(scene.code(ROOT, &scene.of_bob, json!({ "organization": "other" })), "valid");
    for organization in ["other", "none"] {
        let found = scene.code(&scene.caller.token, &scene.of_bob, json!({ "organization": organization }));
        assert_eq!(found, "not_a_member", "{organization}");
    }
}

#[test]
fn a_strangers_key_is_unknown_in_every_state() {
    let scene = scene();
    let world = &scene.world;
    let foreign = world.create(ROOT, "organizations/other", json!({}));
    let keys = |state: &dyn Fn(&str)| {
        state(&format!("/v1/organizations/other/keys/{}", foreign.id));
        state(&format!("/v1/users/zoe/keys/{}", scene.of_zoe.id));
        world.deliver();
        for key in [&foreign, &scene.of_zoe] {
            for question in [
                json!({}),
                json!({ "scopes": ["b"] }),
                json!({ "organization": "other" }),
                json!({ "consistency": "strong" }),
            ] {
                let seen = scene.code(&scene.caller.token, key, question);
                assert_eq!(seen, "unknown");
            }
        }
    };
    keys(&|_| {});
    keys(&|address| drop(world.ok(ROOT, "POST", &format!("{address}/revoke"), Value::Null)));
    keys(&|address| drop(world.ok(ROOT, "DELETE", address, Value::Null)));
}

#[test]
fn a_verdict_on_a_strangers_key_says_no_more_than_that_it_is_unknown() {
    let scene = scene();
    let seen = scene.world.ask(&scene.caller.token, json!({ "key": scene.of_zoe.token }));
    assert_eq!((seen.code(), &seen.body["key"]), ("unknown", &Value::Null));
    assert!(seen.uses.iter().all(|report| !format!("{report:?}").contains("zoe")), "and no use is recorded");
}

#[test]
fn a_user_who_has_left_is_refused_by_strong_at_once_and_by_fast_once_that_is_known() {
    let scene = scene();
    scene.leave();
    let ask = |who: &str, consistency: &str| {
        scene.code(who, &scene.of_bob, json!({ "organization": "acme", "consistency": consistency }))
    };
    assert_eq!(ask(ROOT, "fast"), "valid");
    assert_eq!(ask(ROOT, "strong"), "not_a_member");
    assert_eq!(ask(&scene.caller.token, "strong"), "unknown");
    assert_eq!(ask(ROOT, "fast"), "not_a_member", "this isolate has heard of it, though KV has not");
    scene.world.deliver();
    assert_eq!(ask(ROOT, "fast"), "not_a_member");
    assert_eq!(ask(&scene.caller.token, "fast"), "unknown");
    assert_eq!(scene.code(ROOT, &scene.of_bob, json!({})), "valid", "the key itself lives on");
    scene.world.pass(31 * 86_400);
    assert_eq!(ask(ROOT, "fast"), "not_a_member", "also after the tombstone has vanished");
}

#[test]
fn a_user_who_has_joined_reaches_the_organization_at_once() {
    let scene = scene();
    scene.world.ok(ROOT, "PUT", "/v1/organizations/acme/members/zoe", json!({ "role": "admin" }));
    let asked = scene.code(&scene.caller.token, &scene.of_zoe, json!({}));
    assert_eq!(asked, "valid", "although KV does not know it");
}

#[test]
fn a_user_who_has_come_back_reaches_the_organization_once_that_is_known() {
    let scene = scene();
    scene.leave();
    scene.world.deliver();
    scene.world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "member" }));
    let ask = |consistency: &str| {
        scene.code(ROOT, &scene.of_bob, json!({ "organization": "acme", "consistency": consistency }))
    };
    assert_eq!(ask("strong"), "valid");
    assert_eq!(ask("fast"), "valid", "this isolate has heard of it, though KV has not");
    scene.world.deliver();
    assert_eq!(ask("fast"), "valid");
}

#[test]
fn membership_is_never_guessed() {
    let scene = scene();
    let question = json!({ "organization": "acme" });
    scene.world.suffer(Faults { kv_down: true, ..Faults::NONE });
    assert_eq!(scene.code(ROOT, &scene.of_bob, question.clone()), "valid");
    scene.world.suffer(Faults::NONE);
    let kv_key = kv_key_of_member(&OwnerId::parse("acme").expect("id"), &OwnerId::parse("bob").expect("id"));
    for broken in ["{}", "{\"v\":1}", "{\"v\":2,\"role\":null}", "{\"v\":1,\"role\":\"king\"}"] {
        scene.world.outside.kv.borrow_mut().insert(kv_key.clone(), (broken.to_owned(), None));
        assert_eq!(scene.code(ROOT, &scene.of_bob, question.clone()), "valid", "{broken}");
    }
    scene.world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(scene.code(ROOT, &scene.of_bob, question), "server.unavailable");
}

#[test]
fn a_users_ledger_learns_of_memberships_and_an_older_message_changes_nothing() {
    let scene = scene();
    let world = &scene.world;
    let organizations = || {
        let seen = world.ok(&user("bob"), "GET", "/v1/users/me/organizations", Value::Null);
        seen.body["organizations"].clone()
    };
    assert_eq!(organizations(), json!([{ "id": "acme", "name": "Acme", "role": "member" }]));
    // The message that bob has become an admin is caught on its way.
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "admin" }));
    let late = world.outside.waiting();
    world.ok(&user("ada"), "PATCH", "/v1/organizations/acme", json!({ "name": "Acme 2" }));
    scene.leave();
    world.deliver();
    assert_eq!(organizations(), json!([]));
    let late = late.into_iter().find_map(|delivery| match delivery {
        Delivery::Membership(membership) => Some(membership),
        _ => None,
    });
    let bob = Owner::User(OwnerId::parse("bob").expect("id"));
    run(world.app().ask(bob.ledger(), late.expect("a message"))).expect("received");
    assert_eq!(organizations(), json!([]));
}

#[test]
fn every_member_learns_of_a_new_name() {
    let scene = scene();
    scene.world.ok(&user("ada"), "PATCH", "/v1/organizations/acme", json!({ "name": "Acme 2" }));
    scene.world.deliver();
    for (id, role) in [("ada", "owner"), ("bob", "member")] {
        let seen = scene.world.ok(&user(id), "GET", "/v1/whoami", Value::Null);
        assert_eq!(seen.body["organizations"], json!([{ "id": "acme", "name": "Acme 2", "role": role }]));
    }
}
