//! The ledger's tables. From the first release on, a change needs a migration.

/// The version of the tables below.
pub(super) const VERSION: i64 = 1;

/// Creates all tables.
pub(super) const CREATE: &str = "
    -- One row: which version of these tables this is, and the latest instant of the ledger's clock, so that it never goes
    -- back.
    CREATE TABLE ledger (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        version INTEGER NOT NULL,
        clock INTEGER NOT NULL
    );

    CREATE TABLE organizations (
        id TEXT PRIMARY KEY,
        body TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE members (
        organization TEXT NOT NULL,
        user TEXT NOT NULL,
        role TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (organization, user)
    ) WITHOUT ROWID;

    -- What a user's ledger was told; the organization's ledger is the truth.
    CREATE TABLE memberships (
        user TEXT NOT NULL,
        organization TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (user, organization)
    ) WITHOUT ROWID;

    -- `body` is the record; the other columns are copies to search and sort by. `last_used_at` is not a copy.
    CREATE TABLE keys (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        type TEXT NOT NULL,
        search TEXT NOT NULL,
        title TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        last_used_at INTEGER,
        expires_at INTEGER,
        revoked_at INTEGER,
        -- When an event last said that it was refused, and how often it was since then. No copies either.
        refused_at INTEGER,
        refused_count INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;

    -- Where every key comes from: the name of the actor that has created it, the key that was used for it, and the key that it
    -- replaces. Outlives the key, so that what was made with that is still found.
    CREATE TABLE origins (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_with TEXT,
        rolled_from TEXT,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;
    CREATE INDEX origins_by_creator ON origins (owner, created_by);
    CREATE INDEX origins_by_creating_key ON origins (owner, created_with) WHERE created_with IS NOT NULL;
    CREATE INDEX origins_by_predecessor ON origins (owner, rolled_from) WHERE rolled_from IS NOT NULL;

    -- Ids begin with the instant of the event, so they are in its order: the primary key serves the newest first, and so does
    -- every index.
    CREATE TABLE events (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        key TEXT,
        actor TEXT NOT NULL,
        actor_key TEXT,
        action TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;
    CREATE INDEX events_by_key ON events (owner, key, id) WHERE key IS NOT NULL;
    CREATE INDEX events_by_actor ON events (owner, actor, id);
    CREATE INDEX events_by_acting_key ON events (owner, actor_key, id) WHERE actor_key IS NOT NULL;
    CREATE INDEX events_by_action ON events (owner, action, id);

    -- One row for each idempotency key of a caller and an owner: what it was sent with, and what was answered.
    CREATE TABLE idempotency (
        digest TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        body TEXT NOT NULL,
        ends_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX idempotency_by_end ON idempotency (ends_at);

    -- One row a destination: what has to be delivered (`body`), not before when, and when it was last tried.
    CREATE TABLE outbox (
        destination TEXT PRIMARY KEY,
        lane TEXT NOT NULL,
        body TEXT,
        revision INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        tried_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX outbox_by_lane ON outbox (lane, not_before) WHERE body IS NOT NULL;

    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        ends_at INTEGER NOT NULL
    ) WITHOUT ROWID;
";
