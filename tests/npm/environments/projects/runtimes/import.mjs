import * as keyward from "keyward";
import * as ready from "keyward/init";
import { ask, say } from "./questions.mjs";

await ready.init();
if (ready.isWellFormed !== keyward.isWellFormed) throw new Error("There are two of them.");
await say(await ask(keyward));
