// An import of a file, or its dry run: batch after batch, with what has become of the rows so far. It can be stopped and go
// on, since the same rows again change nothing.
/** @import { Owner } from "./openapi.d.ts" */
/** @import { Batch, Failure } from "./import_rows.js" */

import { batchesOf } from "./import_rows.js";
import * as moving from "./moving.js";

export class ImportRun {
  imported = 0;
  unchanged = 0;
  /** @type {Failure[]} */
  failed = [];
  /** How much of the file has been dealt with. */
  bytes = 0;
  isDone = false;
  /** Whether the file can’t be read, or no further. */
  isUnusable = false;
  /** Whether no further batch is to be sent. */
  isStopped = false;
  /** Whether its rows are numbered by the lines of the file. */
  isLines = false;
  /** Whether every row is a key, and not one of the others that an export has. */
  hasOnlyKeys = true;
  #owner;
  #isDry;
  #batches;
  /** What was read, and not answered. @type {Batch | null} */
  #batch = null;

  /** @param {{ owner: Owner, file: Blob, isDry: boolean }} parts */
  constructor({ owner, file, isDry }) {
    this.#owner = owner;
    this.#isDry = isDry;
    this.#batches = batchesOf(file);
  }

  get rows() {
    return this.imported + this.unchanged + this.failed.length;
  }

  /** Begins, or goes on with the batch that failed. @param {AbortSignal} signal @param {() => void} progress */
  async go(signal, progress) {
    this.isStopped = false;
    while (!this.isStopped) {
      this.#batch ??= await this.#read();
      signal.throwIfAborted();
      if (!this.#batch) {
        this.isDone = true;
        return;
      }
      await this.#send(this.#batch, signal);
      this.#batch = null;
      progress();
    }
  }

  async #read() {
    try {
      return (await this.#batches.next()).value ?? null;
    } catch (thrown) {
      this.isUnusable = true;
      throw thrown;
    }
  }

  /** @param {Batch} batch @param {AbortSignal} signal */
  async #send({ rows, failures, bytes, isLines }, signal) {
    const refused = [...failures];
    if (rows.length > 0) {
      const text = rows.map((row) => `${row.text}\n`).join("");
      const answer = await moving.importKeys(this.#owner, text, this.#isDry, signal);
      this.imported += answer.imported;
      this.unchanged += answer.unchanged;
      // The API counts the rows of a request from 1.
      for (const { row, code, detail } of answer.failed)
        refused.push({ row: rows[row - 1]?.number ?? row, code, detail });
    }
    this.failed.push(...refused.sort((one, other) => one.row - other.row));
    this.hasOnlyKeys &&= rows.every(({ isKey }) => isKey);
    Object.assign(this, { bytes, isLines });
  }
}
