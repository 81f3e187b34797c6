// @ts-check
// The commands that are about keys.
import { command, OUTPUT, OWNER, REACH, YES } from "../options.mjs";

/** @typedef {import("../commands.mjs").Command} Command */
/** @typedef {import("../commands.mjs").Options} Options */

const TYPES = ["secret", "publishable"];
const CONSISTENCIES = ["fast", "strong"];
const FIELDS = ["created_at", "updated_at", "last_used_at", "expires_at", "revoked_at", "title"];
const ORDERS = FIELDS.flatMap((field) => [field, `-${field}`]);
const ACTIONS = [
  ...["created", "imported", "updated", "revoked", "rolled", "refused", "deleted"].map(
    (what) => `key.${what}`,
  ),
  ...["created", "renamed", "updated", "deleted"].map((what) => `organization.${what}`),
  ...["user.deleted", "invitation.created", "invitation.accepted", "invitation.deleted"],
  ...["member.added", "member.changed", "member.removed", "session.started", "session.ended"],
];

const MOMENTS = `A DURATION is 90d, 24h, 30m, 45s, 2w or several of them, such as 1h30m; an INSTANT is 2027-01-31
or 2027-01-31T12:00:00Z. Either may stand where the other does.`;

/** @type {Options} */
const settings = {
  scope: {
    type: "string",
    multiple: true,
    value: "SCOPE",
    help: "A scope that it holds. May be given several times, or with commas between.",
  },
  "expires-in": { type: "string", value: "DURATION", help: "When it expires." },
  "expires-at": { type: "string", value: "INSTANT", help: "The same as an instant." },
  metadata: { type: "string", value: "JSON", help: "An object that is kept with it." },
  consistency: {
    type: "string",
    value: "fast|strong",
    choices: CONSISTENCIES,
    help: "How fresh each verification of it has to be at least.",
  },
  link: {
    type: "string",
    multiple: true,
    value: "sc_…",
    help: "A sales channel that a publishable key is linked to.",
  },
};

const key = {
  "key-env": {
    type: /** @type {const} */ ("string"),
    value: "NAME",
    help: "The environment variable that holds the key.",
  },
};
const search = { type: /** @type {const} */ ("string"), value: "WORDS" };
const limit = { type: /** @type {const} */ ("string"), value: "N" };

