//! Revocation by possession: whoever holds a secret key's whole text ends it, and learns nothing more than that.

use keyward_core::{Kind, Owner, OwnerId};
use serde_json::{Value, json};

use crate::memory::{Counts, Faults, Made, NOBODY, ROOT, Seen, World, after, config, user};
use crate::ports::Randomness;
use crate::request::{Body, Credentials, RequestOrigin};

const FORM: &str = "application/x-www-form-urlencoded";

fn send_form(world: &World, form: &str) -> Seen {
    let body = Body::Read(form.as_bytes().to_vec());
    let credentials = Credentials::default();
    world.send_bytes(credentials, RequestOrigin::Unknown, ["POST", "/v1/revoke"], FORM, body)
}

fn revoke(world: &World, token: &str) -> Seen {
    send_form(world, &format!("token={token}"))
}

fn revoke_found(world: &World, found: &Value) -> Seen {
    world.send(NOBODY, "POST", "/v1/revoke/found", json!({ "found": found }))
}

/// What has become of these texts, and what it cost.
fn outcomes(world: &World, texts: &[&str]) -> (Vec<String>, Counts) {
    let found: Vec<_> = texts.iter().map(|text| json!({ "token": text })).collect();
    let seen = revoke_found(world, &json!(found));
    let results = seen.body["results"].as_array().unwrap_or_else(|| panic!("{}", seen.body)).clone();
    let outcome = |result: Value| result["outcome"].as_str().expect("an outcome").to_owned();
    (results.into_iter().map(outcome).collect(), seen.cost)
}

fn revocation(world: &World, owner: &str, key: &Made) -> Value {
    let address = format!("/v1/{owner}/events?key={}&action=key.revoked", key.id);
    let events = world.ok(ROOT, "GET", &address, Value::Null).body["events"].clone();
    assert_eq!(events.as_array().map(Vec::len), Some(1), "{events}");
    events[0].clone()
}

/// A key's text that the deployment with these variables would issue.
fn made_by(world: &World, changed: &[(&str, &str)]) -> String {
    let owner = Owner::Organization(OwnerId::parse("acme").expect("id"));
    let issued = config(changed).issuer.issue(Kind::Secret, &owner, &mut world.outside.entropy());
    issued.expect("entropy").text().to_owned()
}

#[test]
fn whoever_holds_a_secret_key_revokes_it_at_once_whoever_owns_it_and_the_trail_says_how() {
    let world = World::with_acme();
    for (owner, actor_type) in
        [("organizations/acme", "key"), ("users/bob", "user"), ("deployment", "operator_key")]
    {
        let key = world.create(ROOT, owner, json!({}));
        let seen = revoke(&world, &key.token);
        assert_eq!((seen.status, seen.body, seen.caller), (200, json!({}), None));
        assert_eq!((seen.cost.ledger_calls, seen.cost.commits), (1, 1));
        assert_eq!(world.verify(&key, "strong").code(), "revoked");
        world.deliver();
        assert_eq!(world.verify(&key, "fast").code(), "revoked");
        let event = revocation(&world, owner, &key);
        assert_eq!(event["details"]["via"], "possession");
        assert_eq!(event["actor"]["type"], actor_type);
        let actor_key = if actor_type == "user" { &event["actor"]["key"] } else { &event["actor"]["id"] };
        assert_eq!(actor_key, key.id.as_str());
        assert!(event["request_id"].is_string());
    }
}

#[test]
fn the_answer_is_the_same_for_every_text_and_what_we_have_not_issued_costs_no_storage() {
    let world = World::with_acme();
    let make = |fields| world.create(ROOT, "organizations/acme", fields);
    let (revoked, expired, deleted) =
        (make(json!({})), make(json!({ "expires_at": after(60).to_string() })), make(json!({})));
    assert_eq!(revoke(&world, &revoked.token).status, 200);
    world.ok(ROOT, "DELETE", &format!("/v1/organizations/acme/keys/{}?revoke=true", deleted.id), Value::Null);
    let public = make(json!({ "type": "publishable" }));
    world.pass(61);
    let (foreign, forged) =
        (made_by(&world, &[("ENVIRONMENT", "live")]), made_by(&world, &[("SEAL_KEYS", &"77".repeat(32))]));
    for text in
        ["x", "%00", "%ff", ROOT, "a%20b", &foreign, &forged, &public.token, &format!("x+{}", revoked.token)]
    {
        let seen = revoke(&world, text);
        assert_eq!((seen.status, seen.body, seen.cost), (200, json!({}), Counts::default()), "{text}");
    }
    for (key, commits) in [(&revoked, 0), (&deleted, 0), (&expired, 1)] {
        let seen = revoke(&world, &key.token);
        assert_eq!((seen.status, seen.body, seen.cost.commits), (200, json!({}), commits));
    }
    assert_eq!(world.verify(&public, "strong").code(), "valid");
    assert_eq!(world.verify(&expired, "strong").code(), "revoked");
}

