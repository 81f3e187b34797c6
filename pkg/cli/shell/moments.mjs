// @ts-check
// Durations and instants as people write them: 90d, 1h30m, 2027-01-31, 2027-01-31T12:00:00Z.

const DURATION = /^(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const SECONDS = [604_800, 86_400, 3_600, 60, 1];
const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;
/** Where JavaScript's time ends, in milliseconds. */
const LAST = 8.64e15;

/** @param {string} option */
const wrong = (option) =>
  new TypeError(
    `--${option} takes a duration, such as 90d, 24h, 30m or 1h30m, or an instant, such as 2027-01-31 or 2027-01-31T12:00:00Z.`,
  );

/** Seconds of a duration, if the text is one. @param {string} text */
function durationOf(text) {
  if (text === "0") return 0;
  const parts = text.match(DURATION)?.slice(1);
  return parts?.reduce((sum, part, at) => sum + Number(part ?? 0) * SECONDS[at], 0);
}

/** An instant as RFC 3339 has it, if the text is one. What no calendar has, the server refuses. @param {string} text */
function writtenInstant(text) {
  if (DATE.test(text)) return `${text}T00:00:00Z`;
  if (!INSTANT.test(text)) return undefined;
  const [date, time] = text.split(/[Tt ]/);
  return `${date}T${time.replace(/^(\d\d:\d\d)(?!:)/, "$1:00").toUpperCase()}`;
}

/**
 * The instant that an option's value names. A duration counts from now, forwards or backwards.
 * @param {string} option @param {string | undefined} text @param {"ahead" | "ago"} [direction]
 */
export function instantOf(option, text, direction = "ahead") {
  if (text === undefined) return undefined;
  const written = writtenInstant(text);
  if (written !== undefined) return written;
  const seconds = durationOf(text);
  if (seconds === undefined) throw wrong(option);
  const at = Date.now() + 1000 * seconds * (direction === "ahead" ? 1 : -1);
  if (Math.abs(at) > LAST) throw wrong(option);
  return new Date(at).toISOString();
}

/** How many seconds an option's value is from now. @param {string} option @param {string | undefined} text */
export function secondsOf(option, text) {
  if (text === undefined) return undefined;
  const seconds = durationOf(text);
  if (seconds !== undefined) return seconds;
  const instant = Date.parse(writtenInstant(text) ?? "");
  if (Number.isNaN(instant)) throw wrong(option);
  // What is meant for later must not happen now because a year is wrong.
  if (instant < Date.now()) throw new TypeError(`--${option} names an instant that has passed.`);
  return Math.ceil((instant - Date.now()) / 1000);
}

/** An instant for people, in UTC to the minute, so that it is the same on every machine and in every log. @param {string | null | undefined} text */
export const shownInstant = (text) => (text ? text.replace(/^(.{10})T(\d\d:\d\d).*Z$/, "$1 $2Z") : "");
