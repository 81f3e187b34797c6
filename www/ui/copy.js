// Copies to the clipboard, and says whether that worked. By hand: it takes one call of the browser’s.

/** @param {string} text */
export const copy = (text) =>
  navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );

/** Selects all of an element’s text, for copying by hand. @param {Element | null} element */
export function select(element) {
  if (element) getSelection()?.selectAllChildren(element);
}
