//! The rows of organizations and their people: how they are read and changed.

use keyward_core::page::Page;
use keyward_core::query::{OrganizationQuery, Search};
use keyward_core::staleness::Limits;
use keyward_core::text::fold;
use keyward_core::{Actor, Invitation, Member, Organization, Owner, OwnerId, Role, Timestamp};

use super::Transaction;
use super::directory::DirectoryEntry;
use super::memberships::Membership;
use super::pages::{Conditions, Listing};
use super::sql::{Row, Sql, SqlValue, unreadable};
use super::store::{Listed, Store, Stored};
use crate::json;
use crate::resources::ShownPage;

/// A list that is sorted by ids, of which these are wanted.
fn by_id(table: &str, id: &'static str, condition: &str, value: SqlValue) -> Listing {
    let (mut rows, filters) = (Conditions::default(), Conditions::default());
    rows.and(condition).with(value);
    let table = table.to_owned();
    Listing {
        table,
        columns: ", body",
        value: "",
        id,
        descending: false,
        rows,
        filters,
        total: None,
        sample: None,
    }
}

fn id(row: &mut Row) -> Stored<OwnerId> {
    OwnerId::parse(&row.text()?).map_err(|_| unreadable("an id is not one"))
}

impl<S: Sql> Store<S> {
    /// The organization, if it exists.
    pub(crate) fn organization(&self, id: &OwnerId) -> Stored<Option<Organization>> {
        let query = "SELECT body FROM organizations WHERE id = ? AND deleted_at IS NULL";
        self.first(query, &[id.as_str().into()], Row::json)
    }

    /// Whether the organization exists, or has existed until it was deleted.
    pub(crate) fn has_had_organization(&self, id: &OwnerId) -> Stored<bool> {
        Ok(self.count("organizations WHERE id = ?", &[id.as_str().into()])? > 0)
    }

    /// The id that was claimed among those that differ from this one in case alone.
    pub(crate) fn claim(&self, folded: &OwnerId) -> Stored<Option<String>> {
        self.first("SELECT id FROM claims WHERE folded = ?", &[folded.as_str().into()], Row::text)
    }

    /// Who deleted the user; `None` for one who was not deleted.
    pub(crate) fn deleted_by(&self, user: &OwnerId) -> Stored<Option<Actor>> {
        self.first("SELECT body FROM deleted_users WHERE user = ?", &[user.as_str().into()], Row::json)
    }

    /// The member, if the user is one.
    pub(crate) fn member(&self, organization: &OwnerId, user: &OwnerId) -> Stored<Option<Member>> {
        let query = "SELECT body FROM members WHERE organization = ? AND user = ?";
        self.first(query, &[organization.as_str().into(), user.as_str().into()], Row::json)
    }

    /// All members.
    pub(crate) fn members(&self, organization: &OwnerId) -> Stored<Listed<Member>> {
        let query = "SELECT body FROM members WHERE organization = ?";
        self.list(query, &[organization.as_str().into()], Row::json)
    }

    /// Who all members are, also those who cannot be read.
    pub(crate) fn member_ids(&self, organization: &OwnerId) -> Stored<Vec<OwnerId>> {
        let query = "SELECT user FROM members WHERE organization = ?";
        Ok(self.list(query, &[organization.as_str().into()], id)?.readable)
    }

    /// Who is invited, also by an invitation that cannot be read.
    pub(crate) fn invited_ids(&self, organization: &OwnerId) -> Stored<Vec<OwnerId>> {
        let query = "SELECT user FROM invitations WHERE organization = ?";
        Ok(self.list(query, &[organization.as_str().into()], id)?.readable)
    }

    /// How many members the organization has.
    pub(crate) fn count_members(&self, organization: &OwnerId) -> Stored<u32> {
        self.count("members WHERE organization = ?", &[organization.as_str().into()])
    }

    /// A page of members, by id, each as `show` shows it.
    pub(crate) fn member_page(
        &self,
        organization: &OwnerId,
        page: &Page,
        show: &dyn Fn(Member) -> String,
    ) -> Stored<ShownPage> {
        let listing = by_id("members", "user", "organization = ?", organization.as_str().into());
        self.page(&listing, page, &|row| Ok(show(row.json()?)))
    }

