//! What is said of one provider: in variables, or in an object in the list `JWT_ISSUERS`.

use serde_json::Value;

use super::ProviderError;
use crate::objects;

/// The variables of the first provider: these in upper case, after `JWT_`.
const VARIABLES: &[&str] = &[
    "issuer",
    "audience",
    "jwks_url",
    "client_claim",
    "client_id",
    "algorithms",
    "user_claim",
    "organizations_claim",
    "organizations_shape",
    "sign_in_url",
];
/// The fields of a further provider.
const ENTRY: &[&str] = &[
    "issuer",
    "audience",
    "jwks_url",
    "client_claim",
    "client_id",
    "algorithms",
    "user_claim",
    "organizations_claim",
    "organizations_shape",
    "namespace",
];
/// The variables of Cloudflare Access: these in upper case, after `ACCESS_`.
const ACCESS: &[&str] = &["team_domain", "audience", "users", "user_claim"];

/// Reads a text that is not empty, by its name.
type Get<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What is said of one provider.
pub(super) struct Fields<'a> {
    get: Box<Get<'a>>,
    known: &'static [&'static str],
    /// What a variable's name begins with; nothing for an entry of a list.
    prefix: &'static str,
    /// What an error begins with.
    place: String,
}

impl<'a> Fields<'a> {
    fn of(prefix: &'static str, known: &'static [&'static str], text: &'a Get<'a>) -> Self {
        let get = move |field: &str| text(&name(prefix, field));
        Self { get: Box::new(get), known, prefix, place: String::new() }
    }

    /// The variables of the first provider.
    pub(super) fn variables(text: &'a Get<'a>) -> Self {
        Self::of("JWT_", VARIABLES, text)
    }

    /// The variables of Cloudflare Access.
    pub(super) fn access(text: &'a Get<'a>) -> Self {
        Self::of("ACCESS_", ACCESS, text)
    }

    /// Whether it is an entry of a list, and not variables.
    pub(super) fn is_entry(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Whether anything is said.
    pub(super) fn any(&self) -> bool {
        self.known.iter().any(|field| self.text(field).is_some())
    }

    /// A field that is not empty.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        (self.get)(field)
    }

    /// A field with commas between what it lists.
    pub(super) fn list(&self, field: &str) -> Result<Option<Vec<String>>, ProviderError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
        if words.iter().any(String::is_empty) {
            return Err(
                self.wrong(field, "has to be one or more, with commas between, and none of them empty")
            );
        }
        Ok(Some(words))
    }

    /// What the operator calls a field.
    pub(super) fn name(&self, field: &str) -> String {
        name(self.prefix, field)
    }

    /// Says what is wrong with a field.
    pub(super) fn wrong(&self, field: &str, expected: &str) -> ProviderError {
        ProviderError(format!("{}{} {expected}", self.place, self.name(field)))
    }

    /// Says that a field is missing where another one is there.
    pub(super) fn missing(&self, field: &str, together: &[&str]) -> ProviderError {
        let names = names(self.prefix, together, " and ");
        self.wrong(field, &format!("is missing: {names} go together"))
    }

    /// A field that has to be there, as the others have.
    pub(super) fn needed(&self, field: &str, together: &[&str]) -> Result<String, ProviderError> {
        self.text(field).ok_or_else(|| self.missing(field, together))
    }
}

/// A field's name, or a variable's.
fn name(prefix: &str, field: &str) -> String {
    if prefix.is_empty() { field.to_owned() } else { format!("{prefix}{}", field.to_ascii_uppercase()) }
}

fn names(prefix: &str, fields: &[&str], separator: &str) -> String {
    let mut names = String::new();
    for field in fields {
        names += if names.is_empty() { "" } else { separator };
        names += &name(prefix, field);
    }
    names
}

/// The further providers: an array of objects, of which every value is a text.
pub(super) fn entries(text: Option<&str>) -> Result<Vec<Fields<'static>>, ProviderError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let Ok(Value::Array(list)) = objects::from_str(text) else { return Err(not_a_list()) };
    let mut entries = Vec::new();
    for entry in list {
        entries.push(read_entry(entries.len() + 1, entry)?);
    }
    Ok(entries)
}

fn not_a_list() -> ProviderError {
    ProviderError("JWT_ISSUERS has to be a JSON array of objects".to_owned())
}

fn read_entry(number: usize, entry: Value) -> Result<Fields<'static>, ProviderError> {
    let Value::Object(object) = &entry else { return Err(not_a_list()) };
    let place = format!("JWT_ISSUERS: in entry {number}, ");
    if object.keys().any(|name| !ENTRY.contains(&name.as_str())) {
        let known = names("", ENTRY, ", ");
        return Err(ProviderError(format!("{place}a field is not known; known are {known}")));
    }
    if let Some((name, _)) = object.iter().find(|(_, value)| !value.is_string()) {
        return Err(ProviderError(format!("{place}{name} has to be a text")));
    }
    let get = move |field: &str| {
        let text = entry.get(field)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Ok(Fields { get: Box::new(get), known: ENTRY, prefix: "", place })
}
