//! The OpenAPI document of the HTTP API, put together from what operations and types say about themselves.

#![expect(clippy::indexing_slicing, reason = "the values are made here, so what they hold is known")]

use std::collections::BTreeSet;

use keyward_app::operations::Operation;
use keyward_app::operations::documentation::{Documentation, DocumentedResponse, MakeSchema};
use keyward_app::problem::FieldProblem;
use keyward_app::request::too_large;
use keyward_app::response::{LINES, Success};
use keyward_app::router::Route;
use keyward_core::idempotency::{IDEMPOTENCY_KEY_MAX, IDEMPOTENCY_KEY_MIN};
use keyward_core::schema::OrganizationId;
use keyward_core::{ErrorCode, KeyId, OwnerId, SessionId};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::access::refusals;
use crate::schemas::Schemas;

/// The header that says whose a response is.
const CALLER: &str = "Keyward-Caller";

/// The OpenAPI document.
pub(crate) fn document() -> Result<String, String> {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for operation in Operation::ALL {
        let endpoint = operation.endpoint();
        for route in endpoint.routes {
            let item = paths.entry(route.path).or_insert_with(|| path_item(&mut schemas, route.path));
            let is_one_of_several = endpoint.routes.len() > 1;
            item[endpoint.method.to_lowercase()] =
                describe(&mut schemas, &operation.documentation(), endpoint.method, route, is_one_of_several);
        }
    }
    let mut document: Value =
        serde_json::from_str(include_str!("openapi.json")).map_err(|error| error.to_string())?;
    document["paths"] = paths.into();
    let components = &mut document["components"];
    components["responses"] = PROBLEMS.iter().map(problem_response).collect::<Map<_, _>>().into();
    let problem = problem(&mut schemas);
    components["schemas"] = schemas.components()?.into();
    components["schemas"]["Problem"] = problem;
    pretty(&document)
}

/// A value as the text of a file.
pub(crate) fn pretty(value: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The parameters that all operations of a path share: its ids. Not as components, or clients would make a type of
/// each.
fn path_item(schemas: &mut Schemas, path: &str) -> Value {
    let organization = schemas.sent(SchemaGenerator::subschema_for::<OrganizationId>);
    let user = schemas.sent(SchemaGenerator::subschema_for::<OwnerId>);
    let key = schemas.sent(SchemaGenerator::subschema_for::<KeyId>);
    let session = schemas.sent(SchemaGenerator::subschema_for::<SessionId>);
    let names = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<_> = names
        .map(|name| {
            let (description, schema) = match name {
                "key" => ("The key's id.", &key),
                "session" => ("The session's id.", &session),
                "user" => ("The user's id; `me` is the calling user.", &user),
                _ => ("The organization's id.", &organization),
            };
            json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
        })
        .collect();
    if parameters.is_empty() { json!({}) } else { json!({ "parameters": parameters }) }
}

/// An operation on one of its paths.
fn describe(
    schemas: &mut Schemas,
    documentation: &Documentation,
    method: &str,
    route: &Route,
    is_one_of_several: bool,
) -> Value {
    let owner =
        ["user", "deployment"].into_iter().find(|owner| route.path.starts_with(&format!("/v1/{owner}")));
    let about = match owner {
        _ if !is_one_of_several => String::new(),
        owner => format!(" ({})", owner.unwrap_or("organization")),
    };
    let summary = format!("{}{about}", documentation.summary);
    let codes = problems(documentation, method, route.path);
    let mut operation = json!({
        "operationId": route.id,
        "tags": [documentation.tag],
        "summary": summary,
        "x-problems": codes.iter().map(|code| code.as_str()).collect::<BTreeSet<_>>(),
    });
    if !documentation.description.is_empty() {
        operation["description"] = documentation.description.into();
    }
    if documentation.is_for_gateways {
        operation["security"] = json!([{ "gateway": [], "bearer": [] }, { "gateway": [], "key": [] }]);
        operation["x-any-method"] = true.into();
    } else if documentation.is_public {
        operation["security"] = json!([]);
    }
    if let Some(make) = documentation.query {
        operation["parameters"] = schemas.query(make).into();
    }
    if documentation.is_repeatable {
        operation["parameters"] = json!([idempotency_key()]);
    }
    let example = |value: &Value| match owner.filter(|_| is_one_of_several) {
        Some(owner) => for_owner(value, owner),
        None => value.clone(),
    };
    if let Some((make, body, is_required)) = &documentation.body {
        let content = json!({ "schema": schemas.sent(*make), "example": example(body) });
        let media_type =
            if documentation.is_form { "application/x-www-form-urlencoded" } else { "application/json" };
        let mut content = json!({ media_type: content });
        if documentation.takes_lines {
            content[LINES] = json!({ "schema": { "type": "string" } });
        }
        operation["requestBody"] = json!({ "required": is_required, "content": content });
    }
    let mut responses = Map::new();
    for response in &documentation.responses {
        let (status, response) = success(schemas, response, documentation, example);
        responses.insert(status.to_owned(), response);
    }
    for (status, name, ..) in PROBLEMS {
        if codes.iter().any(|code| code.status() == status) {
            responses.insert(status.to_string(), reference("responses", name));
        }
    }
    operation["responses"] = responses.into();
    operation
}

/// The header `Idempotency-Key`.
fn idempotency_key() -> Value {
    let description = "A text of your own choice, as random as a password, that makes it safe to send the request again: for a day the same text with the same body gets the same response, the key's text included. It counts for the credential and the owner.";
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false, "description": description,
        "schema": {
            "type": "string", "minLength": IDEMPOTENCY_KEY_MIN, "maxLength": IDEMPOTENCY_KEY_MAX, "pattern": "^[ -~]+$",
        },
    })
}

