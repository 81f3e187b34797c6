//! The ledger's tables, as a list of migrations. A migration is never edited once it has been deployed.

/// Migrations in order; each is one or more SQL statements. Their number is the schema's version.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE organizations (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        updated_at INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE members (
        organization TEXT NOT NULL,
        user TEXT NOT NULL,
        role TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (organization, user)
    ) WITHOUT ROWID;

    -- What a user's ledger has been told; the organization's ledger is the truth.
    CREATE TABLE memberships (
        user TEXT NOT NULL,
        organization TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (user, organization)
    ) WITHOUT ROWID;

    -- `body` is the record; the other columns are copies to find and sort by. `last_used_at` is no copy.
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
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;

    -- `body` is the event as it is shown.
    CREATE TABLE events (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        key TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;
    CREATE INDEX events_by_key ON events (owner, key, id);

    -- One row a destination: what has to be told (`body`), not before when, and when it was last tried.
    CREATE TABLE outbox (
        destination TEXT PRIMARY KEY,
        body TEXT,
        revision INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        landed_at INTEGER
    ) WITHOUT ROWID;

    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        ends_at INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- The latest instant of the ledger's clock, so that it never goes back.
    CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
",
    "
    -- A try counts whether it lands or not: KV takes one write a second.
    ALTER TABLE outbox RENAME COLUMN landed_at TO tried_at;
",
];
