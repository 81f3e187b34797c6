//! `GET /admin/api-keys`: which keys a query wants, and a page of them.

use std::cell::Cell;

use keyward_core::page::{Cursor, Page};
use keyward_core::query::{KeyQuery, OFFSET_MAX, Order, Search, SortField};
use keyward_core::{Entropy, KeyType};

use super::{KNOWN, USUAL, shown};
use crate::ledger::Ledger;
use crate::ledger::expression::{EXPRESSION_MAX, Expression, TextColumn};
use crate::ledger::sql::Sql;
use crate::medusa::conditions::condition;
use crate::medusa::fields::Fields;
use crate::medusa::query::{self, Faults, Part};
use crate::medusa::{Asked, LIMIT_MAX, invalid, page};
use crate::problem::Problem;
use crate::resources::Key;

/// Most bytes of a list. A key may be linked to many sales channels, and each of them has a name and a description.
const ANSWER_MAX: usize = 8 << 20;

/// How often a list goes on where filters hide all that one walk finds.
const WALKS_MAX: u32 = 20;

impl Asked {
    pub(in crate::medusa) fn list_keys<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        let mut part = Part { limit: 20, offset: 0, order: None, fields: None };
        let (wanted, expression) = self.wanted_keys(&mut part)?;
        let fields = Fields::read(part.fields, USUAL, KNOWN);
        let channels = ledger.channels_for(&self, &fields)?;
        let now = ledger.now;
        let size = Cell::new(0);
        let show = |record| {
            // The rest of what is too much is not kept.
            if size.get() > ANSWER_MAX {
                return String::new();
            }
            let json = shown(&Key::without_permissions(record, now), None, &channels, &fields);
            size.set(size.get() + json.len());
            json
        };
        let list = self.caller.list("medusa");
        let (mut found, mut count, mut after) = (Vec::new(), 0, None::<Cursor>);
        let mut left = Page::of(&list, part.limit, part.offset, None)?;
        for walk in 0..WALKS_MAX {
            let read =
                ledger.store.keys(&self.caller.owner, &wanted, Some(&expression), &left, now, &show)?;
            found.extend(read.entries);
            if walk == 0 {
                count = read.facts.count;
            }
            after = read.facts.after;
            let seen = u32::try_from(found.len()).unwrap_or(u32::MAX);
            if after.is_none() || seen >= part.limit {
                break;
            }
            if walk + 1 == WALKS_MAX {
                // Medusa's clients would take what was found so far for all that there is.
                return Err(invalid(
                    "Too many keys would have to be looked at for this; ask for some by q, id, title, token or type",
                ));
            }
            left = Page::of(&list, part.limit - seen, 0, after.as_ref())?;
        }
        if size.get() > ANSWER_MAX {
            return Err(invalid("This is too much for one answer; ask for less with limit or fields"));
        }
        // There is more than was counted where the list goes on.
        if !found.is_empty() {
            let seen = part.offset.saturating_add(u32::try_from(found.len()).unwrap_or(u32::MAX));
            count = count.max(seen.saturating_add(after.is_some().into()));
        }
        Ok(page("api_keys", &found, count, &part))
    }

    /// Which keys a query wants, and which part of them.
    fn wanted_keys<'q>(&'q self, part: &mut Part<'q>) -> Result<(KeyQuery, Expression), Problem> {
        let mut faults = Faults::default();
        let mut wanted = KeyQuery {
            order: Order { field: SortField::CreatedAt, descending: false },
            ..KeyQuery::default()
        };
        let mut all = Vec::new();
        for (name, node) in &self.root.inner {
            match name.as_str() {
                "q" => {
                    let text = query::text(node, name, &mut faults).unwrap_or_default();
                    match Search::try_from(text.to_owned()) {
                        Ok(search) => wanted.q = Some(search),
                        Err(error) => faults.add(format!("Field 'q' {error}")),
                    }
                }
                "with_deleted" => {
                    if !matches!(node.text(), Some("true" | "false")) {
                        faults.add("Expected type: 'boolean' for field 'with_deleted'");
                    }
                }
                _ if part.take(name, node, [LIMIT_MAX, OFFSET_MAX], &mut faults) => {}
                _ if condition(name, node, &mut all, &mut faults) => {}
                _ => faults.unknown(name),
            }
        }
        match part.order.map(order_of) {
            Some(Some(order)) => wanted.order = order,
            Some(None) => faults.add("Field 'order' must be one of id, title, created_at, updated_at, revoked_at and last_used_at, with - before it for descending"),
            None => {}
        }
        // A type that is wanted of all keys is found by an index.
        all.retain(|condition| match only_type(condition) {
            Some(key_type) if wanted.key_type.is_none_or(|known| known == key_type) => {
                wanted.key_type = Some(key_type);
                false
            }
            _ => true,
        });
        let expression = Expression::All(all);
        if expression.size() > EXPRESSION_MAX {
            faults.add(format!("The conditions have more than {EXPRESSION_MAX} parts"));
        }
        faults.refuse()?;
        Ok((wanted, expression))
    }
}

/// The type, where a condition wants nothing else.
fn only_type(condition: &Expression) -> Option<KeyType> {
    let Expression::Text(TextColumn::Type, words) = condition else { return None };
    KeyType::ALL.into_iter().find(|key_type| words.as_slice() == [key_type.as_str()])
}

/// What to sort by, in Medusa's words. Ids are made in the order of creation.
fn order_of(text: &str) -> Option<Order> {
    let name = text.strip_prefix('-').unwrap_or(text);
    let field = match name {
        "id" | "created_at" => SortField::CreatedAt,
        "updated_at" => SortField::UpdatedAt,
        "revoked_at" => SortField::RevokedAt,
        "last_used_at" => SortField::LastUsedAt,
        "title" => SortField::Title,
        _ => return None,
    };
    Some(Order { field, descending: name.len() < text.len() })
}