/// Whether a query is one for pages of a list.
fn is_paged(make: MakeSchema) -> bool {
    let query = make(&mut SchemaGenerator::default());
    query.get("properties").is_some_and(|properties| properties.get("after").is_some())
}

fn success(
    schemas: &mut Schemas,
    response: &DocumentedResponse,
    documentation: &Documentation,
    example: impl Fn(&Value) -> Value,
) -> (&'static str, Value) {
    let status = match response.success {
        Success::Ok => "200",
        Success::Created => "201",
        Success::NoContent => "204",
    };
    let more = [
        ("Location", response.has_location),
        ("Link", documentation.query.is_some_and(is_paged)),
        ("Set-Cookie", documentation.sets_cookie),
        (CALLER, !documentation.is_public),
        ("X-Keyward-Key-Id", documentation.is_for_gateways),
        ("X-Keyward-Owner", documentation.is_for_gateways),
        ("X-Keyward-Scopes", documentation.is_for_gateways),
        ("X-Keyward-As-Of", documentation.is_for_gateways),
    ];
    let more = more.into_iter().filter_map(|(name, is_there)| is_there.then_some(name));
    let mut documented = json!({ "description": response.description, "headers": headers(more) });
    if let Some(make) = response.schema {
        let mut content = json!({ "schema": schemas.answered(make) });
        match response.examples.as_slice() {
            [(_, only)] => content["example"] = example(only),
            several => {
                let named = several
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), json!({ "value": example(value) })));
                content["examples"] = named.collect::<Map<_, _>>().into();
            }
        }
        documented["content"] = json!({ documentation.media_type: content });
    }
    (status, documented)
}

fn headers(more: impl Iterator<Item = &'static str>) -> Value {
    let names = ["X-Request-Id", "Cache-Control"].into_iter().chain(more);
    names.map(|name| (name.to_owned(), reference("headers", name))).collect::<Map<_, _>>().into()
}

/// An example for organizations, made into one for a user or for the deployment.
fn for_owner(example: &Value, owner: &str) -> Value {
    match example {
        Value::String(text) if owner == "user" => text.replace("_sk_", "_pat_").into(),
        Value::Array(items) => {
            let only_organizations = [json!("get_organization"), json!("list_members")];
            let kept = items.iter().filter(|item| !only_organizations.contains(item));
            kept.map(|item| for_owner(item, owner)).collect()
        }
        Value::Object(fields) if fields.get("type").is_some_and(|name| name == "organization") => {
            let id = if owner == "user" { json!("ada") } else { Value::Null };
            json!({ "type": owner, "id": id })
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), for_owner(value, owner)));
            fields.collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The problems that an operation can respond with: its own, and those that follow from its method, its path and who
