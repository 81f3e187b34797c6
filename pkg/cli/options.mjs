// @ts-check
// What the commands that ask a deployment have in common.
/** @typedef {import("./commands.mjs").Command} Command */
/** @typedef {import("./commands.mjs").Options} Options */

/** What the exit codes mean, of all commands that ask a deployment. */
export const CODES = [
  "done; of verify: the key is valid",
  "no: the key is refused, there is no such thing, its state does not allow it, or it was not confirmed",
  "wrong usage, or a value that the deployment does not take",
  "the credential is missing or not accepted, or may not do this",
  "the deployment does not answer, or not as Keyward does, or cannot now: try again",
];

/** Which deployment, and with which key. @satisfies {Options} */
export const REACH = {
  profile: {
    type: /** @type {const} */ ("string"),
    value: "NAME",
    help: "The profile of `keyward login`. By default it is in KEYWARD_PROFILE, or is called default.",
  },
  url: {
    type: /** @type {const} */ ("string"),
    value: "https://…",
    help: "The deployment. By default it is in KEYWARD_URL with the key in KEYWARD_API_KEY, or the profile's.",
  },
};

/** @satisfies {Options} */
export const OUTPUT = {
  json: {
    type: /** @type {const} */ ("boolean"),
    help: "Print JSON: what the API answers, and of lists an array of all entries.",
  },
  quiet: {
    type: /** @type {const} */ ("boolean"),
    short: "q",
    help: "Print only what cannot be known otherwise: the text of a new key, and of lists and of a lookup the ids.",
  },
};

/** @satisfies {Options} */
export const ORGANIZATION = {
  organization: {
    type: /** @type {const} */ ("string"),
    value: "ORG",
    help: "The organization. By default it is in KEYWARD_ORGANIZATION, or is the profile's, or that of the key.",
  },
};

/** Whose keys. @satisfies {Options} */
export const OWNER = {
  ...ORGANIZATION,
  user: {
    type: /** @type {const} */ ("string"),
    value: "USER",
    help: "A person instead; me is whoever's key it is.",
  },
  deployment: {
    type: /** @type {const} */ ("boolean"),
    help: "The deployment itself instead: the operator's keys.",
  },
};

/** @satisfies {Options} */
export const YES = { yes: { type: /** @type {const} */ ("boolean"), help: "Do not ask whether to go on." } };

/** `takes`: how many arguments at least, and at most. @typedef {Pick<Command, "usage" | "about" | "options" | "examples" | "words" | "more"> & { takes?: [number, number] }} About */

/**
 * A command that is loaded when it is called.
 * @param {string} name @param {About} about @returns {Command}
 */
export const command = (name, about) => ({
  ...about,
  codes: CODES,
  run: async (args, _, flags) => (await import("./manage.mjs")).manage(name, about, args, flags),
});
