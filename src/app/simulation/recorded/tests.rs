//! The checker notices what is wrong with a history that was recorded elsewhere.

#![expect(clippy::needless_pass_by_value, reason = "what is written where it is used reads better")]

use serde_json::{Value, json};

use super::super::checker::show;
use super::*;

/// The keys of this history, by their digests: one of acme's that is revoked after ten seconds, and one of bob's.
const KEYS: [&str; 2] = ["aa", "bb"];

/// True times, in milliseconds since 1970.
fn at(seconds: i64) -> i64 {
    START + seconds * 1000
}

fn acme() -> Value {
    json!({ "type": "organization", "id": "acme" })
}

fn bob() -> Value {
    json!({ "type": "user", "id": "bob" })
}

fn row(ledger: Value, table: &str, name: &str, seconds: i64, body: Value) -> Value {
    json!({ "line": "row", "ledger": ledger, "table": table, "name": name, "instant": at(seconds), "at": at(seconds),
        "body": body })
}

fn record(n: usize, owner: Value, revoked: Option<i64>) -> Value {
    json!({
        "id": format!("apk_{n}"), "owner": owner, "digest": KEYS[n], "rolled_from": null,
        "settings": { "title": format!("creation-{n}"), "scopes": ["*"], "consistency": "fast", "expires_at": null },
        "revocation": revoked.map(|seconds| json!({ "at": show(at(seconds)) })),
    })
}

fn change(of: &str, change: Value, from: i64, to: i64, by: Option<i64>) -> Value {
    json!({ "line": "change", "of": of, "change": change, "began": at(from), "ended": at(to),
        "by": by.map(|seconds| show(at(seconds))) })
}

/// A verify of a key within 30 seconds, answered so many seconds after the beginning as of so many.
fn verify(key: &str, code: &str, answered: i64, as_of: i64) -> Value {
    let organization = if key == KEYS[1] { json!("acme") } else { Value::Null };
    json!({
        "line": "verify", "caller": { "type": "operator" }, "began": at(answered), "ended": at(answered), "status": 200,
        "question": { "key": key, "organization": organization, "scopes": [], "max_staleness_seconds": 30,
            "stale_on_outage": false },
        "body": { "code": code, "as_of": show(at(as_of)) }, "healed": false, "how": {},
    })
}

fn copy(place: &str, value: Value) -> Value {
    json!({ "line": "copy", "place": place, "stored": format!("stamp.{value}") })
}

/// A history in which nothing is wrong: bob leaves after twenty seconds.
fn history() -> Vec<Value> {
    let ceiling = json!({ "limits": { "max_staleness_seconds": 30, "on_outage_max_seconds": 0 } });
    vec![
        row(acme(), "organizations", "acme", 0, ceiling),
        row(acme(), "members", "acme/bob", 1, json!({ "role": "member" })),
        row(acme(), "keys", KEYS[0], 2, record(0, acme(), None)),
        row(bob(), "keys", KEYS[1], 3, record(1, bob(), None)),
        change(KEYS[0], json!({ "what": "made" }), 1, 3, None),
        row(acme(), "keys", KEYS[0], 10, record(0, acme(), Some(10))),
        change(KEYS[0], json!({ "what": "revoked" }), 9, 11, Some(40)),
        row(acme(), "members", "acme/bob", 20, Value::Null),
        change("acme/bob", json!({ "what": "member", "role": null }), 19, 21, None),
        verify(KEYS[0], "valid", 35, 9),
        verify(KEYS[0], "revoked", 35, 12),
        verify(KEYS[1], "valid", 45, 19),
        verify(KEYS[1], "not_a_member", 45, 21),
        copy(&format!("key/{}", KEYS[0]), json!({ "record": record(0, acme(), Some(10)) })),
        copy(&format!("key/{}", KEYS[1]), json!({ "record": record(1, bob(), None) })),
        copy("member/acme/bob", json!({ "role": null })),
        json!({ "line": "waiting", "ledger": acme(), "count": 0 }),
    ]
}

fn checked(lines: &[Value]) -> Checked {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    check(&text.join("\n")).expect("it can be read")
}

/// What is said of a history that holds this as well, or instead of a line.
fn fault(index: Option<usize>, line: Value) -> String {
    let mut lines = history();
    match index {
        Some(index) => lines[index] = line,
        None => lines.push(line),
    }
    let mut violations = checked(&lines).violations;
    assert_eq!(violations.len(), 1, "{violations:#?}");
    violations.remove(0)
}

