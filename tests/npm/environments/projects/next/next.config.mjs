import { fileURLToPath } from "node:url";

// The page becomes files. The tools lie above the project.
const root = fileURLToPath(new URL("../..", import.meta.url));
export default { output: "export", turbopack: { root } };
