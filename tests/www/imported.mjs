// @ts-check
// Keys of another system, as it has stored them.
import { createHash } from "node:crypto";

/** The text of a key that another system has issued. @param {number | string} n */
export const textOf = (n) => `shop_${String(n).padStart(6, "0")}_${"x".repeat(20)}`;

/** The row with which it is imported. @param {number | string} n @param {object} [fields] */
export function rowOf(n, fields = {}) {
  const value = createHash("sha256").update(textOf(n)).digest("hex");
  return { title: `Shop ${n}`, hash: { algorithm: "sha256", encoding: "hex", value }, ...fields };
}

/** @param {object[]} rows */
export const ndjson = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A file to choose. @param {string | Buffer} content @param {string} [name] */
export const fileOf = (content, name = "keys.ndjson") => ({
  name,
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(content),
});