#[test]
fn a_history_in_which_every_answer_is_right_has_no_violation() {
    let seen = checked(&history());
    assert_eq!(seen.violations, Vec::<String>::new());
    assert_eq!((seen.verdicts, seen.changes, seen.commits), (4, 3, 6));
}

#[test]
fn an_answer_that_says_valid_as_of_an_instant_at_which_the_key_had_ended_is_noticed() {
    assert!(fault(None, verify(KEYS[0], "valid", 35, 12)).starts_with("valid, and was revoked at its as_of"));
    let left = fault(None, verify(KEYS[1], "valid", 45, 21));
    assert!(left.starts_with("valid, and was not_a_member at its as_of"), "{left}");
}

#[test]
fn an_answer_that_is_older_than_was_asked_is_noticed() {
    assert!(fault(None, verify(KEYS[0], "revoked", 50, 12)).contains("may be as of 30 s ago"));
    // What has ended is older than the bound, whatever the answer claims.
    let old = fault(None, verify(KEYS[0], "valid", 41, 9));
    assert!(old.starts_with("valid, and was promised not to be after"), "{old}");
}

#[test]
fn an_answer_with_the_bound_0_that_is_older_than_its_request_is_noticed() {
    let mut strong = verify(KEYS[0], "valid", 11, 9);
    strong["question"]["max_staleness_seconds"] = 0.into();
    assert!(fault(None, strong).contains("may be as of 0 s ago"));
}

#[test]
fn a_change_that_was_answered_and_is_lost_is_noticed() {
    let lost = fault(None, change("cc", json!({ "what": "made" }), 5, 6, None));
    assert!(lost.starts_with("Made of cc was answered, and is not in the history"), "{lost}");
    let renamed = json!({ "what": "updated", "settings": { "title": "new" } });
    assert!(fault(None, change(KEYS[1], renamed, 5, 6, None)).contains("is not in the history"));
    let admin = json!({ "what": "member", "role": "admin" });
    assert!(fault(None, change("acme/bob", admin, 5, 6, None)).contains("is not in the history"));
    assert!(fault(None, change(KEYS[1], json!({ "what": "deleted" }), 5, 6, None)).contains("is not in"));
}

#[test]
fn two_keys_for_one_request_that_was_repeated_are_noticed() {
    let mut lines = history();
    let mut twin = record(0, acme(), None);
    twin["id"] = "apk_twin".into();
    lines.push(row(acme(), "keys", "cc", 4, twin.clone()));
    lines.push(copy("key/cc", json!({ "record": twin })));
    assert_eq!(checked(&lines).violations.len(), 1);
    assert!(checked(&lines).violations[0].starts_with("\"creation-0\" was created twice"));
}

#[test]
fn what_kv_does_not_know_in_the_end_and_what_a_ledger_has_not_told_is_noticed() {
    let stale = copy(&format!("key/{}", KEYS[0]), json!({ "record": record(0, acme(), None) }));
    assert!(fault(Some(13), stale).starts_with("KV is wrong in the end"));
    assert!(fault(Some(15), copy("member/acme/bob", json!({ "role": "member" }))).contains("acme/bob"));
    let waiting = json!({ "line": "waiting", "ledger": acme(), "count": 1 });
    assert!(fault(Some(16), waiting).contains("is not empty in the end"));
}

#[test]
fn an_answer_that_nothing_was_proven_is_no_violation_until_everything_is_well_again() {
    let mut unavailable = verify(KEYS[0], "valid", 35, 9);
    unavailable["status"] = 503.into();
    let mut lines = history();
    lines.push(unavailable.clone());
    assert_eq!((checked(&lines).violations.len(), checked(&lines).unavailable), (0, 1));
    unavailable["healed"] = true.into();
    assert!(fault(None, unavailable).starts_with("503, though nothing is wrong any more"));
}

#[test]
fn a_line_that_is_none_is_said_with_its_number() {
    let first = history()[0].to_string();
    for wrong in [
        "{}",
        r#"{"line":"row"}"#,
        "",
        r#"{"line":"waiting","ledger":{"type":"user","id":"a"},"count":0,"x":1}"#,
    ] {
        let error = check(&format!("{first}\n{wrong}\n{first}")).expect_err(wrong);
        assert!(error.starts_with("line 2: "), "{error}");
    }
}
