//! The ledger's tables. From the first release on, a change needs a migration.

/// The version of the tables below.
pub(super) const VERSION: i64 = 1;

/// In columns, the instant of what does not happen: after all others, so that it sorts and compares as what it means.
pub(super) const NEVER: i64 = 253_402_300_800_000;

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
    CREATE INDEX directory_alive ON directory (organization) WHERE body IS NOT NULL;

    -- `body` is the record; the other columns are copies to search and sort by. `last_used_at` is not a copy; 0 for one that
    -- was never used. What never happens does so at 253402300800000. Every index ends with the id, which breaks ties: SQLite
    -- follows no index to a row by its number.
    CREATE TABLE keys (
        seq INTEGER PRIMARY KEY,
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        title TEXT NOT NULL,
        -- With a space before and after each.
        scopes TEXT NOT NULL,
        search TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        last_used_at INTEGER NOT NULL DEFAULT 0,
        expires_at INTEGER NOT NULL,
        revoked_at INTEGER NOT NULL,
        -- When an event last said that it was refused, and how often it was since then. No copies either.
        refused_at INTEGER,
        refused_count INTEGER NOT NULL DEFAULT 0,
        body TEXT NOT NULL,
        UNIQUE (owner, id)
    );
    CREATE INDEX keys_by_created_at ON keys (owner, created_at, id);
    CREATE INDEX keys_by_updated_at ON keys (owner, updated_at, id);
    CREATE INDEX keys_by_last_used_at ON keys (owner, last_used_at, id);
    CREATE INDEX keys_by_expires_at ON keys (owner, expires_at, id);
    CREATE INDEX keys_by_revoked_at ON keys (owner, revoked_at, id);
    CREATE INDEX keys_by_title ON keys (owner, title, id);

    -- The terms that keys are found by, by their numbers: see `words.rs`. The terms themselves are not stored.
    CREATE VIRTUAL TABLE words
        USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

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
        search TEXT NOT NULL,
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
        owner TEXT NOT NULL,
        digest TEXT NOT NULL,
        body TEXT NOT NULL,
        ends_at INTEGER NOT NULL,
        PRIMARY KEY (owner, digest)
    ) WITHOUT ROWID;
    CREATE INDEX idempotency_by_end ON idempotency (ends_at);

    -- How many keys and events an owner has, and how many bytes they take up, about.
    CREATE TABLE shares (
        owner TEXT PRIMARY KEY,
        bytes INTEGER NOT NULL,
        keys INTEGER NOT NULL,
        events INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- One row a destination: what has to be delivered (`body`), for whom (`owner`) and how urgently (0 first), not before
    -- when, and when it was last tried. Once it has landed, `body` and `not_before` are null.
    CREATE TABLE outbox (
        destination TEXT PRIMARY KEY,
        lane TEXT NOT NULL,
        owner TEXT NOT NULL,
        urgency INTEGER NOT NULL CHECK (urgency IN (0, 1, 2)),
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
