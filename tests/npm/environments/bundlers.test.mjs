// @ts-check
import { after, test } from "node:test";
import { bundlers, closeChromium } from "./bundlers.mjs";

after(closeChromium);

for (const { name, prove } of bundlers)
  test(`bundled by ${name} the package answers as the vectors say`, prove);
