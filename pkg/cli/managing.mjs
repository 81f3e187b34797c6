// @ts-check
// The commands that ask a deployment, and `run`. What runs them is loaded when one is called: `scan` has to start quickly.
import { OF_KEYS } from "./keys/commands.mjs";
import { command, ORGANIZATION, OUTPUT, REACH, YES } from "./options.mjs";

/** @typedef {import("./commands.mjs").Command} Command */
/** @typedef {import("./commands.mjs").Options} Options */

const ROLES = ["member", "admin", "owner"];
/** @type {Options} */
const role = {
  role: {
    type: "string",
    value: ROLES.join("|"),
    choices: ROLES,
    help: "The role; member, if none is said.",
  },
};
/** @type {Options} */
const limit = { limit: { type: "string", value: "N", help: "Show this many at the most. By default all." } };
/** @type {Options} */
const user = {
  user: { type: "string", value: "USER", help: "Those of this person; me is whoever's key it is." },
};
/** @type {Options} */
const bounds = {
  "max-staleness": {
    type: "string",
    value: "DURATION",
    help: "How old answers about its keys may be at the most.",
  },
  "on-outage-max": {
    type: "string",
    value: "DURATION",
    help: "How old they may be while its ledger cannot be reached, for callers that prefer that to none.",
  },
};

