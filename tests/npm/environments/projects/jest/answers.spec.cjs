const keyward = require("keyward");
const { ask } = require("./questions.cjs");

test("the package answers", async () => {
  expect(await ask(keyward)).toEqual(JSON.parse(process.env.ALL));
});
