import * as keyward from "keyward/init";
import { ask, say } from "./questions.mjs";

keyward
  .init()
  .then(() => ask(keyward))
  .then(say);
