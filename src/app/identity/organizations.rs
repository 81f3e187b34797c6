//! Memberships that a token claims.

use keyward_core::{AssertedMembership, OwnerId, Role};
use serde_json::Value;

/// Most memberships in a token.
const ENTRIES_MAX: usize = 100;

/// How a provider writes memberships. It is configured and never guessed: one object `{"id": "acme", "role": "owner"}`
/// would otherwise read as a map, and make its holder the owner of an organization `role`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{"acme": "admin"}`
    Map,
    /// `[{"id": "acme", "role": "admin"}]`, perhaps with more in the objects.
    Objects,
    /// `["acme"]`, where everybody is a member.
    Ids,
}

impl Shape {
    /// Reads the word of the configuration.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "map" => Some(Self::Map),
            "objects" => Some(Self::Objects),
            "ids" => Some(Self::Ids),
            _ => None,
        }
    }
}

/// Why a claim grants nothing: a word for the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

fn text<'a>(entry: &'a Value, name: &str) -> Option<&'a str> {
    entry.get(name).and_then(Value::as_str)
}

/// The memberships in a claim, if it has this shape from beginning to end.
///
/// # Errors
/// [`Unfit`]: whoever misunderstands one entry may have misunderstood the others, so none of them counts.
pub(super) fn read(claim: &Value, shape: Shape) -> Result<Vec<AssertedMembership>, Unfit> {
    let mut memberships = Vec::new();
    match (shape, claim) {
        (Shape::Map, Value::Object(roles)) => {
            for (id, role) in roles {
                add(&mut memberships, Some(id), role.as_str())?;
            }
        }
        (Shape::Objects, Value::Array(list)) => {
            for entry in list {
                add(&mut memberships, text(entry, "id"), text(entry, "role"))?;
            }
        }
        (Shape::Ids, Value::Array(list)) => {
            for id in list {
                add(&mut memberships, id.as_str(), Some(Role::Member.as_str()))?;
            }
        }
        _ => return Err(Unfit("organizations.shape")),
    }
    Ok(memberships)
}

