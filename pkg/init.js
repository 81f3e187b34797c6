// For bundlers that do not read "exports" in package.json, such as Parcel with its defaults.
export * from "./dist/init.mjs";