    /// The pending invitation of the user.
    pub(crate) fn invitation(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
        now: Timestamp,
    ) -> Stored<Option<Invitation>> {
        let query = "SELECT body FROM invitations WHERE organization = ? AND user = ? AND expires_at > ?";
        let bindings = [organization.as_str().into(), user.as_str().into(), now.into()];
        self.first(query, &bindings, Row::json)
    }

    /// All pending invitations, by user. There are few: see `INVITATIONS_MAX`.
    pub(crate) fn invitations(&self, organization: &OwnerId, now: Timestamp) -> Stored<Listed<Invitation>> {
        let query = "SELECT body FROM invitations WHERE organization = ? AND expires_at > ? ORDER BY user";
        self.list(query, &[organization.as_str().into(), now.into()], Row::json)
    }

    /// How many invitations of the organization are pending.
    pub(crate) fn count_invitations(&self, organization: &OwnerId, now: Timestamp) -> Stored<u32> {
        let bindings = [organization.as_str().into(), now.into()];
        self.count("invitations WHERE organization = ? AND expires_at > ?", &bindings)
    }

    /// How many owners the organization has. One who cannot be read is none: an organization must not be left to them.
    pub(crate) fn count_owners(&self, organization: &OwnerId) -> Stored<u32> {
        let query = "SELECT body FROM members WHERE organization = ? AND role = ?";
        let bindings = [organization.as_str().into(), Role::Owner.as_str().into()];
        let owners: Listed<Member> = self.list(query, &bindings, Row::json)?;
        let count = owners.readable.iter().filter(|member| member.role == Role::Owner).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// What a user's ledger was told of each organization, by its id: also of memberships that have ended.
    pub(crate) fn memberships(&self, user: &OwnerId) -> Stored<Listed<Membership>> {
        let query = "SELECT body FROM memberships WHERE user = ? ORDER BY organization";
        self.list(query, &[user.as_str().into()], Row::json)
    }

    /// The organizations of which a user's ledger was told, with what it was told where that can be read.
    pub(crate) fn organizations_of(&self, user: &OwnerId) -> Stored<Vec<(OwnerId, Option<Membership>)>> {
        let query = "SELECT organization, body FROM memberships WHERE user = ?";
        let all = self.list(query, &[user.as_str().into()], |row| Ok((id(row)?, row.json().ok())));
        Ok(all?.readable)
    }

    /// How many organizations the user has created, or is about to, besides this one.
    pub(crate) fn count_created(&self, user: &OwnerId, besides: &OwnerId, now: Timestamp) -> Stored<u32> {
        let condition = "memberships WHERE user = ? AND organization <> ? AND created = 1
             AND (until IS NULL OR until > ?)";
        self.count(condition, &[user.as_str().into(), besides.as_str().into(), now.into()])
    }

    /// What a user's ledger was told of one membership, whether it has ended or not.
    pub(crate) fn membership(&self, user: &OwnerId, organization: &OwnerId) -> Stored<Option<Membership>> {
        let query = "SELECT body FROM memberships WHERE user = ? AND organization = ?";
        self.first(query, &[user.as_str().into(), organization.as_str().into()], Row::json)
    }

    /// A page of the organizations of the deployment, by id, each as `show` shows it.
    pub(crate) fn directory(
        &self,
        query: &OrganizationQuery,
        page: &Page,
        show: &dyn Fn(DirectoryEntry) -> String,
    ) -> Stored<ShownPage> {
        // Every id comes after the empty one.
        let alive = "body IS NOT NULL AND organization > ?";
        let mut listing = by_id("directory INDEXED BY directory_alive", "organization", alive, "".into());
        if let Some(text) = query.q.as_ref().and_then(Search::folded) {
            listing.filters.and("instr(search, ?)").with(text.into());
        }
        self.page(&listing, page, &|row| Ok(show(row.json()?)))
    }
}

impl Transaction {
    /// Inserts or replaces an organization.
    pub(crate) fn put_organization(&mut self, organization: &Organization) {
        let limits = Some(&organization.limits).filter(|limits| **limits != Limits::default());
        let row = [organization.id.as_str().into(), json(organization).into(), limits.map(json).into()];
        self.push("INSERT OR REPLACE INTO organizations (id, body, limits) VALUES (?, ?, ?)", row);
    }

    /// Takes an id for this one, among those that differ from it in case alone.
    pub(crate) fn claim(&mut self, id: &OwnerId) {
        let row = [id.folded().as_str().into(), id.as_str().into()];
        self.push("INSERT INTO claims (folded, id) VALUES (?, ?)", row);
    }

