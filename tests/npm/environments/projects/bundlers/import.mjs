import * as keyward from "keyward";
import { ask, say } from "./questions.mjs";

ask(keyward).then(say);
