// @ts-check

/** What the exit codes mean, of all commands that ask a deployment. */
export const CODES = [
  "done; of verify: the key is valid",
  "no: the key is refused, there is no such thing, its state does not allow it, or it was not confirmed",
  "wrong usage, or a value that the deployment does not take",
  "the credential is missing or not accepted, or may not do this",
  "the deployment does not answer, or cannot now: try again",
];
