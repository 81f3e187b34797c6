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
