// @ts-check
// The libraries that read dumps. They are a file of their own in the package, so that no other command loads them.
export { JSONParser, TokenType } from "@streamparser/json";
export { parse } from "csv-parse";