fn add(memberships: &mut Vec<AssertedMembership>, id: Option<&str>, role: Option<&str>) -> Result<(), Unfit> {
    if memberships.len() == ENTRIES_MAX {
        return Err(Unfit("organizations.too_many"));
    }
    let organization = id.and_then(|id| OwnerId::parse(id).ok()).ok_or(Unfit("organizations.id"))?;
    let role = role.and_then(Role::parse).ok_or(Unfit("organizations.role"))?;
    // Ids that differ in case alone are the same.
    let folded = organization.folded();
    if memberships.iter().any(|known| known.organization.folded() == folded) {
        return Err(Unfit("organizations.duplicate"));
    }
    memberships.push(AssertedMembership { organization, role });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(claim: &Value, shape: Shape) -> Result<Vec<String>, &'static str> {
        let shown = |claim: &AssertedMembership| format!("{} {}", claim.organization, claim.role.as_str());
        read(claim, shape).map(|read| read.iter().map(shown).collect()).map_err(|unfit| unfit.0)
    }

    /// Asserts that a claim grants these.
    fn grants(claim: &Value, shape: Shape, expected: &[&str]) {
        let expected = expected.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(shown(claim, shape), Ok(expected), "{claim}");
    }

    #[test]
    fn the_configured_shape_is_read() {
        let map = json!({ "acme": "owner", "beta": "member" });
        grants(&map, Shape::Map, &["acme owner", "beta member"]);
        let objects = json!([{ "id": "acme", "role": "admin", "since": 1 }, { "role": "member", "id": "b" }]);
        grants(&objects, Shape::Objects, &["acme admin", "b member"]);
        grants(&json!(["acme", "beta"]), Shape::Ids, &["acme member", "beta member"]);
        for (none, shape) in [(json!({}), Shape::Map), (json!([]), Shape::Objects), (json!([]), Shape::Ids)] {
            grants(&none, shape, &[]);
        }
    }

    #[test]
    fn no_claim_is_read_in_another_shape_than_the_configured_one() {
        let one = json!({ "id": "acme", "role": "owner" });
        let ids = json!(["acme"]);
        for (claim, shape, expected) in [
            (one.clone(), Shape::Map, "organizations.role"),
            (one.clone(), Shape::Objects, "organizations.shape"),
            (one.clone(), Shape::Ids, "organizations.shape"),
            (json!([one]), Shape::Map, "organizations.shape"),
            (json!([one]), Shape::Ids, "organizations.id"),
            (ids.clone(), Shape::Map, "organizations.shape"),
            (ids, Shape::Objects, "organizations.id"),
            (json!({ "acme": "owner" }), Shape::Objects, "organizations.shape"),
            (json!({ "acme": "owner" }), Shape::Ids, "organizations.shape"),
            (json!({ "organization": "acme", "role": "owner" }), Shape::Map, "organizations.role"),
            (json!({ "name": "acme", "role": "owner" }), Shape::Map, "organizations.role"),
            (json!([{ "organization": "acme", "role": "owner" }]), Shape::Objects, "organizations.id"),
            (json!({ "orgs": { "acme": "owner" } }), Shape::Map, "organizations.role"),
        ] {
            assert_eq!(shown(&claim, shape), Err(expected), "{claim} as {shape:?}");
        }
        for claim in [json!(null), json!("acme"), json!(""), json!(1), json!(true)] {
            for shape in [Shape::Map, Shape::Objects, Shape::Ids] {
                assert_eq!(shown(&claim, shape), Err("organizations.shape"), "{claim} as {shape:?}");
            }
        }
    }

    #[test]
    fn one_bad_entry_spoils_the_good_ones_beside_it() {
        let good = json!({ "id": "acme", "role": "owner" });
        for bad in [
            json!({ "beta": "Owner" }),
            json!({ "b c": "member" }),
            json!({ "": "member" }),
            json!({ "b~7C": "member" }),
            json!({ "beta": null }),
            json!({ "beta": ["owner"] }),
            json!({ "beta": { "role": "owner" } }),
        ] {
            let mut claim = json!({ "acme": "owner" });
            claim.as_object_mut().expect("object").extend(bad.as_object().expect("object").clone());
            assert!(shown(&claim, Shape::Map).is_err(), "{claim}");
        }
        for bad in [
            json!(null),
            json!("beta"),
            json!(["beta"]),
            json!({ "id": "beta" }),
            json!({ "role": "owner" }),
            json!({ "id": 1, "role": "owner" }),
            json!({ "id": "b c", "role": "owner" }),
            json!({ "id": "beta", "role": 1 }),
            json!({ "id": { "id": "beta" }, "role": "owner" }),
            good.clone(),
            json!({ "id": "acme", "role": "member" }),
        ] {
            assert!(shown(&json!([good, bad]), Shape::Objects).is_err(), "{bad}");
        }
        for bad in [json!(null), json!(1), json!(["beta"]), json!("b c"), json!(""), good, json!("acme")] {
            assert!(shown(&json!(["acme", bad]), Shape::Ids).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_organization_that_is_there_twice_spoils_all_even_if_in_another_case() {
        for (twice, shape) in [
            (json!({ "acme": "owner", "ACME": "member", "beta": "admin" }), Shape::Map),
            (json!([{ "id": "Acme", "role": "member" }, { "id": "aCME", "role": "member" }]), Shape::Objects),
            (json!(["beta", "acme", "acmE"]), Shape::Ids),
        ] {
            assert_eq!(shown(&twice, shape), Err("organizations.duplicate"), "{twice}");
        }
    }

    #[test]
    fn a_hundred_entries_count_and_more_count_as_none() {
        for (count, expected) in [(100, Ok(100)), (101, Err(Unfit("organizations.too_many")))] {
            let ids: Vec<String> = (0..count).map(|n| format!("o{n}")).collect();
            let read = |claim: &Value, shape| read(claim, shape).map(|all| all.len());
            assert_eq!(read(&json!(ids), Shape::Ids), expected);
            let map: serde_json::Map<_, _> = ids.iter().map(|id| (id.clone(), json!("admin"))).collect();
            assert_eq!(read(&json!(map), Shape::Map), expected);
            let objects: Vec<_> = ids.iter().map(|id| json!({ "id": id, "role": "admin" })).collect();
            assert_eq!(read(&json!(objects), Shape::Objects), expected);
        }
    }

    proptest! {
        #[test]
        fn a_role_is_never_more_than_claimed(id in "[a-z]{1,8}", role in "member|admin|owner|Owner|[a-z]{0,6}") {
            let granted = read(&json!({ id: role.as_str() }), Shape::Map);
            let granted: Vec<_> = granted.iter().flatten().map(|claim| claim.role.as_str()).collect();
            prop_assert_eq!(granted, Role::parse(&role).map(Role::as_str).into_iter().collect::<Vec<_>>());
        }
    }
}