    /// Deletes an organization with its members and invitations. That there was one stays, and so do its events.
    pub(crate) fn delete_organization(&mut self, id: &OwnerId) {
        self.restricts = true;
        let row = [self.now.into(), id.as_str().into()];
        self.push("UPDATE organizations SET deleted_at = ?, limits = NULL WHERE id = ?", row);
        self.push("DELETE FROM members WHERE organization = ?", [id.as_str().into()]);
        self.push("DELETE FROM invitations WHERE organization = ?", [id.as_str().into()]);
    }

    /// Deletes a user with what their ledger knows of memberships and sessions. Their events stay.
    pub(crate) fn delete_user(&mut self, id: &OwnerId, by: &Actor) {
        self.restricts = true;
        let row = [id.as_str().into(), json(by).into()];
        self.push("INSERT OR REPLACE INTO deleted_users (user, body) VALUES (?, ?)", row);
        self.push("DELETE FROM memberships WHERE user = ?", [id.as_str().into()]);
        self.push("DELETE FROM sessions WHERE owner = ?", [Owner::User(id.clone()).to_string().into()]);
    }

    /// Inserts or replaces an invitation, and forgets those that have expired.
    pub(crate) fn put_invitation(&mut self, organization: &OwnerId, invitation: &Invitation) {
        self.push(
            "DELETE FROM invitations WHERE organization = ? AND expires_at <= ?",
            [organization.as_str().into(), self.now.into()],
        );
        let row = [
            organization.as_str().into(),
            invitation.user.as_str().into(),
            invitation.expires_at.into(),
            json(invitation).into(),
        ];
        self.push(
            "INSERT OR REPLACE INTO invitations (organization, user, expires_at, body) VALUES (?, ?, ?, ?)",
            row,
        );
    }

    /// Removes an invitation, if there is one.
    pub(crate) fn remove_invitation(&mut self, organization: &OwnerId, user: &OwnerId) {
        let row = [organization.as_str().into(), user.as_str().into()];
        self.push("DELETE FROM invitations WHERE organization = ? AND user = ?", row);
    }

    /// Inserts or replaces an entry of the directory, unless a newer one is there.
    pub(crate) fn put_directory_entry(&mut self, entry: &DirectoryEntry) {
        let id = entry.id.as_str();
        let row = [
            id.into(),
            i64::try_from(entry.version).unwrap_or(i64::MAX).into(),
            fold(&format!("{id}\n{}", entry.name.as_str())).into(),
            (!entry.is_deleted).then(|| json(entry)).into(),
        ];
        self.push(
            "INSERT INTO directory (organization, version, search, body) VALUES (?, ?, ?, ?)
             ON CONFLICT (organization) DO UPDATE SET version = excluded.version, search = excluded.search,
             body = excluded.body WHERE excluded.version > version",
            row,
        );
    }

    /// Inserts or replaces a member.
    pub(crate) fn put_member(&mut self, organization: &OwnerId, member: &Member) {
        let row = [
            organization.as_str().into(),
            member.user.as_str().into(),
            member.role.as_str().into(),
            json(member).into(),
        ];
        self.push("INSERT OR REPLACE INTO members (organization, user, role, body) VALUES (?, ?, ?, ?)", row);
    }

    /// Removes a member.
    pub(crate) fn remove_member(&mut self, organization: &OwnerId, user: &OwnerId) {
        self.restricts = true;
        let row = [organization.as_str().into(), user.as_str().into()];
        self.push("DELETE FROM members WHERE organization = ? AND user = ?", row);
    }

    /// Inserts or replaces what a user's ledger was told of an organization, and forgets what it may forget. `until`: when
    /// that may be forgotten too, if ever.
    pub(crate) fn put_membership(
        &mut self,
        membership: &Membership,
        restricts: bool,
        until: Option<Timestamp>,
    ) {
        self.restricts |= restricts;
        let over = [membership.user.as_str().into(), self.now.into()];
        self.push("DELETE FROM memberships WHERE user = ? AND until <= ?", over);
        let row = [
            membership.user.as_str().into(),
            membership.organization.as_str().into(),
            i64::from(membership.is_creator).into(),
            until.into(),
            json(membership).into(),
        ];
        self.push(
            "INSERT OR REPLACE INTO memberships (user, organization, created, until, body)
             VALUES (?, ?, ?, ?, ?)",
            row,
        );
    }
}