#[test]
fn a_key_with_the_end_of_its_line_is_that_key() {
    let world = World::with_acme();
    let keys = [0, 1].map(|_| world.create(ROOT, "organizations/acme", json!({})));
    assert_eq!(revoke(&world, &format!("+{}%0D%0A", keys[0].token)).status, 200);
    assert_eq!(
        outcomes(&world, &[&format!("\t{}\n", keys[1].token), &keys[1].token]).0,
        ["revoked", "already_revoked"]
    );
    for key in keys {
        assert_eq!(world.verify(&key, "strong").code(), "revoked");
    }
}

#[test]
fn a_credential_that_comes_along_is_not_looked_at() {
    let world = World::with_acme();
    let dead = world.create(ROOT, "organizations/acme", json!({}));
    revoke(&world, &dead.token);
    let header = |text: &str| Some(text.to_owned());
    for (authorization, session, origin) in [
        (header("Bearer nonsense"), None, RequestOrigin::Unknown),
        (header("Basic !"), None, RequestOrigin::Unknown),
        (header(&format!("Bearer {}", dead.token)), None, RequestOrigin::Unknown),
        (None, header("kwsession"), RequestOrigin::ForeignPage),
    ] {
        let key = world.create(ROOT, "organizations/acme", json!({}));
        world.caller.replace(header("user:zoe"));
        let credentials = Credentials { authorization, session, ..Credentials::default() };
        let body = Body::Read(format!("token={}&client_id=x&client_secret=y", key.token).into_bytes());
        let seen = world.send_bytes(credentials, origin, ["POST", "/v1/revoke"], FORM, body);
        assert_eq!((seen.status, seen.caller, seen.uses.len()), (200, None, 0));
        assert_eq!(world.verify(&key, "strong").code(), "revoked");
    }
}

#[test]
fn a_form_is_read_as_oauth_has_it_and_a_bad_one_changes_nothing() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let token = &key.token;
    let send = |content_type: &str, address: &str, body: Body| {
        let to = ["POST", address];
        world.send_bytes(Credentials::default(), RequestOrigin::Unknown, to, content_type, body)
    };
    let read = |text: String| Body::Read(text.into_bytes());
    for (form, pointer) in [
        (String::new(), "/token"),
        ("token".to_owned(), "/token"),
        ("token=&token_type_hint=access_token".to_owned(), "/token"),
        (format!("Token={token}"), "/token"),
        (format!("token={token}&token={token}"), ""),
        (format!("token={token}&x=1&x=2"), ""),
        (format!("token={token}&%78=1&x=2"), ""),
    ] {
        let seen = send(FORM, "/v1/revoke", read(form));
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", pointer));
        assert!(!seen.body.to_string().contains(token.as_str()));
    }
    for content_type in ["", "application/json", "text/plain", "multipart/form-data"] {
        let seen = send(content_type, "/v1/revoke", read(format!("token={token}")));
        assert_eq!((seen.status, seen.code()), (415, "request.not_form"));
    }
    assert_eq!(send(FORM, "/v1/revoke", Body::TooLarge).code(), "request.too_large");
    assert_eq!(send(FORM, "/v1/revoke?x=1", read(format!("token={token}"))).code(), "request.bad_parameter");
    assert_eq!(world.verify(&key, "strong").code(), "valid");
    let good = format!("x=&token_type_hint=refresh_token&token=%6B{}", token.strip_prefix('k').expect("kw"));
    assert_eq!(
        send("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "/v1/revoke", read(good)).status,
        200
    );
    assert_eq!(world.verify(&key, "strong").code(), "revoked");
}

#[test]
fn without_storage_no_revocation_is_claimed_and_it_can_be_asked_for_again() {
    let world = World::with_acme();
    let keys = ["organizations/acme", "users/bob"].map(|owner| world.create(ROOT, owner, json!({})));
    let texts = [keys[0].token.as_str(), keys[1].token.as_str()];
    let found = json!(texts.map(|text| json!({ "token": text })));
    for faults in [
        Faults { ledgers_down: true, ..Faults::NONE },
        Faults { reads_fail: true, ..Faults::NONE },
        Faults { commits_fail: true, ..Faults::NONE },
    ] {
        world.suffer(faults);
        assert_eq!(revoke(&world, texts[0]).code(), "server.unavailable");
        assert_eq!(revoke_found(&world, &found).code(), "server.unavailable");
        world.suffer(Faults::NONE);
        assert_eq!(world.verify(&keys[0], "strong").code(), "valid");
    }
    world.suffer(Faults { ledgers_late: true, ..Faults::NONE });
    assert_eq!(revoke_found(&world, &found).code(), "server.unavailable", "done, but not known to be");
    world.suffer(Faults::NONE);
    assert_eq!(outcomes(&world, &texts).0, ["already_revoked", "revoked"], "the first fault ends it");
    assert_eq!(revoke(&world, texts[0]).status, 200);
}

