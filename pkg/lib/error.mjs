// @ts-check

// `import` and `require` load two copies of the package; an error of either is an instance of both classes.
const MARK = Symbol.for("keyward.KeyFormatError");

/** The text is not a well-formed key. Holds no part of the text: an index or a length at the most. */
export class KeyFormatError extends Error {
  // Said here because the build shortens the class's own name.
  static name = "KeyFormatError";

  /** @param {import("../index.d.ts").KeyProblem} problem */
  constructor({ message, ...rest }) {
    super(message);
    Object.assign(this, rest);
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    // A class that extends this one has instances of its own only.
    // biome-ignore lint/complexity/noThisInStatic: it is that class
    if (this !== KeyFormatError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && MARK in value;
  }
}

Object.defineProperty(KeyFormatError.prototype, "name", { value: "KeyFormatError" });
Object.defineProperty(KeyFormatError.prototype, MARK, { value: true });
