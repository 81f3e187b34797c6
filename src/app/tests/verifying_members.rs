//! People who verify for an organization that they belong to: what its own key would be told, and nobody else is.

use serde_json::{Value, json};

use super::sessions::start;
use crate::memory::{Counts, Made, ROOT, Seen, World, claiming, user};
use crate::request::{Credentials, RequestOrigin};

const SCOPED: &str = "keys:verify";

/// acme, with bob as a member, and other, which is zoe's.
struct Scene {
    world: World,
    /// acme's own key, which verifies.
    program: Made,
    /// A key of each kind and state, as acme sees them.
    keys: Vec<Made>,
}

fn scene() -> Scene {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other", "owner": "zoe" }));
    let create = |owner: &str, fields: Value| world.create(ROOT, owner, fields);
    let program = create("organizations/acme", json!({ "scopes": [SCOPED] }));
    let keys = vec![
        create("organizations/acme", json!({ "scopes": ["a"] })),
        create("organizations/acme", json!({ "type": "publishable" })),
        create("organizations/acme", json!({})),
        create("users/bob", json!({ "scopes": ["a"] })),
        create("users/zoe", json!({})),
        create("organizations/other", json!({})),
        create("deployment", json!({ "scopes": ["*"] })),
        Made { id: String::new(), token: "x".to_owned() },
    ];
    world.ok(ROOT, "POST", &format!("/v1/organizations/acme/keys/{}/revoke", keys[2].id), Value::Null);
    world.deliver();
    world.warm();
    Scene { world, program, keys }
}

impl Scene {
    fn pat(&self, user: &str, scopes: &[&str]) -> String {
        self.world.create(ROOT, &format!("users/{user}"), json!({ "scopes": scopes })).token
    }

    fn ask(&self, who: &str, organization: &str) -> Seen {
        self.world.ask(who, json!({ "key": self.keys[0].token, "organization": organization }))
    }
}

#[test]
fn whoever_belongs_to_an_organization_gets_the_verdicts_that_its_key_gets() {
    let scene = scene();
    let Scene { world, program, keys } = &scene;
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/service~3Abot", json!({ "role": "member" }));
    world.deliver();
    let session = start(world, &user("bob"));
    let service = scene.pat("service~3Abot", &["*"]);
    let callers = [user("ada"), user("bob"), claiming("zoe", "member"), scene.pat("bob", &[SCOPED]), service];
    for key in keys {
        for more in [json!({}), json!({ "scopes": ["a"] }), json!({ "consistency": "strong" })] {
            let mut question = json!({ "key": key.token, "organization": "acme" });
            question.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
            let verdict = |mut seen: Seen| {
                // How the answer was found depends on what was asked before.
                let body = seen.body.as_object_mut().expect("object");
                for about in ["as_of", "consistency", "max_staleness_seconds"] {
                    body.remove(about);
                }
                seen.body
            };
            let expected = verdict(world.ask(&program.token, question.clone()));
            for who in &callers {
                assert_eq!(verdict(world.ask(who, question.clone())), expected, "{question}");
            }
            let credentials = Credentials { session: Some(session.clone()), ..Credentials::default() };
            let by_session =
                world.send_as(credentials, RequestOrigin::OwnPage, "POST", "/v1/verify", question);
            assert_eq!(verdict(by_session), expected);
        }
    }
}

#[test]
fn an_organization_that_one_does_not_belong_to_looks_like_none() {
    let scene = scene();
    let world = &scene.world;
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "gone", "name": "Gone", "owner": "ada" }));
    world.ok(ROOT, "DELETE", "/v1/organizations/gone", Value::Null);
    world.ok(ROOT, "POST", "/v1/organizations/acme/invitations", json!({ "user": "ida", "role": "owner" }));
    world.deliver();
    for who in [user("zoe"), user("ida"), user("service~3Abot"), scene.pat("zoe", &["*"])] {
        let foreign = scene.ask(&who, "acme");
        assert_eq!(foreign.code(), "owner.not_found");
        assert!(foreign.uses.iter().all(|key_use| key_use.key.as_str() != scene.keys[0].id));
        for nowhere in ["nowhere", "gone"] {
            assert_eq!(scene.ask(&who, nowhere).body, foreign.body);
        }
    }
    assert_eq!(scene.ask(&user("ada"), "gone").code(), "owner.not_found");
    assert_eq!(scene.ask(&user("ada"), "acme").code(), "valid");
}