/** @type {Record<string, Command>} */
export const MANAGING = {
  login: command("login", {
    usage: "login [--url URL] [--profile NAME]",
    about:
      "Keeps a deployment's address and a key, which it asks for and tries, in your configuration folder, where nobody else may read them. Other commands then use them.",
    options: {
      ...REACH,
      url: { ...REACH.url, help: "The deployment. By default it is in KEYWARD_URL, or is asked for." },
      "with-key": { type: "boolean", help: "Read the key from standard input, and do not ask." },
      organization: {
        type: "string",
        value: "ORG",
        help: "The organization that other commands are about if none is said.",
      },
    },
    examples: [
      "keyward login",
      "pass show keyward | keyward login --url https://keys.example.com --with-key",
    ],
  }),
  logout: command("logout", {
    usage: "logout [--profile NAME]",
    about: "Forgets a profile. Its key works on, until it is revoked.",
    options: { profile: REACH.profile },
  }),
  whoami: command("whoami", {
    usage: "whoami",
    about: "Shows who asks, of which deployment, and what they may do.",
    options: { ...REACH, json: OUTPUT.json },
  }),
  ...OF_KEYS,
  verify: command("verify", {
    usage: "verify [--scope SCOPE] [--organization ORG] [--key-env NAME]",
    about:
      "Asks the deployment whether a key is valid. Reads the key from standard input, or from an environment variable.",
    options: {
      "key-env": { type: "string", value: "NAME", help: "The environment variable that holds the key." },
      scope: {
        type: "string",
        multiple: true,
        value: "SCOPE",
        help: "A scope that it has to hold. May be given several times.",
      },
      organization: { type: "string", value: "ORG", help: "The organization that it has to reach." },
      "max-staleness": {
        type: "string",
        value: "DURATION",
        help: "How old the answer may be; 0 asks the ledger.",
      },
      "on-outage": {
        type: "string",
        value: "refuse|stale",
        choices: ["refuse", "stale"],
        help: "What is preferred while the ledger cannot be reached: no answer, or an older one.",
      },
      ...OUTPUT,
      ...REACH,
    },
    examples: [
      "keyward verify < key.txt",
      "keyward verify --key-env API_KEY --scope orders:read --max-staleness 0",
    ],
  }),
  "orgs list": command("orgs list", {
    usage: "orgs list [--search WORDS]",
    about:
      "Lists the organizations of the deployment for its operator, and those that the key reaches for everybody else.",
    options: {
      search: { type: "string", value: "WORDS", help: "A part of the id or the name." },
      ...limit,
      ...OUTPUT,
      ...REACH,
    },
  }),
  "orgs create": command("orgs create", {
    takes: [1, 1],
    usage: "orgs create ID [--name NAME]",
    about: "Creates an organization.",
    options: {
      name: { type: "string", value: "NAME", help: "What people call it; its id, if none is said." },
      owner: { type: "string", value: "USER", help: "Its first owner, which only the operator can name." },
      ...OUTPUT,
      ...REACH,
    },
    examples: ['keyward orgs create acme --name "Acme Inc."'],
  }),
  "orgs show": command("orgs show", {
    takes: [0, 1],
    usage: "orgs show [ORG]",
    about: "Shows an organization.",
    options: { ...OUTPUT, ...REACH },
  }),
  "orgs rename": command("orgs rename", {
    takes: [2, 2],
    usage: "orgs rename ORG NAME",
    about: "Gives an organization another name. Its id stays.",
    options: { ...OUTPUT, ...REACH },
  }),
  "orgs edit": command("orgs edit", {
    takes: [1, 1],
    usage: "orgs edit ORG",
    about: "Changes an organization's name, or how old answers about its keys may be.",
    options: {
      name: { type: "string", value: "NAME", help: "What people call it." },
      ...bounds,
      ...OUTPUT,
      ...REACH,
    },
    examples: ["keyward orgs edit acme --max-staleness 10s"],
  }),
  "orgs delete": command("orgs delete", {
    takes: [1, 1],
    usage: "orgs delete ORG [--revoke] [--yes]",
    about: "Deletes an organization for good.",
    options: {
      revoke: { type: "boolean", help: "Revoke the keys that still work first." },
      ...YES,
      ...OUTPUT,
      ...REACH,
    },
  }),
  "members list": command("members list", {
    usage: "members list",
    about: "Lists the members of an organization.",
    options: { ...ORGANIZATION, ...limit, ...OUTPUT, ...REACH },
  }),
  "members add": command("members add", {
    takes: [1, 1],
    usage: "members add USER [--role ROLE]",
    about: "Adds a member without asking them, as the operator may. Others invite.",
    options: { ...role, ...ORGANIZATION, ...OUTPUT, ...REACH },
  }),
  "members role": command("members role", {
    takes: [2, 2],
    usage: "members role USER ROLE",
    about: "Changes a member's role.",
    options: { ...ORGANIZATION, ...OUTPUT, ...REACH },
    words: ROLES,
    examples: ["keyward members role ada admin --organization acme"],
  }),
  "members remove": command("members remove", {
    takes: [1, 1],
    usage: "members remove USER [--yes]",
    about: "Removes a member; me leaves.",
    options: { ...YES, ...ORGANIZATION, ...OUTPUT, ...REACH },
  }),
  "invitations list": command("invitations list", {
    usage: "invitations list",
    about: "Lists the pending invitations of an organization, or with --user those of a person.",
    options: { ...user, ...ORGANIZATION, ...limit, ...OUTPUT, ...REACH },
  }),
  "invitations create": command("invitations create", {
    takes: [1, 1],
    usage: "invitations create USER [--role ROLE]",
    about: "Invites somebody to an organization. They accept in the dashboard: no key may do it for them.",
    options: { ...role, ...ORGANIZATION, ...OUTPUT, ...REACH },
  }),
  "invitations delete": command("invitations delete", {
    takes: [1, 1],
    usage: "invitations delete USER",
    about: "Withdraws an invitation; me declines it.",
    options: { ...ORGANIZATION, quiet: OUTPUT.quiet, ...REACH },
  }),
  run: {
    ...command("run", {
      takes: [1, Number.POSITIVE_INFINITY],
      usage: "run [--env NAME[=SOURCE]]… -- COMMAND…",
      about:
        "Runs a command with secrets in its environment, and redacts keys in what it puts out, as well as these secrets. Ends as the command does.",
      options: {
        env: {
          type: "string",
          multiple: true,
          value: "NAME[=SOURCE]",
          help: "A variable for the command: NAME as it is here, NAME=OTHER from another variable, NAME=profile the key of `keyward login`, NAME=- from standard input. May be given several times.",
        },
        profile: REACH.profile,
      },
      examples: [
        "keyward run --env API_KEY=profile -- ./deploy.sh",
        "pass show api | keyward run --env API_KEY=- -- npm test",
      ],
    }),
    codes: ["as the command; 126 and 127: it cannot be started, or is not found", "", "also wrong usage"],
    more: "The command's output comes through a pipe, so it may be without colours: most programs heed\nFORCE_COLOR=1. KEYWARD_API_KEY is redacted as well. What may be the beginning of a key is\nheld back until more comes.",
  },
  completion: {
    ...command("completion", {
      takes: [1, 1],
      usage: "completion bash|zsh|fish",
      about: "Prints what makes a shell complete commands and options.",
      options: {},
      words: ["bash", "zsh", "fish"],
      examples: ['eval "$(keyward completion bash)"', "keyward completion fish | source"],
    }),
    codes: ["done", "", "wrong usage"],
  },
};