/// may do it.
fn problems(documentation: &Documentation, method: &str, path: &str) -> BTreeSet<ErrorCode> {
    use ErrorCode as Code;
    let is_safe = method == "GET";
    let mut codes = BTreeSet::from([Code::RequestBadParameter, Code::RequestInsecure, Code::RequestKeyInUrl]);
    if !is_safe {
        codes.extend([Code::RequestBadField, too_large(path)]);
        codes.extend(if documentation.is_form {
            [Code::RequestNotForm].as_slice()
        } else if documentation.takes_lines {
            &[Code::RequestBadJson, Code::RequestNotRows]
        } else {
            &[Code::RequestBadJson, Code::RequestMediaType]
        });
    }
    if !documentation.is_public {
        codes.extend([Code::AuthMalformed, Code::AuthMissing, Code::AuthInvalid, Code::AuthOtherCaller]);
        codes.extend([Code::ServerInternal, Code::ServerMisconfigured, Code::ServerUnavailable]);
        codes.extend((!is_safe).then_some(Code::AuthForeignOrigin));
    }
    if path.contains('{') {
        codes.insert(Code::RequestBadId);
    }
    codes.extend(refusals(documentation, path));
    codes.extend(&documentation.problems);
    codes
}

/// The responses for problems: status, name, description, and a header besides those that every response has.
const PROBLEMS: [(u16, &str, &str, Option<&str>); 11] = [
    (
        400,
        "BadRequest",
        "The request is invalid; `errors` says which fields or parameters. `auth.malformed` also carries `WWW-Authenticate`.",
        None,
    ),
    (401, "Unauthorized", "There is no credential, or it is not accepted.", Some("WWW-Authenticate")),
    (
        403,
        "Forbidden",
        "The credential may see this, but not do it; or the request came over plain HTTP (`request.insecure`). With `auth.insufficient_scope`, `WWW-Authenticate` names the scope.",
        None,
    ),
    (404, "NotFound", "It does not exist, or the credential may not see it.", None),
    (
        409,
        "Conflict",
        "The current state does not allow it, or somebody else calls than `Keyward-Caller` says; nothing has changed.",
        None,
    ),
    (
        413,
        "TooLarge",
        "The body is larger than 64 KiB; for a list of found keys, than 1 MiB, and for rows to import, than 2 MiB.",
        None,
    ),
    (
        415,
        "UnsupportedMediaType",
        "The body is not `application/json`; where a form is asked for, not `application/x-www-form-urlencoded`; and of rows, neither that nor `application/x-ndjson`.",
        None,
    ),
    (422, "Unprocessable", "The idempotency key was sent with another request; nothing has changed.", None),
    (500, "Fault", "Something is wrong with the deployment, not with the request.", None),
    (
        503,
        "Unavailable",
        "Storage cannot be reached, and a change may or may not have been made; or there is too much to do at once (`server.busy`).",
        Some("Retry-After"),
    ),
    (
        507,
        "Full",
        "The ledger, or the owner's share of it, is full; nothing has changed. What takes away is still possible: revoking and deleting keys, removing members, ending sessions.",
        None,
    ),
];

fn problem_response(
    (status, name, description, header): &(u16, &str, &str, Option<&'static str>),
) -> (String, Value) {
    let content = json!({ "application/problem+json": { "schema": reference("schemas", "Problem") } });
    let caller = (*status != 401).then_some(CALLER);
    let headers = headers(header.iter().copied().chain(caller));
    let response = json!({ "description": description, "headers": headers, "content": content });
    ((*name).to_owned(), response)
}

/// The body of every problem, as `src/worker/http/response.rs` writes it.
fn problem(schemas: &mut Schemas) -> Value {
    let code = schemas.answered(SchemaGenerator::subschema_for::<ErrorCode>);
    let error = schemas.answered(SchemaGenerator::subschema_for::<FieldProblem>);
    json!({
        "type": "object",
        "description": "A problem (RFC 9457). It repeats nothing that was sent but plain names of unknown fields.",
        "properties": {
            "type": {
                "type": "string", "format": "uri", "pattern": "^urn:keyward:problem:[a-z._]+$",
                "description": "Ends with the code.",
            },
            "title": { "type": "string", "description": "The same for every problem with this code." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What went wrong this time, for people." },
            "code": code,
            "request_id": {
                "type": "string", "pattern": "^req_[0-9a-f]{32}$",
                "description": "The request's id, which is in the log too.",
            },
            "errors": {
                "type": "array", "minItems": 1, "items": error,
                "description": "Which fields or parameters are missing or invalid.",
            },
        },
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "additionalProperties": false,
    })
}
