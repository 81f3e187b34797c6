// @ts-check

/** Zero bytes between characters, as UTF-16 and UTF-32 have them. More of them part what stands around them. */
const ZEROS = /(?<!\0)\0{1,3}(?!\0)/g;

/** @param {string} text */
export const withoutZeros = (text) => (text.includes("\0") ? text.replace(ZEROS, "") : text);
