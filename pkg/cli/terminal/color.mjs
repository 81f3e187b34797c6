// @ts-check
// Colour, for people at a terminal only, unless it is asked for.

let enabled = false;

/**
 * What was asked for counts first, then what the environment says (no-color.org, force-color.org), then whether the
 * result goes to a terminal.
 * @param {string | undefined} when
 */
export function setColor(when = "auto") {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (!["auto", "always", "never"].includes(when))
    throw new TypeError("--color takes always, never or auto.");
  if (when !== "auto") enabled = when === "always";
  else if (NO_COLOR) enabled = false;
  else if (FORCE_COLOR !== undefined) enabled = !["0", "false"].includes(FORCE_COLOR);
  else enabled = Boolean(process.stdout.isTTY) && TERM !== "dumb";
}

/** @param {number} code */
const style = (code) => (/** @type {string} */ text) => (enabled ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = style(1);
export const dim = style(2);
export const red = style(31);
export const yellow = style(33);
