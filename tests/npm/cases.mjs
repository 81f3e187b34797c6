// @ts-check
// What the shared vectors ask of the package. Runs in Node, Chromium and workerd, so it uses the language only.

/** The text of a case. @param {any} item @returns {string} */
export function textOf(item) {
  if (item.utf16) return String.fromCharCode(...item.utf16);
  return item.repeat ? item.repeat.text.repeat(item.repeat.times) : item.input;
}

/**
 * Everything in which the package differs from one case of parse.v1.json.
 * @param {typeof import("keyward")} keyward
 * @param {any} item
 * @returns {string[]}
 */
export function differences(keyward, item) {
  const text = textOf(item);
  const { ok, error } = item;
  const found = [];
  /** @param {string} what @param {unknown} actual @param {unknown} expected */
  const same = (what, actual, expected) => {
    if (sorted(actual) !== sorted(expected))
      found.push(`${item.id}: ${what} is ${sorted(actual)}, not ${sorted(expected)}`);
  };
  const { digest, ...key } = ok ?? {};
  const result = keyward.tryParse(text);
  same("isWellFormed", keyward.isWellFormed(text), Boolean(ok));
  same("redact", keyward.redact(text), ok ? ok.redacted : "***");
  if (ok) {
    same("parse", keyward.parse(text), key);
    same("tryParse", result, { ok: true, key });
    same("digest", keyward.digest(text), digest);
  } else {
    const { message, ...problem } = /** @type {any} */ (result);
    same("tryParse", problem, { ok: false, ...error });
    same(
      "the error of parse",
      thrown(keyward, () => keyward.parse(text)),
      error,
    );
    same(
      "the error of digest",
      thrown(keyward, () => keyward.digest(text)),
      error,
    );
    if (text.length > 3 && message.includes(text)) found.push(`${item.id}: the message holds the text`);
  }
  return found;
}

/** @param {typeof import("keyward")} keyward @param {() => unknown} call */
function thrown({ KeyFormatError }, call) {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof KeyFormatError && error instanceof Error && error.name === "KeyFormatError"))
      return String(error);
    return { ...error };
  }
}

/** @param {any} value */
const sorted = (value) =>
  JSON.stringify(value, (_, v) =>
    v?.constructor === Object ? Object.fromEntries(Object.entries(v).sort()) : v,
  );

/**
 * All vectors at once, for places that are not Node.
 * @param {typeof import("keyward")} keyward
 * @param {any} parse
 * @param {any} issue
 */
export function runAll(keyward, parse, issue) {
  const failures = parse.cases.flatMap((/** @type {any} */ item) => differences(keyward, item));
  for (const { key, digest, redacted } of issue.cases) {
    if (keyward.digest(key) !== digest || keyward.parse(key).redacted !== redacted) failures.push(redacted);
    const [found] = keyward.scan(`é🔑 KEY=${key}\n`);
    if (found?.start !== 8 || found.end !== 8 + key.length) failures.push(`scan: ${redacted}`);
    if (keyward.redactText(`(${key})`) !== `(${redacted})`) failures.push(`redactText: ${redacted}`);
  }
  return { cases: parse.cases.length + issue.cases.length, failures };
}
