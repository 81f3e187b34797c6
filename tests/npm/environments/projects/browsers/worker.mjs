import * as keyward from "./keyward/keyward.mjs";
import { ask } from "./questions.mjs";

ask(keyward).then(postMessage);