#[test]
fn many_found_keys_are_revoked_in_one_request_to_each_ledger_and_told_apart_in_their_order() {
    let world = World::with_acme();
    let make = |owner: &str, fields| world.create(ROOT, owner, fields).token;
    let (one, two, old) = (
        make("organizations/acme", json!({})),
        make("organizations/acme", json!({})),
        make("organizations/acme", json!({})),
    );
    let (personal, operator) = (make("users/bob", json!({})), make("deployment", json!({ "scopes": ["*"] })));
    let public = make("organizations/acme", json!({ "type": "publishable" }));
    let (lost, forged) = (made_by(&world, &[]), made_by(&world, &[("SEAL_KEYS", &"77".repeat(32))]));
    revoke(&world, &old);
    let texts =
        [&one, "", &personal, &old, &forged, &one, &public, &two, &operator, &lost, &old, &lost, &one, ROOT];
    let (seen, cost) = outcomes(&world, &texts);
    let (revoked, already, unknown) = ("revoked", "already_revoked", "unknown");
    assert_eq!(
        seen,
        [
            revoked, unknown, revoked, already, unknown, already, unknown, revoked, revoked, unknown,
            already, unknown, already, unknown
        ]
    );
    assert_eq!((cost.ledger_calls, cost.commits, cost.kv_reads), (3, 3, 0));
    let (again, cost) = outcomes(&world, &[&one, &personal, &operator]);
    assert_eq!((again, cost.commits), (vec![already.to_owned(); 3], 0));
    assert_eq!(outcomes(&world, &[&forged, &public, "x"]).1, Counts::default());
}

#[test]
fn where_a_key_was_found_stands_in_the_trail_and_holds_no_credential() {
    let world = World::with_acme();
    let other = world.create(ROOT, "organizations/acme", json!({})).token;
    let (body, encoded) = (other.split_at(11).1, other.replace('_', "%5F"));
    let redacted = format!("kw_sk_test_***{}", other.split_at(other.len() - 4).1);
    let kelvin = format!("{}\u{212a}{}", other.split_at(20).0, other.split_at(21).1);
    let (cut, secret) = (other.split_at(60).0, other.split_at(50).0.split_at(20).1);
    for (source, shown) in [
        (json!("app/.env:7"), json!("app/.env:7")),
        (json!(" a\nb\u{202e} "), json!("a\u{fffd}b\u{fffd}")),
        (json!("cafe\u{301}"), json!("café")),
        (json!(format!("?token={other}&x")), json!(format!("?token={redacted}&x"))),
        (json!(format!("cut: {cut}")), json!("cut: kw_sk_test_***")),
        (json!(format!("{kelvin}.")), json!("kw_sk_test_***.")),
        (json!(format!("https://git.example/?q={encoded}")), Value::Null),
        (json!(format!("…{body}")), Value::Null),
        (json!(format!("kwroot_{}", "5e".repeat(32))), Value::Null),
        (json!(user("ada")), Value::Null),
        (json!(""), Value::Null),
        (json!(null), Value::Null),
    ] {
        let key = world.create(ROOT, "organizations/acme", json!({}));
        let seen = revoke_found(&world, &json!([{ "token": key.token, "source": source }]));
        assert_eq!(seen.body["results"][0]["outcome"], "revoked", "{}", seen.body);
        let event = revocation(&world, "organizations/acme", &key);
        assert_eq!(event["details"].get("source").unwrap_or(&Value::Null), &shown, "{source}");
        assert!(!event.to_string().contains(secret));
    }
    let found = world.ok(ROOT, "GET", "/v1/organizations/acme/events?q=CAFÉ", Value::Null).body;
    assert_eq!(found["count"], 1, "events are found by it");
}

