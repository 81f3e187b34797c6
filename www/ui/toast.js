// Short news at the foot of the page, read out by screen readers.
const STAY_MS = 6_000;

/** @param {string} text */
export function toast(text) {
  const place = document.querySelector("#toasts");
  const piece = document.createElement("p");
  piece.className = "toast";
  piece.textContent = text;
  place?.replaceChildren(piece);
  setTimeout(() => piece.remove(), STAY_MS);
}
