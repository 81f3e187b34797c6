// @ts-check
// Everything that the package exports; each entry only loads the core in its own way.
export { KeyFormatError } from "./error.mjs";
export { digest, isWellFormed, parse, redact, tryParse } from "./key.mjs";
export { createRedactor, createScanner, redactStream, redactText, scan } from "./scan.mjs";
