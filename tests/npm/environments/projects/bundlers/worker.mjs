new Worker(new URL("./import.mjs", import.meta.url), { type: "module" });
