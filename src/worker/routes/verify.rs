//! `POST /v1/verify` and `GET /v1/whoami`.

use keyward_core::policy::Principal;
use keyward_core::verify::Verdict;
use keyward_core::{Consistency, OwnerId, Scopes};
use serde_json::{Value, json};

use super::{Asked, describe, read};
use crate::http::Answer;
use crate::http::fields::{text, word};
use crate::ledger::Call;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::projection::STALENESS_MAX_SECONDS;
use crate::usecases::verify::VerifyKey;

impl<P: Ports> Asked<'_, P> {
    pub(super) async fn verify_key(&self, reports: &mut Vec<Call>) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let mut fields = self.request.fields(&["key", "organization", "scopes", "consistency"])?;
        let key = fields.required("key", text(|text| Ok::<_, String>(text.to_owned())));
        let organization = fields.nullable("organization", text(OwnerId::parse));
        let scopes = fields.optional("scopes", read::scopes);
        let consistency = fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str));
        let asked = fields.finish(key.map(|key| VerifyKey {
            key,
            organization: organization.flatten(),
            scopes: scopes.unwrap_or_default(),
            consistency: consistency.unwrap_or_default(),
        }))?;
        let verification = self.app.verify_key(self.principal(), asked).await?;
        reports.extend(verification.report);
        let code = verification.verdict.as_str();
        let Some(record) = verification.record.filter(|_| verification.verdict == Verdict::Valid) else {
            return Ok(Answer::json(200, json!({ "valid": false, "code": code })));
        };
        let staleness = match verification.consistency {
            Consistency::Fast => STALENESS_MAX_SECONDS,
            Consistency::Strong => 0,
        };
        let body = json!({
            "valid": true,
            "code": code,
            "key": describe::verified_key(&record, verification.now),
            "consistency": verification.consistency.as_str(),
            "max_staleness_seconds": staleness,
        });
        Ok(Answer::json(200, body))
    }

    pub(super) async fn whoami(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        Ok(Answer::json(200, self.whoami_body().await?))
    }

    pub(super) async fn whoami_body(&self) -> Result<Value, Problem> {
        let organizations = self.app.organizations_of(self.principal()).await?;
        let (kind, id, scopes) = match self.principal() {
            Principal::Root => ("root", None, every_scope()),
            Principal::User { id, .. } => ("user", Some(id.to_string()), every_scope()),
            Principal::Key { id, scopes, .. } => ("key", Some(id.to_string()), describe::scopes(scopes)),
        };
        let key = self.who.key.as_ref().map(|(record, now)| describe::key(record, *now, None));
        let organizations: Vec<Value> = organizations.iter().map(describe::membership).collect();
        Ok(json!({ "type": kind, "id": id, "scopes": scopes, "organizations": organizations, "key": key }))
    }
}

fn every_scope() -> Value {
    json!([Scopes::ALL])
}
