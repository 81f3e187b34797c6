// @ts-check
// The load: a process of its own that keeps some connections busy, each with one request at a time. It is told what to
// send by messages, and answers each with how long it took. Plain sockets, since `fetch` would cost more than what is
// measured.
import { connect } from "node:net";

/**
 * @typedef {object} Task
 * @property {number} port
 * @property {string[]} requests whole ones, sent in turn
 * @property {number} count how many to send; with none, the connections are opened and kept
 * @property {number} connections
 * @property {string} status what every answer has to be
 * @property {string} holds what every answer has to hold
 */

/** @typedef {import("node:net").Socket} Socket */

/** workerd closes a connection that has been idle for five seconds; this long one may be used again, in milliseconds. */
const KEPT = 3_000;

/** Idle connections by port, and since when they are. @type {Map<number, { socket: Socket, since: number }[]>} */
const idle = new Map();

/** @param {number} port @returns {Promise<Socket>} */
function connection(port) {
  for (let kept = idle.get(port)?.pop(); kept; kept = idle.get(port)?.pop()) {
    if (!kept.socket.closed && performance.now() - kept.since < KEPT) return Promise.resolve(kept.socket);
    kept.socket.destroy();
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.setEncoding("latin1").once("error", reject);
  });
}

/** How many characters an answer has, if that much of it is known. @param {string} text */
function lengthOf(text) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end + 2)) ?? [];
  if (length === undefined) throw new Error(`an answer of unknown length:\n${text}`);
  return end + 4 + Number(length);
}

/** @param {Task} task */
async function run({ port, requests, count, connections, status, holds }) {
  const bytes = requests.map((request) => Buffer.from(request, "latin1"));
  const sockets = await Promise.all(Array.from({ length: connections }, () => connection(port)));
  let sent = 0;
  /** @param {Socket} socket @returns {Promise<void>} */
  const work = (socket) =>
    new Promise((resolve, reject) => {
      let text = "";
      const send = () => {
        text = "";
        if (sent >= count) {
          for (const event of ["data", "error", "close"]) socket.removeAllListeners(event);
          resolve();
        } else {
          socket.write(bytes[sent % bytes.length]);
          sent += 1;
        }
      };
      socket.on("data", (/** @type {string} */ part) => {
        text += part;
        try {
          if (text.length !== lengthOf(text)) return;
          if (!text.startsWith(`HTTP/1.1 ${status} `) || !text.includes(holds))
            throw new Error(`not ${status} with ${holds}:\n${text}`);
        } catch (error) {
          reject(error);
          return;
        }
        send();
      });
      socket.once("error", reject).once("close", () => reject(new Error("the connection was closed")));
      send();
    });
  const started = performance.now();
  await Promise.all(sockets.map(work));
  const seconds = (performance.now() - started) / 1000;
  const since = performance.now();
  idle.set(port, [...(idle.get(port) ?? []), ...sockets.map((socket) => ({ socket, since }))]);
  return seconds;
}

process.on("message", async (/** @type {Task} */ task) => {
  try {
    process.send?.({ seconds: await run(task) });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
