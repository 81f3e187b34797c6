//! From a request to an answer: find the operation, find out who asks, carry out, describe.

use keyward_core::{Consistency, ErrorCode, Principal};
use serde_json::json;

use crate::contract::{describe, read_command, read_verify};
use crate::http::{Answer, Incoming, cookie};
use crate::ledger::call::{Call, KeyUse, Reply};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::router::{Names, NoRoute, Operation, resolve};
use crate::usecases::authenticate::{Authenticated, Credential, credential_of};
use crate::usecases::{App, unexpected_reply};

/// An answer and what goes with it.
#[derive(Debug)]
pub struct Served {
    /// The answer.
    pub answer: Answer,
    /// What was asked for, for the log.
    pub operation: &'static str,
    /// To be sent in the background, after the answer: keys that were used.
    pub reports: Vec<KeyUse>,
}

/// Answers a request that needs no configuration, no credential and no storage: health, and what is not there.
///
/// # Errors
/// The operation and the ids in the path of any other request.
pub fn serve_alone<'a>(request: &'a Incoming, request_id: &str) -> Result<Served, (Operation, Names<'a>)> {
    let (answer, operation) = match resolve(&request.method, &request.path) {
        Ok((Operation::Health, _)) => {
            let body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
            let answer = request.params(&[]).map(|_| Answer::json(200, &body));
            let answer = answer.unwrap_or_else(|problem| Answer::problem(&problem, request_id));
            (answer, Operation::Health.id())
        }
        Ok(found) => return Err(found),
        Err(NoRoute::NotFound) => (Answer::problem(&ErrorCode::RouteNotFound.into(), request_id), "none"),
        Err(NoRoute::MethodNotAllowed(allowed)) => {
            let problem = Problem::new(ErrorCode::RouteMethodNotAllowed);
            (Answer::problem(&problem, request_id).with("allow", allowed), "none")
        }
    };
    Ok(Served { answer, operation, reports: Vec::new() })
}

/// Answers a request.
pub async fn serve<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    (operation, names): (Operation, Names<'_>),
    request_id: &str,
) -> Served {
    let mut reports = Vec::new();
    let answer = carry_out(app, request, operation, names, request_id, &mut reports).await;
    let answer = answer.unwrap_or_else(|problem| Answer::problem(&problem, request_id));
    Served { answer, operation: operation.id(), reports }
}

async fn carry_out<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    operation: Operation,
    names: Names<'_>,
    request_id: &str,
    reports: &mut Vec<KeyUse>,
) -> Result<Answer, Problem> {
    if operation == Operation::SessionOptions {
        request.params(&[])?;
        return Ok(Answer::json(200, &describe::session_options(app.config)));
    }
    let access = request.access_assertion.as_deref().filter(|_| app.config.providers.access.is_some());
    let session = request.cookie.as_deref().and_then(|header| cookie::token(header, request.is_secure));
    let credential = credential_of(request.authorization.as_deref(), session, access)?;
    if !request.only_reads() && !credential.may_change(request.sender) {
        return Err(ErrorCode::AuthForeignOrigin.into());
    }
    // Verifying is the hot path: the caller's key is looked up as the callers' customers' keys are. Whatever shows or
    // changes keys asks the ledger.
    let consistency = if operation == Operation::VerifyKey { Consistency::Fast } else { Consistency::Strong };
    if operation == Operation::EndSession {
        return end_session(app, request, &credential).await;
    }
    let mut who = match app.authenticate(&credential, consistency).await {
        // A browser need not carry on with a session that has ended.
        Err(problem)
            if matches!(credential, Credential::Session(_)) && problem.code == ErrorCode::AuthInvalid =>
        {
            let answer = Answer::problem(&problem, request_id);
            return Ok(answer.with("set-cookie", cookie::clear(request.is_secure)));
        }
        outcome => outcome?,
    };
    reports.extend(who.report.take());
    match operation {
        Operation::VerifyKey => {
            let mut verification = app.verify_key(&who.principal, read_verify(request)?).await?;
            reports.extend(verification.report.take());
            Ok(Answer::json(200, &describe::verification(&verification)))
        }
        Operation::Whoami => {
            request.params(&[])?;
            let memberships = app.memberships_of(&who.principal).await?;
            Ok(Answer::json(200, &describe::whoami(&who, &memberships)))
        }
        Operation::StartSession => start_session(app, request, &credential, &who).await,
        _ => manage(app, request, operation, names, request_id, who.principal).await,
    }
}

async fn start_session<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    credential: &Credential,
    who: &Authenticated,
) -> Result<Answer, Problem> {
    request.params(&[])?;
    request.no_fields()?;
    let token = app.start_session(who, credential).await?;
    let memberships = app.memberships_of(&who.principal).await?;
    let answer = Answer::json(201, &describe::whoami(who, &memberships));
    Ok(answer.with("set-cookie", cookie::set(token.as_str(), request.is_secure)))
}

async fn end_session<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    credential: &Credential,
) -> Result<Answer, Problem> {
    request.params(&[])?;
    request.no_fields()?;
    app.end_session(credential).await?;
    Ok(Answer::no_content().with("set-cookie", cookie::clear(request.is_secure)))
}

/// Hands a request on to the ledger that it concerns. Who may, and what becomes of it, is decided there, in one
/// transaction.
async fn manage<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    operation: Operation,
    names: Names<'_>,
    request_id: &str,
    principal: Principal,
) -> Result<Answer, Problem> {
    // What is wrong with a request is said here, before a ledger is woken.
    let (owner, _command) = read_command(request, operation, names, &principal)?;
    let call = Call::Manage(principal, request.forwarded(request_id));
    match app.ask(owner.ledger(), &call).await? {
        Reply::Answer(answer) => Ok(answer),
        _ => Err(unexpected_reply()),
    }
}
