// Copying to the clipboard, and the truth about whether it worked.

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Selects all text of an element, for copying by hand. @param {Element | null} element */
export function select(element) {
  if (element) getSelection()?.selectAllChildren(element);
}
