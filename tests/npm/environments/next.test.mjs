// @ts-check
import { after, test } from "node:test";
import { closeChromium } from "./bundlers.mjs";
import { next } from "./next.mjs";

after(closeChromium);

for (const { name, prove } of next) test(`built by ${name} the package answers as the vectors say`, prove);
