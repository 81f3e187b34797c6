//! What may be done to keys.

use keyward_core::fields::Reason;
use keyward_core::life::{Changes, NewKey, Transition, create};
use keyward_core::policy::{Action, may_grant};
use keyward_core::query::KeyQuery;
use keyward_core::{Entropy, ErrorCode, KeyId, KeyRecord, KeyType, Kind, Scopes, Status};

use serde_json::Value;

use super::handle::{Asking, Handler};
use super::rows::{Batch, Rows};
use crate::contract::describe;
use crate::http::Answer;
use crate::problem::Problem;
use crate::projection;

fn refuse_foreign_grant(asking: &Asking, scopes: &Scopes) -> Result<(), Problem> {
    if may_grant(&asking.principal, scopes) { Ok(()) } else { Err(ErrorCode::GrantExceedsOwn.into()) }
}

fn kind_of(asking: &Asking, key_type: KeyType) -> Result<Kind, Problem> {
    key_type
        .kind_for(&asking.owner)
        .ok_or_else(|| Problem::field("/type", "only an organization has publishable keys"))
}

impl<R: Rows, E: Entropy> Handler<'_, R, E> {
    pub(super) fn create_key(&mut self, asking: &Asking, new: NewKey) -> Result<Answer, Problem> {
        asking.permit(Action::WriteKeys)?;
        let kind = kind_of(asking, new.key_type)?;
        refuse_foreign_grant(asking, &new.scopes)?;
        let issued = self.issuer.issue(kind, &asking.owner, self.entropy)?;
        let id = KeyId::make(self.now, self.entropy)?;
        let created = create(new, asking.owner.clone(), id, &issued, &asking.principal.actor(), self.now)?;
        let answer = describe::issued(&created.record, issued.text(), None, self.now);
        self.save(asking, vec![created])?;
        Ok(answer)
    }

    pub(super) fn list_keys(&mut self, asking: &Asking, query: &KeyQuery) -> Result<Answer, Problem> {
        asking.permit(Action::ReadKeys)?;
        let (records, count) = self.rows.keys(&asking.owner, query, self.now)?;
        let keys: Vec<Value> = records.iter().map(|record| describe::key(record, self.now, None)).collect();
        Ok(Answer::json(200, &describe::page("keys", &keys, count, query.page)))
    }

    pub(super) fn get_key(&mut self, asking: &Asking, id: &KeyId) -> Result<Answer, Problem> {
        asking.permit(Action::ReadKeys)?;
        Ok(Answer::json(200, &describe::key(&self.load(asking, id)?, self.now, None)))
    }

    pub(super) fn update_key(
        &mut self,
        asking: &Asking,
        id: &KeyId,
        changes: Changes,
    ) -> Result<Answer, Problem> {
        asking.permit(Action::WriteKeys)?;
        let record = self.load(asking, id)?;
        if let Some(granted) = changes.grants(&record) {
            refuse_foreign_grant(asking, granted)?;
        }
        let updated = record.update(changes, &asking.principal.actor(), self.now)?;
        let answer = Answer::json(200, &describe::key(&updated.record, self.now, None));
        self.save(asking, vec![updated])?;
        Ok(answer)
    }

    pub(super) fn revoke_key(
        &mut self,
        asking: &Asking,
        id: &KeyId,
        revoke_in: u32,
        reason: Option<Reason>,
    ) -> Result<Answer, Problem> {
        asking.permit(Action::WriteKeys)?;
        let record = self.load(asking, id)?;
        let revoked = record.revoke(revoke_in, reason, &asking.principal.actor(), self.now)?;
        let answer = describe::revoked(&revoked.record, self.now);
        self.save(asking, vec![revoked])?;
        Ok(answer)
    }

    pub(super) fn roll_key(&mut self, asking: &Asking, id: &KeyId, grace: u32) -> Result<Answer, Problem> {
        asking.permit(Action::WriteKeys)?;
        let record = self.load(asking, id)?;
        refuse_foreign_grant(asking, &record.scopes)?;
        let kind = kind_of(asking, record.key_type)?;
        let issued = self.issuer.issue(kind, &asking.owner, self.entropy)?;
        let new_id = KeyId::make(self.now, self.entropy)?;
        let (old, new) = record.roll(grace, new_id, &issued, &asking.principal.actor(), self.now)?;
        let answer = describe::issued(&new.record, issued.text(), Some(&old.record), self.now);
        self.save(asking, vec![old, new])?;
        Ok(answer)
    }

    pub(super) fn delete_key(
        &mut self,
        asking: &Asking,
        id: &KeyId,
        revoke: bool,
    ) -> Result<Answer, Problem> {
        asking.permit(Action::WriteKeys)?;
        let mut record = self.load(asking, id)?;
        let actor = asking.principal.actor();
        let mut batch = Batch::default();
        if revoke && record.status(self.now) != Status::Revoked {
            let revoked = record.revoke(0, None, &actor, self.now)?;
            self.note(&mut batch, &asking.owner, revoked.event)?;
            record = revoked.record;
        }
        let deleted = record.delete(&actor, self.now)?;
        self.note(&mut batch, &asking.owner, deleted)?;
        batch.deliveries.push(projection::of_deleted_key(&record));
        batch.deleted_keys.push((record.owner, record.id));
        self.rows.commit(batch, self.now)?;
        Ok(Answer::no_content())
    }

    fn load(&self, asking: &Asking, id: &KeyId) -> Result<KeyRecord, Problem> {
        self.rows.key(&asking.owner, id)?.ok_or_else(|| ErrorCode::KeyNotFound.into())
    }

    /// Row, event and delivery of each transition, in one transaction.
    fn save(&mut self, asking: &Asking, transitions: Vec<Transition>) -> Result<(), Problem> {
        let mut batch = Batch::default();
        for Transition { record, event } in transitions {
            self.note(&mut batch, &asking.owner, event)?;
            batch.deliveries.push(projection::of_key(&record));
            batch.keys.push(record);
        }
        Ok(self.rows.commit(batch, self.now)?)
    }
}
