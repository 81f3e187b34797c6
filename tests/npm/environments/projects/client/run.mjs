import { use } from "./use.mjs";

const [url, root, org] = globalThis.Deno?.args ?? process.argv.slice(2);
console.log(JSON.stringify(await use({ url, root, org })));
