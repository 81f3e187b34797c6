// @ts-check
// `keyward/init` where the core is loaded anyway: code that is shared with pages runs unchanged.
export * from "keyward";

/** @type {typeof import("../init.d.ts").init} */
export async function init() {}
