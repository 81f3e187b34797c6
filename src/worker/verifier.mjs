// @ts-check
// What workers of the same account are bound to: `verify` without HTTP in between. Who calls, their binding's props say.

import { WorkerEntrypoint } from "cloudflare:workers";
import * as rust from "#rust";
import { guarded, restarts } from "./instance.mjs";
import { BODY_MAX, doLater, fetched, goOn, NOT_HERE, newRequestId } from "./verify.mjs";

/** What is no JSON, and what is more of it than is read, for those who say so. */
const NO_JSON = "?";
const TOO_LARGE = " ".repeat(BODY_MAX + 1);

/** Levels of objects and lists: more than what reads them accepts. */
const DEPTH_MAX = 200;

/** The entrypoint. Its methods are what another worker can call. */
export class Verifier extends WorkerEntrypoint {
  /**
   * Answers a question with what `POST /v1/verify` answers it with, as an object: a verdict, or a problem.
   * @param {unknown} question
   */
  async verify(question) {
    const started = Date.now();
    const { env, ctx } = this;
    const props = JSON.stringify(ctx.props) ?? "null";
    const text = written(question);
    const generation = restarts();
    let status = guarded(() => rust.boundBegin(env, started, props, text));
    while (status < NOT_HERE) status = goOn(status, await fetched(status, env), generation);
    doLater(env, ctx);
    const requestId = newRequestId();
    const milliseconds = Date.now() - started;
    const answer = guarded(() => rust.boundAnswer(requestId, milliseconds));
    if (status === 200)
      console.log(
        `{"level":"info","message":"answered","request_id":"${requestId}","operation":"verify_key","via":"binding","status":200,"code":null,"milliseconds":${milliseconds}}`,
      );
    return JSON.parse(answer);
  }
}

/**
 * A question as JSON. It may come with all that can be cloned: functions, which `JSON.stringify` leaves out, so that a key
 * would be asked less than was meant; circles; lists with a billion holes.
 * @param {unknown} question
 */
function written(question) {
  const left = roomAfter(question, BODY_MAX, 0);
  return left === NOT_JSON ? NO_JSON : left < 0 ? TOO_LARGE : JSON.stringify(question);
}

const NOT_JSON = Number.NEGATIVE_INFINITY;

/**
 * How much of this room a value leaves, at the most, as JSON; less than nothing where there is not enough. It ends as soon as
 * that is clear.
 * @param {any} value @param {number} room in characters @param {number} depth @returns {number} or `NOT_JSON`
 */
function roomAfter(value, room, depth) {
  switch (typeof value) {
    case "string":
      return room - value.length - 2;
    case "boolean":
      return room - 4;
    case "number":
      return Number.isFinite(value) ? room - 1 : NOT_JSON;
    case "object":
      break;
    default:
      return NOT_JSON;
  }
  if (value === null) return room - 4;
  const isList = Array.isArray(value);
  if (depth === DEPTH_MAX || !(isList || Object.getPrototypeOf(value) === Object.prototype)) return NOT_JSON;
  let left = room - (isList ? value.length : 0);
  if (left < 0) return left;
  for (const [name, each] of Object.entries(value)) {
    // As everywhere, what is undefined was not said.
    if (each === undefined && !isList) continue;
    left = roomAfter(each, isList ? left : left - name.length - 3, depth + 1);
    if (left < 0) break;
  }
  return left;
}
