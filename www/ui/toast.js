// A short message at the bottom of the page, which screen readers read out. By hand: the page’s live region does the work.
const STAY_MS = 6_000;
/** What is long takes longer to read. */
const LETTER_MS = 80;

/** @param {string} text */
export function toast(text) {
  const place = document.querySelector("#toasts");
  const piece = document.createElement("p");
  piece.className = "toast";
  piece.textContent = text;
  place?.replaceChildren(piece);
  setTimeout(() => piece.remove(), Math.max(STAY_MS, text.length * LETTER_MS));
}
