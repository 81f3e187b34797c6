// Keeps the focus where people work. By hand: browsers drop it to the body when what has it goes away, and WebKit gives a
// clicked button none at all.

/** What people work in, from the inside out; its heading takes the focus of what has left it. */
const PLACES = "dialog, section, .card, main";
const CONTROLS = "a, button, summary, input, select, textarea, [tabindex]";

/** What had the focus last, and around it, from the inside out. @type {HTMLElement[]} */
let path = [];
/** What was clicked last, whether or not it has taken the focus. @type {HTMLElement | null} */
let clicked = null;

/** @typedef {{ element: HTMLElement | null, around: HTMLElement[] }} Opener */

/** What opens something, and gets the focus back when that closes. @returns {Opener} */
export function opener() {
  const element = isNowhere() ? (clicked?.isConnected ? clicked : null) : document.activeElement;
  return element instanceof HTMLElement
    ? { element, around: outward(element) }
    : { element: null, around: [] };
}

/** Gives the focus back, or to what is nearest, unless it has found a place already. @param {Opener} opener */
export function giveBack({ element, around }) {
  if (!isNowhere()) return;
  const target = element?.closest("details.menu:not([open])")?.querySelector("summary") ?? element;
  target?.focus();
  if (isNowhere()) focusNearest(around);
}

/** Focuses the heading of a place, by default that of the page. @param {Element | null} [place] */
export function focusHeading(place = null) {
  /** @type {HTMLElement | null} */
  const heading = place?.querySelector("h1, h2, h3") ?? document.querySelector("dialog[open] h2, h1");
  if (!heading) return false;
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus({ preventScroll: place !== null });
  return document.activeElement === heading;
}

/** @param {HTMLElement[]} from */
function focusNearest(from) {
  const places = from.filter((element) => element.isConnected && element.matches(PLACES));
  if (!places.some((place) => focusHeading(place))) focusHeading();
}

const isNowhere = () => !document.activeElement || document.activeElement === document.body;

/** An element and those around it. @param {HTMLElement} element */
function outward(element) {
  const found = [];
  for (let at = /** @type {HTMLElement | null} */ (element); at; at = at.parentElement) found.push(at);
  return found;
}

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement) path = outward(target);
});
document.addEventListener("focusout", ({ target }) => {
  // Whoever leaves for nowhere by themselves, as with a click on the page, stays there.
  queueMicrotask(() => {
    if (isNowhere() && document.hasFocus() && path[0] === target && isUsable(path[0])) path = [];
  });
});
document.addEventListener(
  "click",
  ({ target }) => {
    clicked = target instanceof Element ? target.closest(CONTROLS) : null;
  },
  { capture: true },
);

/** Whether something could have the focus still. @param {HTMLElement | undefined} element */
const isUsable = (element) =>
  element?.isConnected && element.checkVisibility() && !(/** @type {HTMLButtonElement} */ (element).disabled);

let isDue = false;
new MutationObserver(() => {
  if (isDue || path.length === 0 || !isNowhere()) return;
  isDue = true;
  // Whoever has taken it away may be about to place it.
  requestAnimationFrame(() => {
    isDue = false;
    if (path.length > 0 && isNowhere() && !isUsable(path[0])) focusNearest(path);
  });
}).observe(document.body, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["hidden", "disabled", "open"],
});