/** @type {Record<string, Command>} */
export const OF_KEYS = {
  "keys list": command("keys list", {
    usage: "keys list [filters]",
    about: "Lists keys; all filters that are given have to hold.",
    options: {
      status: {
        type: "string",
        value: "STATUS",
        choices: ["active", "retiring", "expired", "revoked", "active,retiring"],
        help: "active, retiring, expired or revoked; several with commas between.",
      },
      search: { ...search, help: "A part of the title or of the redacted form." },
      type: { type: "string", value: TYPES.join("|"), choices: TYPES, help: "Only keys of this type." },
      scope: { type: "string", multiple: true, value: "SCOPE", help: "Only keys that hold this scope." },
      "created-by": {
        type: "string",
        value: "ACTOR",
        help: "Only what user:ada, key:apk_… or root:root_… has created.",
      },
      "created-after": { type: "string", value: "INSTANT", help: "Created later; 7d is a week ago." },
      "created-before": { type: "string", value: "INSTANT", help: "Created earlier." },
      "expires-before": {
        type: "string",
        value: "INSTANT",
        help: "Expired, or will have by then; 30d is in 30 days.",
      },
      "unused-since": { type: "string", value: "INSTANT", help: "Not used since then; 90d is 90 days ago." },
      "never-expires": { type: "boolean", help: "Only keys that never expire." },
      foreign: { type: "boolean", help: "Only keys that another system has issued." },
      sort: {
        type: "string",
        value: "FIELD",
        choices: ORDERS,
        help: "created_at, updated_at, last_used_at, expires_at, revoked_at or title; with - in front the other way round, as in --sort=-last_used_at.",
      },
      limit: { ...limit, help: "Show this many at the most. By default all." },
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    more: MOMENTS,
    examples: [
      "keyward keys list --status active --sort=-last_used_at",
      "keyward keys list --unused-since 90d --json | jq -r '.[].title'",
      "keyward keys list --expires-before 14d --quiet",
    ],
  }),
  "keys create": command("keys create", {
    takes: [1, 1],
    usage: "keys create TITLE",
    about:
      "Creates a key, and prints its text alone on standard output. That of a secret key is shown this once; everything else goes to standard error.",
    options: {
      type: { type: "string", value: TYPES.join("|"), choices: TYPES, help: "Secret, if nothing is said." },
      ...settings,
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    more: MOMENTS,
    examples: [
      'KEY=$(keyward keys create "CI deploys" --scope deploy --expires-in 90d --quiet)',
      "keyward keys create laptop --user me",
    ],
  }),
  "keys show": command("keys show", {
    takes: [1, 1],
    usage: "keys show ID",
    about: "Shows a key. With --quiet it prints the text of a publishable key.",
    options: { ...OWNER, ...OUTPUT, ...REACH },
  }),
  "keys rename": command("keys rename", {
    takes: [2, 2],
    usage: "keys rename ID TITLE",
    about: "Gives a key another title.",
    options: { ...OWNER, ...OUTPUT, ...REACH },
  }),
  "keys edit": command("keys edit", {
    takes: [1, 1],
    usage: "keys edit ID",
    about: "Changes a key's settings; what is not named stays as it is.",
    options: {
      title: { type: "string", value: "TITLE", help: "What people call it." },
      ...settings,
      "no-scopes": { type: "boolean", help: "It holds no scope." },
      "never-expires": { type: "boolean", help: "It does not expire." },
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    more: MOMENTS,
    examples: ["keyward keys edit apk_… --scope orders:read,orders:write --expires-in 30d"],
  }),
  "keys revoke": command("keys revoke", {
    takes: [0, 1],
    usage: "keys revoke ID | --created-by ACTOR",
    about: "Revokes a key for good, now or later, or all that somebody has made. Asks first.",
    options: {
      "revoke-in": { type: "string", value: "DURATION", help: "When. By default now." },
      reason: { type: "string", value: "TEXT", help: "Why, for whoever reads the events." },
      "created-by": {
        type: "string",
        value: "ACTOR",
        help: "All keys that user:ada, key:apk_… or root:root_… has created, and what was made with those.",
      },
      "dry-run": { type: "boolean", help: "With --created-by: say which these are, and revoke nothing." },
      ...YES,
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    more: MOMENTS,
    examples: [
      'keyward keys revoke apk_… --reason "left in a log" --yes',
      "keyward keys revoke apk_… --revoke-in 24h",
      "keyward keys revoke --created-by user:ada --dry-run",
    ],
  }),
  "keys roll": command("keys roll", {
    takes: [1, 1],
    usage: "keys roll ID [--grace DURATION]",
    about:
      "Replaces a key by a new one, whose text it prints alone on standard output. Without grace the old one ends at once, so it asks first.",
    options: {
      grace: { type: "string", value: "DURATION", help: "For how long the old key still works." },
      "drop-revocation": { type: "boolean", help: "The new key is not revoked when the old one was to be." },
      ...YES,
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    more: MOMENTS,
    examples: ["KEY=$(keyward keys roll apk_… --grace 24h --quiet)"],
  }),
  "keys delete": command("keys delete", {
    takes: [1, 1],
    usage: "keys delete ID",
    about: "Deletes a revoked key for good. Asks first.",
    options: {
      revoke: { type: "boolean", help: "Revoke it first, if it is not." },
      ...YES,
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
  }),
  "keys lookup": command("keys lookup", {
    usage: "keys lookup [--key-env NAME]",
    about:
      "Finds a key by its text, which it reads from standard input or from an environment variable. That is no use of the key.",
    options: { ...key, ...OUTPUT, ...REACH },
    examples: ["keyward keys lookup < key.txt"],
  }),
  events: command("events", {
    usage: "events [filters] [--watch]",
    about: "Shows what has happened, newest first; with --watch as it happens, newest last, until Ctrl-C.",
    options: {
      key: { type: "string", value: "ID", help: "Only about this key." },
      actor: {
        type: "string",
        value: "ACTOR",
        help: "Only what user:ada, key:apk_… or root:root_… has done.",
      },
      action: { type: "string", value: "ACTION", choices: ACTIONS, help: "Only this, such as key.revoked." },
      search: { ...search, help: "A part of a title, an id, a name or a reason, as they were then." },
      limit: { ...limit, help: "Show this many at the most: 50, or before watching 10." },
      watch: { type: "boolean", help: "Go on, and ask every two seconds. With --json: one event a line." },
      ...OWNER,
      ...OUTPUT,
      ...REACH,
    },
    examples: ["keyward events --action key.revoked", "keyward events --watch --json | jq -r .action"],
  }),
};
