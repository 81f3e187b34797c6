//! Looking a key up by its text: who finds what, and that a text gives nothing away.

use keyward_core::{Kind, Owner, OwnerId};
use serde_json::{Value, json};

use crate::memory::{Counts, Faults, NOBODY, ROOT, Seen, World, after, config, user};
use crate::ports::Randomness;

fn look_up(world: &World, who: &str, token: &str) -> Seen {
    world.send(who, "POST", "/v1/lookup", json!({ "token": token }))
}

#[test]
fn a_key_is_looked_up_as_it_is_got_whatever_its_status() {
    let world = World::with_acme();
    let reader = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] }));
    let personal = world.create(&user("bob"), "users/me", json!({}));
    let expires_at = after(60).to_string();
    let make = |fields| world.create(ROOT, "organizations/acme", fields);
    let (active, revoked) = (make(json!({})), make(json!({ "type": "publishable" })));
    let expired = make(json!({ "expires_at": expires_at }));
    world.ok(ROOT, "POST", &format!("/v1/organizations/acme/keys/{}/revoke", revoked.id), Value::Null);
    world.pass(100);
    for (status, key) in [("active", &active), ("revoked", &revoked), ("expired", &expired)] {
        for who in [ROOT, &user("ada"), &user("bob"), &reader.token] {
            let seen = look_up(&world, who, &key.token);
            let address = format!("/v1/organizations/acme/keys/{}", key.id);
            assert_eq!(seen.body, world.ok(who, "GET", &address, Value::Null).body);
            assert_eq!(seen.body["status"], status);
            assert!(
                seen.uses.iter().all(|key_use| key_use.key.as_str() == reader.id),
                "it is no use of the key"
            );
        }
    }
    for who in [ROOT, &user("bob")] {
        assert_eq!(look_up(&world, who, &personal.token).body["id"], personal.id.as_str());
    }
}

#[test]
fn a_key_that_one_may_not_read_looks_the_same_as_one_that_does_not_exist() {
    let world = World::with_acme();
    let make = |owner: &str| world.create(ROOT, owner, json!({}));
    let (own, personal, deleted) =
        (make("organizations/acme"), make("users/bob"), make("organizations/acme"));
    let address = format!("/v1/organizations/acme/keys/{}?revoke=true", deleted.id);
    world.ok(ROOT, "DELETE", &address, Value::Null);
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let key = |owner: &str, fields| world.create(ROOT, owner, fields).token;
    let (everything, one) = (json!({ "scopes": ["*"] }), json!({ "scopes": ["keys:write"] }));
    for (who, tokens) in [
        (user("zoe"), vec![&own, &personal]),
        (user("ada"), vec![&personal]),
        (key("organizations/globex", everything.clone()), vec![&own, &personal]),
        (key("organizations/acme", one), vec![&own, &personal]),
        (key("organizations/acme", json!({ "type": "publishable" })), vec![&own, &personal]),
        (key("users/ada", everything), vec![&personal]),
        (key("users/bob", json!({})), vec![&own, &personal]),
    ] {
        let missing = look_up(&world, &who, &deleted.token);
        assert_eq!((missing.status, missing.code()), (404, "key.not_found"));
        for hidden in tokens {
            let seen = look_up(&world, &who, &hidden.token);
            assert_eq!((seen.status, &seen.body, seen.cost), (404, &missing.body, missing.cost));
        }
    }
}

#[test]
fn a_text_that_is_no_key_of_this_deployment_is_not_found_without_storage() {
    let world = World::with_acme();
    let owner = Owner::Organization(OwnerId::parse("acme").expect("id"));
    let made_by = |changed: &[(&str, &str)]| {
        let issued = config(changed).issuer.issue(Kind::Secret, &owner, &mut world.outside.entropy());
        issued.expect("entropy").text().to_owned()
    };
    let (foreign, forged) =
        (made_by(&[("ENVIRONMENT", "live")]), made_by(&[("SEAL_KEYS", &"77".repeat(32))]));
    for text in ["", "x", ROOT, "apk_01KAHQ0000000000000000000Z", &foreign, &forged] {
        let seen = look_up(&world, ROOT, text);
        assert_eq!((seen.status, seen.code(), seen.cost), (404, "key.not_found", Counts::default()));
    }
    assert_eq!(look_up(&world, NOBODY, "x").code(), "auth.missing");
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    let lost = made_by(&[]);
    assert_eq!(
        look_up(&world, ROOT, &lost).code(),
        "server.unavailable",
        "not known is not the same as not found"
    );
}
