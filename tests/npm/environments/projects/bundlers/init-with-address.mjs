import * as keyward from "keyward/init";
import address from "keyward/wasm";
import { ask, say } from "./questions.mjs";

keyward
  .init(address)
  .then(() => ask(keyward))
  .then(say);
