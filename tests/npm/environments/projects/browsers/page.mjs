// Everything that a page can do without a bundler; says what is wrong, or any of the right answers.

import * as later from "./keyward/init.mjs";
import * as keyward from "./keyward/keyward.mjs";
import { ask, say } from "./questions.mjs";

const answersOfWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker("./worker.mjs", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`In the worker: ${message}`));
  });

await Promise.all([later.init(), later.init()]);
const answers = { import: await ask(keyward), init: await ask(later), worker: await answersOfWorker() };
await say(answers);