#[test]
fn a_retiring_key_ends_now_and_its_successor_goes_on() {
    let world = World::with_acme();
    let old = world.create(ROOT, "organizations/acme", json!({}));
    let address = format!("/v1/organizations/acme/keys/{}/roll", old.id);
    let rolled = world.ok(ROOT, "POST", &address, json!({ "grace": 3600 }));
    let successor = Made { id: rolled.text("id"), token: rolled.text("token") };
    revoke(&world, &old.token);
    assert_eq!(world.verify(&old, "strong").code(), "revoked");
    assert_eq!(world.verify(&successor, "strong").code(), "valid");
    let details = revocation(&world, "organizations/acme", &old)["details"].clone();
    assert_eq!(details["old_revoked_at"], rolled.body["rolled"]["revoked_at"]);
}

#[test]
fn a_key_that_cannot_be_read_is_not_said_to_be_revoked_and_the_others_are() {
    let world = World::with_acme();
    let make = || world.create(ROOT, "organizations/acme", json!({}));
    let (broken, sound) = (make(), make());
    world.outside.tamper("UPDATE keys SET body = '{}' WHERE id = (SELECT min(id) FROM keys)");
    let seen = revoke_found(&world, &json!([{ "token": broken.token }, { "token": sound.token }]));
    assert_eq!(seen.code(), "server.unavailable");
    assert_eq!(seen.body["detail"], "What is stored of this cannot be read.");
    assert_eq!(world.verify(&sound, "strong").code(), "revoked");
    assert_eq!(revoke(&world, &broken.token).code(), "server.unavailable");
}

#[test]
fn a_list_of_found_keys_is_read_strictly_and_a_bad_one_changes_nothing_and_is_not_repeated() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let good = json!({ "token": key.token });
    let token = key.token.as_str();
    for (found, detail) in [
        (json!([]), "must be an array of 1 to 1,000 entries"),
        (json!(vec![good.clone(); 1001]), "must be an array of 1 to 1,000 entries"),
        (json!(null), "must be an array of 1 to 1,000 entries"),
        (json!({ "token": token }), "must be an array of 1 to 1,000 entries"),
        (json!(token), "must be an array of 1 to 1,000 entries"),
        (json!([good, token]), "must be an array of objects"),
        (json!([good, []]), "must be an array of objects"),
        (json!([good, {}]), "must hold a text as the token of each entry"),
        (json!([good, { "source": "x" }]), "must hold a text as the token of each entry"),
        (json!([good, { "token": 7 }]), "must hold a text as the token of each entry"),
        (json!([good, { "token": null }]), "must hold a text as the token of each entry"),
        (
            json!([good, { "token": "x", "source": 7 }]),
            "must hold at most 500 characters as the source of each entry",
        ),
        (
            json!([good, { "token": "x", "source": "é".repeat(501) }]),
            "must hold at most 500 characters as the source of each entry",
        ),
        (json!([good, { "token": "x", token: 1 }]), "must hold nothing but token and source in each entry"),
        (
            json!([good, { "token": "x", format!("`{token}, expected `{token}`"): 1 }]),
            "must hold nothing but token and source in each entry",
        ),
    ] {
        let seen = revoke_found(&world, &found);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", "/found"));
        assert_eq!(seen.body["errors"][0]["detail"], detail);
        assert!(!seen.body.to_string().contains(token));
    }
    let send = |body| world.send(NOBODY, "POST", "/v1/revoke/found", body);
    assert_eq!(send(json!({})).pointer(), "/found");
    assert_eq!(send(json!({ "found": [good], "dry_run": true })).pointer(), "");
    let to = ["POST", "/v1/revoke/found"];
    let credentials = Credentials::default();
    let large = world.send_bytes(credentials, RequestOrigin::Unknown, to, "application/json", Body::TooLarge);
    assert_eq!((large.status, large.code()), (413, "request.list_too_large"));
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn a_thousand_found_keys_of_one_owner_are_revoked_together() {
    let world = World::with_acme();
    let keys: Vec<_> = (0..1000).map(|_| world.create(ROOT, "organizations/acme", json!({}))).collect();
    let texts: Vec<_> = keys.iter().map(|key| key.token.as_str()).collect();
    let (seen, cost) = outcomes(&world, &texts);
    assert!(seen.iter().all(|outcome| outcome == "revoked"));
    assert_eq!((cost.ledger_calls, cost.commits), (1, 1));
    assert_eq!(world.verify(&keys[999], "strong").code(), "revoked");
}

#[test]
fn found_keys_of_many_owners_are_all_revoked() {
    let world = World::with_acme();
    let keys: Vec<_> = (0..60).map(|n| world.create(ROOT, &format!("users/u{n}"), json!({}))).collect();
    let texts: Vec<_> = keys.iter().map(|key| key.token.as_str()).collect();
    let (seen, cost) = outcomes(&world, &texts);
    assert!(seen.iter().all(|outcome| outcome == "revoked"));
    assert_eq!(cost.ledger_calls, 60);
}
