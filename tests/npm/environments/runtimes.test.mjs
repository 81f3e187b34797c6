// @ts-check
import { test } from "node:test";
import { runners, runtimes } from "./runtimes.mjs";

for (const { name, prove } of [...runtimes, ...runners])
  test(`in ${name} the package answers as the vectors say`, prove);
