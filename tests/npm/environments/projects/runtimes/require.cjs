const keyward = require("keyward");
const { init } = require("keyward/init");
const { ask, say } = require("./questions.cjs");

init()
  .then(() => ask(keyward))
  .then(say);
