//! What somebody is told that they may do is what they may do.

use std::collections::BTreeSet;

use keyward_core::policy::Joining;
use keyward_core::staleness::Freshness;
use keyward_core::{Actor, Member, Owner, OwnerId, Role, organization};
use serde_json::{Value, json};

use crate::Caller;
use crate::authentication::Credential;
use crate::memory::{Made, ROOT, Seen, World, after, run, user};
use crate::operations::{Operation, Target};

/// Who is invited to acme, as what.
const INVITED: [(&str, Role); 2] = [("ida", Role::Member), ("ivy", Role::Owner)];

/// acme with ada (owner), cat (admin) and bob (member), keys of acme and of bob, and everybody who may call.
struct Scene {
    world: World,
    keys: [(&'static str, Made); 3],
    callers: Vec<(&'static str, String, Option<Role>)>,
}

fn scene() -> Scene {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/cat", json!({ "role": "admin" }));
    let key = |owner: &'static str, fields: Value| (owner, world.create(ROOT, owner, fields));
    for (user, role) in INVITED {
        let invited = json!({ "user": user, "role": role.as_str() });
        world.ok(ROOT, "POST", "/v1/organizations/acme/invitations", invited);
    }
    let keys = [
        key("organizations/acme", json!({ "scopes": ["a"] })),
        key("organizations/acme", json!({})),
        key("users/bob", json!({ "scopes": ["keys:read"] })),
    ];
    let token = |owner: &'static str, scopes: &[&str]| key(owner, json!({ "scopes": scopes })).1.token;
    let held = json!(["keys:write", "a"]);
    let fields = json!({ "scopes": held, "expires_at": after(3600).to_string() });
    let (_, ending) = key("organizations/acme", fields);
    let (_, strong) = key("organizations/acme", json!({ "scopes": held, "consistency": "strong" }));
    let callers = vec![
        ("the operator", ROOT.to_owned(), None),
        ("an owner", user("ada"), Some(Role::Owner)),
        ("an admin", user("cat"), Some(Role::Admin)),
        ("a member", user("bob"), Some(Role::Member)),
        ("a stranger", user("zoe"), None),
        ("somebody who is invited", user("ida"), None),
        ("an operator key with every scope", token("deployment", &["*"]), None),
        ("an operator key that writes keys", token("deployment", &["keys:write"]), None),
        ("an operator key that reads", token("deployment", &["organizations:read", "keys:read"]), None),
        ("an operator key that writes", token("deployment", &["organizations:write"]), None),
        ("the key of somebody who is invited", token("users/ida", &["*"]), None),
        ("a key with every scope", token("organizations/acme", &["*"]), None),
        ("a key that reads keys", token("organizations/acme", &["keys:read"]), None),
        ("a key that writes keys", token("organizations/acme", &["keys:write", "keys:verify"]), None),
        ("a key that ends", ending.token, None),
        ("a key that is verified strongly", strong.token, None),
        ("a key that reads the rest", token("organizations/acme", &["members:read", "events:read"]), None),
        (
            "a publishable key",
            key("organizations/acme", json!({ "type": "publishable", "scopes": ["*"] })).1.token,
            None,
        ),
        ("a member's key with every scope", token("users/bob", &["*"]), Some(Role::Member)),
        ("an owner's key that writes keys", token("users/ada", &["keys:write", "a"]), Some(Role::Owner)),
        ("a stranger's key with every scope", token("users/zoe", &["*"]), None),
    ];
    Scene { world, keys, callers }
}

/// Whether policy let the call pass; the state of what it is about may still prevent it.
fn passes(seen: &Seen) -> bool {
    let code = seen.code();
    !code.starts_with("auth.") && code != "owner.not_found" && code != "member.needs_invitation"
}

/// An operation with a request for it.
type Call = (Operation, &'static str, String, Value);

/// A session that does not exist.
const SESSION: &str = "ses_01KAHQ0000000000000000000Z";

fn calls_on_sessions(owner: &str) -> Vec<Call> {
    let sessions = format!("{owner}/sessions");
    vec![
        (Operation::ListSessions, "GET", sessions.clone(), Value::Null),
        (Operation::DeleteSession, "DELETE", format!("{sessions}/{SESSION}"), Value::Null),
        (Operation::DeleteSessions, "DELETE", sessions, Value::Null),
    ]
}

fn calls_on_owner(owner: &str) -> Vec<Call> {
    let owner = format!("/v1/{owner}");
    // Within the bounds of every caller: to create is permitted, even if not everything can be created.
    let new = json!({ "title": "x", "consistency": "strong", "expires_at": after(60).to_string() });
    let mut calls = vec![
        (Operation::ListKeys, "GET", format!("{owner}/keys"), Value::Null),
        (Operation::CreateKey, "POST", format!("{owner}/keys"), new),
        (Operation::RevokeKeys, "POST", format!("{owner}/keys/revoke"), json!({ "created_by": "user:eve" })),
        (Operation::ListEvents, "GET", format!("{owner}/events"), Value::Null),
    ];
    if owner.contains("/users/") {
        calls.extend([
            (Operation::ListUserOrganizations, "GET", format!("{owner}/organizations"), Value::Null),
            (Operation::ListUserInvitations, "GET", format!("{owner}/invitations"), Value::Null),
            (Operation::DeleteUser, "DELETE", owner.clone(), Value::Null),
        ]);
        calls.extend(calls_on_sessions(&owner));
    } else if owner.contains("/deployment") {
        calls.extend(calls_on_sessions(&owner));
        calls.push((Operation::ListOrganizations, "GET", "/v1/organizations".to_owned(), Value::Null));
    } else {
        let invited = json!({ "user": "eve", "role": "member" });
        calls.extend([
            (Operation::ImportKeys, "POST", format!("{owner}/import"), json!([])),
            (Operation::ExportOrganization, "GET", format!("{owner}/export"), Value::Null),
            (Operation::GetOrganization, "GET", owner.clone(), Value::Null),
            (Operation::UpdateOrganization, "PATCH", owner.clone(), json!({ "name": "x" })),
            (Operation::DeleteOrganization, "DELETE", owner.clone(), Value::Null),
            (Operation::ListInvitations, "GET", format!("{owner}/invitations"), Value::Null),
            (Operation::CreateInvitation, "POST", format!("{owner}/invitations"), invited),
            (Operation::ListMembers, "GET", format!("{owner}/members"), Value::Null),
            (Operation::PutMember, "PUT", format!("{owner}/members/eve"), json!({ "role": "member" })),
        ]);
    }
    calls
}

fn calls_on_key((owner, key): &(&str, Made)) -> Vec<Call> {
    let key = format!("/v1/{owner}/keys/{}", key.id);
    vec![
        (Operation::GetKey, "GET", key.clone(), Value::Null),
        (Operation::UpdateKey, "PATCH", key.clone(), json!({ "title": "x" })),
        (Operation::DeleteKey, "DELETE", format!("{key}?revoke=true"), Value::Null),
        (Operation::RevokeKey, "POST", format!("{key}/revoke"), Value::Null),
        (Operation::RollKey, "POST", format!("{key}/roll"), Value::Null),
    ]
}

fn calls_on_member(id: &str) -> Vec<Call> {
    let member = format!("/v1/organizations/acme/members/{id}");
    vec![
        (Operation::GetMember, "GET", member.clone(), Value::Null),
        (Operation::PutMember, "PUT", member.clone(), json!({ "role": "member" })),
        (Operation::RemoveMember, "DELETE", member, Value::Null),
    ]
}

fn calls_on_invitation(id: &str) -> Vec<Call> {
    let invitation = format!("/v1/organizations/acme/invitations/{id}");
    vec![
        (Operation::DeleteInvitation, "DELETE", invitation.clone(), Value::Null),
        (Operation::AcceptInvitation, "POST", format!("{invitation}/accept"), Value::Null),
    ]
}

fn names(operations: impl IntoIterator<Item = Operation>) -> BTreeSet<String> {
    operations.into_iter().map(|operation| format!("{operation:?}")).collect()
}

/// Holds what is permitted against what happens, call by call, each on a deployment of its own.
fn compare(index: usize, owner: &Owner, target: Target<'_>, calls: Vec<Call>) {
    let Scene { world, callers, .. } = scene();
    let (name, token, role) = &callers[index];
    let principal = run(world.app().authenticate_with(Credential::Bearer(token.into()), Freshness::STRONG))
        .expect("a caller")
        .principal;
    let role = role.filter(|_| matches!(owner, Owner::Organization(_)));
    let caller = Caller::new(principal, owner.clone(), role, Joining::default());
    let passing = calls.into_iter().filter(|(_, method, address, body)| {
        // Reading changes nothing, so it needs no deployment of its own.
        let fresh = (*method != "GET").then(scene);
        let world = fresh.as_ref().map_or(&world, |scene| &scene.world);
        passes(&world.send(token, method, address, body.clone()))
    });
    let passing = names(passing.map(|(operation, ..)| operation));
    assert_eq!(names(Operation::permitted(&caller, target)), passing, "{name}, {owner:?}, {target:?}");
}

fn id(text: &str) -> OwnerId {
    OwnerId::parse(text).expect("id")
}

#[test]
fn an_operation_is_permitted_exactly_if_policy_lets_it_pass() {
    let Scene { world, keys, callers } = scene();
    let records = world.outside.keys();
    let members = world.outside.members();
    let invitations = INVITED.map(|(user, role)| {
        organization::Invitation::create(id(user), role, &Actor::Key { id: records[0].id.clone() }, after(0))
            .0
    });
    let acme = Owner::Organization(id("acme"));
    for index in 0..callers.len() {
        for (path, owner) in [
            ("organizations/acme", acme.clone()),
            ("organizations/none", Owner::Organization(id("none"))),
            ("users/bob", Owner::User(id("bob"))),
            ("users/eve", Owner::User(id("eve"))),
            ("deployment", Owner::DEPLOYMENT),
        ] {
            // Of what does not exist nothing is ever told.
            if path != "organizations/none" {
                compare(index, &owner, Target::Owner, calls_on_owner(path));
            }
        }
        for key in &keys {
            let record = records.iter().find(|record| record.id.as_str() == key.1.id).expect("stored");
            compare(index, &record.owner, Target::Key(record), calls_on_key(key));
        }
        for member in &members {
            compare(index, &acme, Target::Member(member), calls_on_member(member.user.as_str()));
        }
        for invitation in &invitations {
            let calls = calls_on_invitation(invitation.user.as_str());
            compare(index, &acme, Target::Invitation(invitation), calls);
        }
    }
}

#[test]
fn every_answer_shows_the_permissions_of_the_caller() {
    let Scene { world, keys, callers } = scene();
    let acme = Owner::Organization(id("acme"));
    let members = world.outside.members();
    for (name, token, role) in &callers {
        let principal =
            run(world.app().authenticate_with(Credential::Bearer(token.into()), Freshness::STRONG))
                .expect("a caller")
                .principal;
        let caller = Caller::new(principal, acme.clone(), *role, Joining::default());
        let shown =
            |target: Target<'_>| serde_json::to_value(Operation::permitted(&caller, target)).expect("JSON");
        let get = |address: &str| {
            Some(world.send(token, "GET", address, Value::Null)).filter(passes).map(|seen| seen.body)
        };
        for address in ["", "/keys", "/members", "/invitations"] {
            if let Some(body) = get(&format!("/v1/organizations/acme{address}")) {
                assert_eq!(body["permissions"], shown(Target::Owner), "{name} {address}");
            }
        }
        for key in keys.iter().filter(|(owner, _)| *owner == "organizations/acme").map(|(_, key)| key) {
            let record =
                world.outside.keys().into_iter().find(|record| record.id.as_str() == key.id).expect("stored");
            if let Some(body) = get(&format!("/v1/organizations/acme/keys/{}", key.id)) {
                assert_eq!(body["permissions"], shown(Target::Key(&record)), "{name}");
            }
        }
        let listed = get("/v1/organizations/acme/members").unwrap_or_default();
        for shown_member in listed["members"].as_array().into_iter().flatten() {
            let is_this = |member: &&Member| shown_member["user"] == member.user.as_str();
            let member = members.iter().find(is_this).expect("stored");
            assert_eq!(shown_member["permissions"], shown(Target::Member(member)), "{name}");
        }
    }
}

#[test]
fn the_roles_that_are_called_assignable_can_be_assigned_and_no_others() {
    for (index, (name, token, _)) in scene().callers.iter().enumerate() {
        let list = scene().world.send(token, "GET", "/v1/organizations/acme/members", Value::Null);
        if !passes(&list) {
            continue;
        }
        let assigned = Role::ALL.into_iter().filter(|role| {
            let Scene { world, callers, .. } = scene();
            let body = json!({ "role": role.as_str() });
            passes(&world.send(&callers[index].1, "PUT", "/v1/organizations/acme/members/bob", body))
        });
        assert_eq!(list.body["assignable_roles"], json!(assigned.collect::<Vec<_>>()), "{name}");
    }
}

#[test]
fn whoami_says_who_may_verify_create_and_list_organizations_and_read_counters() {
    for (name, token, _) in scene().callers {
        let Scene { world, keys, .. } = scene();
        // Users' ledgers have heard of memberships.
        world.deliver();
        let whoami = world.ok(&token, "GET", "/v1/whoami", Value::Null).body;
        let mut expected = Vec::new();
        let question = json!({ "key": keys[0].1.token, "organization": "acme" });
        if passes(&world.ask(&token, question)) {
            expected.push("verify_key");
        }
        if passes(&world.send(&token, "POST", "/v1/organizations", json!({ "id": "new", "name": "New" }))) {
            expected.push("create_organization");
        }
        if passes(&world.send(&token, "GET", "/metrics", Value::Null)) {
            expected.push("get_metrics");
        }
        if passes(&world.send(&token, "GET", "/v1/organizations", Value::Null)) {
            expected.push("list_organizations");
        }
        assert_eq!(whoami["permissions"], json!(expected), "{name}");
    }
}
