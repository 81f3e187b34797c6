const keyward = require("keyward");
const ready = require("keyward/init");
const { ask } = require("./questions.cjs");

test("the package answers", async () => {
  expect(await ask(keyward)).toEqual(JSON.parse(process.env.ALL));
});

test("the package answers after init()", async () => {
  await ready.init();
  expect(await ask(ready)).toEqual(JSON.parse(process.env.ALL));
});
