// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { documented } from "./gateway.mjs";

test("each tested configuration has at most 15 lines", () => {
  for (const language of ["nginx", "caddy"])
    assert.ok(documented(language).trimEnd().split("\n").length <= 15, language);
});
