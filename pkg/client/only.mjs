// @ts-check

/**
 * A misspelt option would be one that does not hold.
 * @param {string} what @param {object} options @param {readonly string[]} known
 */
export function only(what, options, known) {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${what} takes its options as an object.`);
  if (Object.keys(options).some((name) => !known.includes(name)))
    throw new TypeError(`${what} has an option that there is not; there are ${known.join(", ")}.`);
}

/** What a timer can wait for, in milliseconds. */
const MOST = 2_147_483_647;

/** @param {string} name @param {unknown} value @param {number} least @returns {number} */
export function number(name, value, least) {
  if (typeof value !== "number" || !(value >= least && value <= MOST))
    throw new TypeError(`Keyward: ${name} has to be a number, ${least} or more.`);
  return value;
}
