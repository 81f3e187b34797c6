// The id that is offered for a new organization.

export const ID_MAX = 64;

/** Letters that Unicode doesn’t take apart. @type {Record<string, string>} */
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** The id that a name suggests: `acme-robotics`. @param {string} name */
export const suggestedId = (name) =>
  name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}|['’]/gu, "")
    .replace(/[^a-z0-9]/g, (character) => LETTERS[character] ?? "-")
    .replace(/-+/g, "-")
    .slice(0, ID_MAX)
    .replace(/^-|-$/g, "");
