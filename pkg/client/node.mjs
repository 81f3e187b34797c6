// @ts-check
// What requests of Node have that those of `fetch` have not.

/**
 * A request's headers. Of two lines `Authorization` Node itself gives the first, and whoever is in front may have meant the other.
 * @param {{ headersDistinct?: Record<string, string[]> }} request
 * @param {Record<string, any>} headers as the framework gives them
 * @returns {import("./credential.mjs").Headers}
 */
export const headersOf = (request, headers) => (name) => {
  const lines = request.headersDistinct?.[name] ?? [];
  return lines.length > 1 ? lines.join(", ") : headers[name];
};
