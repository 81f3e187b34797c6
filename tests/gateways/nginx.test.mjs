// @ts-check
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { guarantees } from "./cases.mjs";
import { backEnd, nginx, programs } from "./gateway.mjs";

// What is neither a yes nor 401, 403 or 503 is an error to nginx, and a challenge is for 401 alone.
const passes = (/** @type {number} */ status) => ([200, 401, 403, 503].includes(status) ? status : 500);
if (programs.NGINX_BIN) {
  await guarantees({ start: nginx, passes, away: 503, hidesChallenge: true, hasOwnSocket: true });

  test("with the words of the document nginx keeps its connections to Keyward", async () => {
    const hosts = new Set();
    let connections = 0;
    const keyward = createServer((asked, answer) => {
      hosts.add(asked.headers.host);
      answer.end();
    }).on("connection", () => {
      connections += 1;
    });
    keyward.listen(0, "127.0.0.1");
    await once(keyward, "listening");
    after(() => {
      keyward.closeAllConnections();
      keyward.close();
    });
    const { port } = /** @type {import("node:net").AddressInfo} */ (keyward.address());
    const { address } = await backEnd();
    const setting = { keyward: `http://127.0.0.1:${port}`, backEnd: address, key: "x" };
    for (const [keepsConnections, expected] of /** @type {const} */ ([
      [false, 3],
      [true, 1],
    ])) {
      connections = 0;
      const gateway = await nginx({ ...setting, keepsConnections });
      for (let visits = 0; visits < 3; visits += 1) assert.equal((await gateway.visit({})).status, 200);
      assert.equal(connections, expected);
    }
    assert.deepEqual([...hosts], [`127.0.0.1:${port}`, "127.0.0.1"]);
  });
}
