//! Authorizes a visitor's request for a gateway, which passes it on or not (forward authentication).
//!
//! A gateway sends along whatever the visitor has sent, so nothing of that matters but the key: no cookie, no origin, no body.

use std::borrow::Cow;

use keyward_core::verify::Verdict;
use keyward_core::{ErrorCode, Scopes};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::authentication::{Credential, read_alone};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{AUTHORIZE_PATH, Credentials, Incoming, PathParams};
use crate::response::{Response, Visitor};
use crate::router::Route;
use crate::verification::{AskedBy, CalledBy, Requirements};

/// Authorizes a visitor's request.
#[derive(Debug)]
pub struct AuthorizeRequest;

impl EdgeOperation for AuthorizeRequest {
    const ENDPOINT: Endpoint =
        Endpoint { method: "GET", routes: &[Route { id: "authorize_request", path: AUTHORIZE_PATH }] };

    /// The gateway comes first: a visitor is judged for one that may ask.
    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let gateway = incoming.credentials.gateway.as_deref().map(read_alone).transpose();
        let credential = gateway.map_err(of_gateway)?.unwrap_or(Credential::None);
        let by = AskedBy { called_by: CalledBy::Credential(credential), client_id: None, incoming: None };
        let visitor = key_of(&incoming.credentials);
        let key = visitor.as_deref().unwrap_or_default().to_owned();
        let asked = incoming.request.query::<Requirements>().map(|requirements| requirements.of(key));
        let verified = app.answer(&by, &asked).await.map_err(of_gateway)?;
        visitor?;
        match verified.record {
            Some(record) if verified.verdict == Verdict::Valid => Ok(Response::pass(Visitor {
                key: record.id,
                owner: record.owner,
                scopes: record.settings.scopes,
                as_of: verified.as_of,
            })),
            _ => Err(refusal(verified.verdict, &asked?.scopes)),
        }
    }
}

/// The visitor's key: that of the headers in which keys are sent, and nothing that a browser adds by itself.
fn key_of(credentials: &Credentials) -> Result<Cow<'_, str>, Problem> {
    match Credential::in_headers(credentials) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(ErrorCode::AuthMissing.into()),
        // Gateways pass a 401 on, and take a 400 for a fault of their own.
        Err(mut malformed) => {
            malformed.code = ErrorCode::AuthInvalid;
            Err(malformed)
        }
    }
}

/// What is wrong with the gateway's own key, and nothing that the visitor could mend: never a 401 or 403, which gateways pass on.
fn of_gateway(problem: Problem) -> Problem {
    let why = match problem.code {
        ErrorCode::AuthMalformed => "It has to hold one key, and nothing else.",
        _ if matches!(problem.code.status(), 401 | 403 | 404) => {
            problem.detail.as_deref().unwrap_or(problem.code.title())
        }
        _ => return problem,
    };
    Problem::new(ErrorCode::GatewayNotAccepted).because(format!("The header X-Keyward-Gateway: {why}"))
}

/// What a visitor is told whose key is not valid for what the gateway requires.
fn refusal(verdict: Verdict, scopes: &Scopes) -> Problem {
    let detail = match verdict {
        Verdict::InsufficientScope => {
            let mut problem = Problem::new(ErrorCode::AuthInsufficientScope);
            problem.scope = Some(scopes.spaced().into());
            return problem;
        }
        Verdict::NotAMember => {
            return Problem::new(ErrorCode::AuthForbidden).because("The key does not reach this organization.");
        }
        Verdict::Malformed => "This is no key.",
        Verdict::WrongEnvironment => "This key is for another environment.",
        Verdict::Revoked => "The key was revoked.",
        Verdict::Expired => "The key has expired.",
        Verdict::Forged | Verdict::Unknown | Verdict::Valid => "The key is not accepted.",
    };
    Problem::new(ErrorCode::AuthInvalid).because(detail)
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for AuthorizeRequest {
    fn documentation() -> super::documentation::Documentation {
        super::documentation::Documentation::new(
            "verify",
            "Authorize a visitor's request for a gateway",
            "For gateways that ask before they pass a request on (`auth_request` of nginx, `forward_auth` of Caddy, `forwardAuth` of Traefik, `ext_authz` of Envoy): the visitor's key is read from `Authorization` (Bearer, or Basic as the name or as the password) or `X-Api-Key`, the gateway's own from `X-Keyward-Gateway`: one that may verify. The verdict is that of `verify_key`. Nothing else that the visitor has sent matters, no cookie and no body; any method is answered as GET is, since some gateways keep the visitor's. 200 lets the visitor pass. 401 is for a visitor without a key, with more than one, or with one that is not accepted; 403 for one whose key lacks a scope or does not reach the organization; 503 where nobody can say. What is wrong with the gateway's own key is a 500, so that no visitor is blamed for it.",
        )
        .query::<Requirements>()
        .for_gateways("The visitor may pass.")
        .problems(&[
            ErrorCode::AuthMissing,
            ErrorCode::AuthInvalid,
            ErrorCode::AuthForbidden,
            ErrorCode::AuthInsufficientScope,
            ErrorCode::GatewayNotAccepted,
            ErrorCode::ServerBusy,
            ErrorCode::ServerInternal,
            ErrorCode::ServerMisconfigured,
            ErrorCode::ServerUnavailable,
        ])
    }
}
