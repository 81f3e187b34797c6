// Copies to the clipboard, and says whether that worked. By hand: the browser’s own function does it, and libraries fall back
// on ways that cannot tell.

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
