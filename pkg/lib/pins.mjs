// @ts-check
// Pins: what a caller says about the only keys it wants to see.
import { facts, mustBeReady } from "./engine.mjs";

/** @typedef {import("../index.d.ts").Pins} Pins */
/** @typedef {{ brand: string, kind: string, environment: string }} Head */

const NAMES = ["brand", "kinds", "environment"];

/**
 * Checks the pins: a misspelt one must not let every key through.
 * @param {unknown} options
 * @returns {Pins | undefined} nothing if nothing is pinned
 */
export function readPins(options) {
  if (options === undefined) return undefined;
  mustBeReady();
  if (options === null || typeof options !== "object")
    throw new TypeError("keyward: options must be an object");
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name))
      throw new TypeError(`keyward: there is no option "${name}", only ${NAMES.join(", ")}`);
  }
  const { brand, kinds, environment } = /** @type {Pins} */ (options);
  if (brand !== undefined && !(typeof brand === "string" && new RegExp(`^${facts.brand}$`).test(brand))) {
    throw new TypeError(
      "keyward: brand must be a lowercase letter, then 1 to 11 lowercase letters or digits",
    );
  }
  if (
    kinds !== undefined &&
    !(Array.isArray(kinds) && kinds.length > 0 && kinds.every((kind) => facts.kinds.includes(kind)))
  ) {
    throw new TypeError(`keyward: kinds must be an array of one or more of ${facts.kinds.join(", ")}`);
  }
  if (environment !== undefined && !facts.environments.includes(environment)) {
    throw new TypeError(`keyward: environment must be ${facts.environments.join(" or ")}`);
  }
  return { brand, kinds, environment };
}

/** @param {Pins} pins @param {Head} head */
export function accepts(pins, { brand, kind, environment }) {
  return (
    (pins.brand === undefined || pins.brand === brand) &&
    (pins.environment === undefined || pins.environment === environment) &&
    (pins.kinds === undefined || pins.kinds.includes(/** @type {never} */ (kind)))
  );
}
