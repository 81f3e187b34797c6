import * as keyward from "keyward";
import * as ready from "keyward/init";
import { ask } from "./questions.mjs";

test("the package answers", async () => {
  expect(await ask(keyward)).toEqual(JSON.parse(process.env.ALL));
});

test("the package answers after init()", async () => {
  await ready.init();
  expect(await ask(ready)).toEqual(JSON.parse(process.env.ALL));
});
