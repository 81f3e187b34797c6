// @ts-check

/** A file of what is built: seen from here, also where this is bundled. @param {string} name */
export const built = (name) => new URL(`../dist/${name}`, import.meta.url);
