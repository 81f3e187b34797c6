// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { nobody } = await serve();

test("anyone may ask whether the worker is up, and which version it is", async () => {
  const { status, version } = await ok(nobody.get("/health"));
  assert.equal(status, "ok");
  assert.match(version, /^\d+\.\d+\.\d+/);
});

test("health takes no parameters", async () => {
  await refused(nobody.get("/health?x=1"), "request.bad_parameter");
});
