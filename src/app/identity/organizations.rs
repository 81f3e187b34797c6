//! Memberships that a token claims.

use keyward_core::{AssertedMembership, OwnerId, Role};
use serde_json::Value;

/// How many entries count; further ones are ignored.
const ENTRIES_MAX: usize = 100;

/// The memberships in `{"acme": "admin"}`, `[{"id": "acme", "role": "admin"}]` or `["acme"]`, where the role is member.
/// Anything of another form grants nothing.
pub(super) fn read(claim: &Value) -> Vec<AssertedMembership> {
    let membership = |id: &str, role: &str| {
        Some(AssertedMembership { organization: OwnerId::parse(id).ok()?, role: Role::parse(role)? })
    };
    match claim {
        Value::Object(roles) => {
            let entries = roles.iter().take(ENTRIES_MAX);
            entries.filter_map(|(id, role)| membership(id, role.as_str()?)).collect()
        }
        Value::Array(list) => {
            let entries = list.iter().take(ENTRIES_MAX);
            let read = entries.filter_map(|entry| match entry {
                Value::String(id) => membership(id, Role::Member.as_str()),
                entry => membership(entry.get("id")?.as_str()?, entry.get("role")?.as_str()?),
            });
            read.collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(claim: &Value) -> Vec<String> {
        read(claim).iter().map(|claim| format!("{} {}", claim.organization, claim.role.as_str())).collect()
    }

    #[test]
    fn three_forms_are_read() {
        assert_eq!(shown(&json!({ "acme": "owner", "beta": "member" })), ["acme owner", "beta member"]);
        assert_eq!(shown(&json!([{ "id": "acme", "role": "admin", "since": 1 }])), ["acme admin"]);
        assert_eq!(shown(&json!(["acme", "beta"])), ["acme member", "beta member"]);
    }

    #[test]
    fn what_has_another_form_grants_nothing() {
        for claim in [
            json!(null),
            json!("acme"),
            json!(1),
            json!({ "acme": "Owner", "b c": "owner", "": "owner", "d": null, "e": ["owner"] }),
            json!([null, 1, ["acme"], "a b", { "id": "acme" }, { "role": "owner" }, { "id": 1, "role": "owner" }]),
        ] {
            assert_eq!(shown(&claim), Vec::<String>::new(), "{claim}");
        }
        assert_eq!(shown(&json!(["a b", "acme"])), ["acme member"]);
    }

    #[test]
    fn a_hundred_entries_count() {
        let many: Vec<String> = (0..150).map(|n| format!("o{n}")).collect();
        assert_eq!(read(&json!(many)).len(), 100);
        let many: serde_json::Map<_, _> = (0..150).map(|n| (format!("o{n}"), json!("admin"))).collect();
        assert_eq!(read(&json!(many)).len(), 100);
    }

    proptest! {
        #[test]
        fn a_role_is_never_more_than_claimed(id in "[a-z]{1,8}", role in "member|admin|owner|Owner|[a-z]{0,6}") {
            let granted: Vec<_> = read(&json!({ id: role.as_str() })).iter().map(|claim| claim.role.as_str()).collect();
            prop_assert_eq!(granted, Role::parse(&role).map(Role::as_str).into_iter().collect::<Vec<_>>());
        }
    }
}