#[test]
fn a_role_that_a_token_claims_in_what_does_not_exist_verifies_nothing() {
    let world = World::new();
    let seen = world.ask(&claiming("ada", "owner"), json!({ "key": "x", "organization": "acme" }));
    assert_eq!(seen.code(), "owner.not_found");
}

#[test]
fn without_an_organization_people_verify_nothing_and_are_told_what_is_missing() {
    let scene = scene();
    let pat = scene.pat("bob", &["*"]);
    scene.world.deliver();
    for who in [user("ada"), pat] {
        for organization in [None, Some(Value::Null)] {
            let mut question = json!({ "key": scene.keys[0].token });
            question["organization"] = organization.unwrap_or_default();
            let seen = scene.world.ask(&who, question);
            assert_eq!((seen.code(), seen.cost.ledger_calls), ("auth.forbidden", 0));
            assert_eq!(
                seen.text("detail"),
                "People verify for an organization that they belong to: name it."
            );
        }
    }
}

#[test]
fn a_personal_key_needs_the_scope_and_without_it_learns_of_no_organization() {
    let scene = scene();
    for user in ["bob", "zoe"] {
        let pat = scene.pat(user, &["keys:read"]);
        scene.world.deliver();
        for organization in ["acme", "nowhere"] {
            let seen = scene.ask(&pat, organization);
            assert_eq!((seen.code(), seen.cost.ledger_calls), ("auth.insufficient_scope", 0), "{user}");
        }
        assert_eq!(scene.world.ask(&pat, json!({ "key": 7 })).code(), "auth.forbidden");
    }
}

#[test]
fn what_is_wrong_with_a_question_is_told_to_people_who_may_verify_anywhere() {
    let scene = scene();
    for who in [user("ada"), user("zoe"), scene.pat("bob", &[SCOPED])] {
        for (question, pointer) in [
            (json!({ "key": 7, "organization": "acme" }), "/key"),
            (json!({ "key": "x", "organization": "a.b" }), "/organization"),
            (json!({ "organization": "acme" }), "/key"),
        ] {
            let seen = scene.world.ask(&who, question);
            assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", pointer));
        }
    }
}

#[test]
fn a_member_who_leaves_verifies_no_more_from_the_next_request_on() {
    let scene = scene();
    let pat = scene.pat("bob", &[SCOPED]);
    scene.world.deliver();
    for who in [user("bob"), pat.clone()] {
        assert_eq!(scene.ask(&who, "acme").code(), "valid");
        assert_eq!(scene.ask(&who, "acme").code(), "valid");
    }
    scene.world.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    for who in [user("bob"), pat] {
        assert_eq!(scene.ask(&who, "acme").code(), "owner.not_found");
    }
}

#[test]
fn a_membership_is_asked_of_its_ledger_and_the_keys_of_programs_ask_nothing() {
    let scene = scene();
    let pat = scene.pat("bob", &[SCOPED]);
    scene.world.deliver();
    let cost = |who: &str| scene.ask(who, "acme").cost;
    assert_eq!(cost(&pat), Counts { kv_reads: 2, ledger_calls: 1, ..Counts::default() });
    assert_eq!(cost(&pat), Counts { kv_reads: 1, ledger_calls: 1, ..Counts::default() });
    assert_eq!(cost(&user("ada")), Counts { kv_reads: 1, ledger_calls: 1, ..Counts::default() });
    for who in [ROOT, &scene.program.token] {
        scene.ask(who, "acme");
        assert_eq!(cost(who), Counts { kv_reads: 1, ..Counts::default() });
    }
}
