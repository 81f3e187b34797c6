#!/usr/bin/env node
// Not a plain import, so that types are checked without a build.
await import(new URL("../dist/cli.mjs", import.meta.url).href);
