import { nodeResolve } from "@rollup/plugin-node-resolve";
import url from "@rollup/plugin-url";

const exportConditions = process.env.TARGET === "node" ? ["node"] : [];

export default {
  plugins: [nodeResolve({ exportConditions }), url({ include: "**/*.wasm", limit: 0 })],
  output: { dir: "out", entryFileNames: "main.mjs", format: "es" },
};
