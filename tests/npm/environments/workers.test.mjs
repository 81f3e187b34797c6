// @ts-check
import { test } from "node:test";
import { workers } from "./workers.mjs";

for (const { name, prove } of workers) test(`in ${name} the package answers as the vectors say`, prove);
