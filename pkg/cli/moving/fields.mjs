// @ts-check
// Values as other systems' databases and tools write them, read as what they mean.
import { isObject } from "./dump.mjs";

/** Why a row cannot be imported: a code, and a sentence without any part of the row. */
export class Unfit extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * The first of these columns that has a value. In CSV nothing and an empty text are the same, and MySQL's tools write NULL.
 * @param {Record<string, unknown>} row @param {string[]} names @returns {any}
 */
export function fieldOf(row, ...names) {
  for (const name of names) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value !== undefined && value !== null && value !== "" && value !== "NULL" && value !== "\\N")
      return value;
  }
  return undefined;
}

/** A text. Ids may be numbers. @param {Record<string, unknown>} row @param {string[]} names @returns {string | undefined} */
export function textOf(row, ...names) {
  const value = fieldOf(row, ...names);
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new Unfit("row.field_invalid", `${names[0]} has to be a text.`);
}

/** Whether it says yes. @param {Record<string, unknown>} row @param {string} name @param {boolean} otherwise */
export function isSet(row, name, otherwise) {
  const value = fieldOf(row, name);
  if (value === undefined) return otherwise;
  const word = String(value).toLowerCase();
  if (["true", "t", "1", "yes"].includes(word)) return true;
  if (["false", "f", "0", "no"].includes(word)) return false;
  throw new Unfit("row.field_invalid", `${name} has to be true or false.`);
}

/** What may be JSON in a text, as a column of type text holds it. @param {Record<string, unknown>} row @param {string[]} names */
export function jsonOf(row, ...names) {
  let value = fieldOf(row, ...names);
  // Some versions write the JSON of a text that is JSON.
  for (let depth = 0; depth < 2 && typeof value === "string"; depth += 1) {
    try {
      value = JSON.parse(value);
    } catch {
      throw new Unfit("row.field_invalid", `${names[0]} has to be JSON.`);
    }
  }
  return value ?? undefined;
}

/** @param {Record<string, unknown>} row @param {string[]} names */
export function objectOf(row, ...names) {
  const value = jsonOf(row, ...names);
  if (value === undefined || isObject(value)) return value;
  throw new Unfit("row.field_invalid", `${names[0]} has to be a JSON object.`);
}

/** Words: an array, one in JSON, or what is between spaces and commas. @param {Record<string, unknown>} row @param {string[]} names @returns {string[]} */
export function wordsOf(row, ...names) {
  const value = fieldOf(row, ...names);
  if (value === undefined) return [];
  if (typeof value === "string" && !value.trimStart().startsWith("["))
    // As Postgres writes an array: {a,b}.
    return value.split(/[\s,{}]+/).filter(Boolean);
  const words = typeof value === "string" ? jsonOf(row, ...names) : value;
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Unfit("row.field_invalid", `${names[0]} has to be a list of texts.`);
}

const MOMENT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(\.\d+)?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?$/i;

/**
 * A moment, in UTC: as databases write it, with or without an offset (then it is UTC), in ISO 8601, or in seconds or
 * milliseconds since 1970.
 * @param {Record<string, unknown>} row @param {string[]} names @returns {string | undefined}
 */
export function momentOf(row, ...names) {
  const value = fieldOf(row, ...names);
  if (value === undefined || value === 0 || value === "0") return undefined;
  const text = String(value).trim();
  const date = /^\d{1,16}(\.\d+)?$/.test(text) ? since1970(Number(text)) : written(text);
  if (date && !Number.isNaN(date.getTime())) return date.toISOString();
  throw new Unfit("row.field_invalid", `${names[0]} is no date.`);
}

/** Milliseconds, or seconds where those would be of 1970. @param {number} number */
const since1970 = (number) => new Date(number < 1e11 ? number * 1000 : number);

/** @param {string} text */
function written(text) {
  const [, day, time = "00:00", seconds = "00", fraction = "", zone = "Z"] = text.match(MOMENT) ?? [];
  if (!day) return undefined;
  const offset = /^(z|utc)$/i.test(zone) ? "Z" : zone.replace(/^(.\d\d):?(\d\d)?.*$/, "$1:$2");
  return new Date(`${day}T${time}:${seconds}${fraction.slice(0, 4)}${offset.replace(/:$/, ":00")}`);
}
