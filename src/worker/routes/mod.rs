//! From a request to an answer: find the operation, find out who asks, read strictly, carry out, describe.

mod describe;
mod keys;
mod organizations;
mod read;
mod verify;

use keyward_core::policy::Principal;
use keyward_core::{Consistency, ErrorCode};
use serde_json::json;

use crate::http::{Answer, Incoming};
use crate::ledger::Call;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::router::{Names, NoRoute, Operation, resolve};
use crate::usecases::App;
use crate::usecases::authenticate::{Authenticated, credential_of};

/// An answer and what goes with it.
#[derive(Debug)]
pub struct Served {
    /// The answer.
    pub answer: Answer,
    /// What was asked for, for the log.
    pub operation: &'static str,
    /// To be sent in the background, after the answer: keys that were used.
    pub reports: Vec<Call>,
}

/// Somebody's request, once it is known what is asked for and who asks.
struct Asked<'a, P> {
    app: &'a App<'a, P>,
    request: &'a Incoming,
    names: Names<'a>,
    who: Authenticated,
}

impl<P> Asked<'_, P> {
    fn principal(&self) -> &Principal {
        &self.who.principal
    }
}

/// Answers a request that needs no configuration, no credential and no storage: health, and what is not there.
///
/// # Errors
/// The operation and the ids in the path of any other request.
pub fn serve_alone<'a>(request: &'a Incoming, request_id: &str) -> Result<Served, (Operation, Names<'a>)> {
    let (answer, operation) = match resolve(&request.method, &request.path) {
        Ok((Operation::Health, _)) => {
            let body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
            (Answer::json(200, body), Operation::Health.id())
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
pub async fn serve<'a, P: Ports>(
    app: &App<'_, P>,
    request: &'a Incoming,
    (operation, names): (Operation, Names<'a>),
    request_id: &str,
) -> Served {
    let mut reports = Vec::new();
    let answer = carry_out(app, request, operation, names, &mut reports).await;
    let answer = answer.unwrap_or_else(|problem| Answer::problem(&problem, request_id));
    Served { answer, operation: operation.id(), reports }
}

async fn carry_out<P: Ports>(
    app: &App<'_, P>,
    request: &Incoming,
    operation: Operation,
    names: Names<'_>,
    reports: &mut Vec<Call>,
) -> Result<Answer, Problem> {
    let credential = credential_of(request.authorization.as_deref())?;
    // Verifying is the hot path: the caller's key is looked up as the callers' customers' keys are. Whatever shows or
    // changes keys asks the ledger.
    let consistency = if operation == Operation::VerifyKey { Consistency::Fast } else { Consistency::Strong };
    let mut who = app.authenticate(&credential, consistency).await?;
    reports.extend(who.report.take());
    let asked = Asked { app, request, names, who };
    match operation {
        Operation::VerifyKey => asked.verify_key(reports).await,
        Operation::Whoami => asked.whoami().await,
        Operation::PutOrganization => asked.put_organization().await,
        Operation::GetOrganization => asked.get_organization().await,
        Operation::ListMembers => asked.list_members().await,
        Operation::PutMember => asked.put_member().await,
        Operation::RemoveMember => asked.remove_member().await,
        Operation::ListOrganizations => asked.list_organizations().await,
        Operation::CreateKey => asked.create_key().await,
        Operation::ListKeys => asked.list_keys().await,
        Operation::GetKey => asked.get_key().await,
        Operation::UpdateKey => asked.update_key().await,
        Operation::RevokeKey => asked.revoke_key().await,
        Operation::RollKey => asked.roll_key().await,
        Operation::DeleteKey => asked.delete_key().await,
        Operation::ListEvents => asked.list_events().await,
        Operation::Health => Err(ErrorCode::ServerInternal.into()),
    }
}
