// Serves what was built, and says where; until its input ends.
import { createServer } from "node:http";
import next from "next";

const app = next({ dev: false, dir: import.meta.dirname });
await app.prepare();
const server = createServer(app.getRequestHandler()).listen(0, "127.0.0.1", () =>
  console.log(`port ${server.address().port}`),
);
process.stdin.resume().on("end", () => process.exit());
