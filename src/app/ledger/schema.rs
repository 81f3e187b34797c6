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

    -- How many bytes the keys and events of an owner take up, about.
    CREATE TABLE shares (
        owner TEXT PRIMARY KEY,
        bytes INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- One row a destination: what has to be delivered (`body`), for whom (`owner`) and how urgently (0 first), not before
    -- when, and when it was last tried. Once it has landed, `body` and `not_before` are null.
    CREATE TABLE outbox (
        destination TEXT PRIMARY KEY,
        lane TEXT NOT NULL,
        owner TEXT NOT NULL,
        urgency INTEGER NOT NULL CHECK (urgency IN (0, 1)),
        body TEXT,
        revision INTEGER NOT NULL,
        not_before INTEGER,
        attempts INTEGER NOT NULL,
        tried_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX outbox_by_turn ON outbox (lane, owner, urgency, not_before) WHERE not_before IS NOT NULL;
    CREATE INDEX outbox_by_time ON outbox (lane, not_before, tried_at);

    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        ends_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_owner ON sessions (owner, id);
    CREATE INDEX sessions_by_end ON sessions (ends_at);
";
