import * as keyward from "keyward";
import { expect, test } from "vitest";
import { ask } from "./questions.mjs";

test("the package answers", async () => {
  expect(await ask(keyward)).toEqual(JSON.parse(process.env.ALL));
});
