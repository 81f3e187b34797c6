// @ts-check
import { test } from "node:test";
import { browsers } from "./browsers.mjs";

for (const { name, skip, prove } of browsers)
  test(`in ${name} the package answers as the vectors say`, { skip }, prove);
