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

    -- One that was deleted stays, so that its id is not given again.
    CREATE TABLE organizations (
        id TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        deleted_at INTEGER
    ) WITHOUT ROWID;

    -- In the ledger of an id in lower case: which id it is taken for that differs in case alone.
    CREATE TABLE claims (
        folded TEXT PRIMARY KEY,
        id TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE members (
        organization TEXT NOT NULL,
        user TEXT NOT NULL,
        role TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (organization, user)
    ) WITHOUT ROWID;

    CREATE TABLE invitations (
        organization TEXT NOT NULL,
        user TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (organization, user)
    ) WITHOUT ROWID;

    -- What a user's ledger was told; the organization's ledger is the truth. A row may be forgotten at `until`.
    CREATE TABLE memberships (
        user TEXT NOT NULL,
        organization TEXT NOT NULL,
        created INTEGER NOT NULL,
        until INTEGER,
        body TEXT NOT NULL,
        PRIMARY KEY (user, organization)
    ) WITHOUT ROWID;

    CREATE TABLE deleted_users (
        user TEXT PRIMARY KEY,
        body TEXT NOT NULL
    ) WITHOUT ROWID;

    -- What the deployment's ledger was told of every organization; without a body, that it was deleted.
    CREATE TABLE directory (
        organization TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        search TEXT NOT NULL,
        body TEXT
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
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;

    CREATE TABLE events (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        key TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;
    CREATE INDEX events_by_key ON events (owner, key, id);

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
