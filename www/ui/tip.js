// Tips: what `data-tip` says of an element, shown while it is pointed at, tapped or focused; those of a row’s elements that
// take no focus, while the row’s link has it. By hand: `title` is shown to the mouse alone, and CSS can’t keep a tip within
// the window in every browser yet.

const GAP = 8;

/** By what they are about. @type {Map<HTMLElement, { tip: HTMLElement, isAbove: boolean }>} */
const shown = new Map();
let count = 0;

/** @param {HTMLElement} element @param {boolean} isAbove */
function show(element, isAbove) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.id = `tip-${++count}`;
  tip.role = "tooltip";
  tip.popover = "manual";
  tip.textContent = element.dataset.tip ?? "";
  (element.closest("dialog, main") ?? document.body).append(tip);
  tip.showPopover();
  element.setAttribute("aria-describedby", tip.id);
  shown.set(element, { tip, isAbove });
  place();
}

/** Puts each beside what it is about, within the window. */
function place() {
  for (const [element, { tip, isAbove }] of shown) {
    const { left, top, bottom } = element.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const goesAbove = isAbove ? top >= height : bottom + height > innerHeight;
    const most = document.documentElement.clientWidth - width - GAP;
    tip.style.left = `${Math.max(GAP, Math.min(left, most))}px`;
    tip.style.top = `${goesAbove ? top - height : bottom}px`;
  }
}

function hide() {
  for (const [element, { tip }] of shown) {
    element.removeAttribute("aria-describedby");
    tip.remove();
  }
  shown.clear();
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const tippedAt = (target) => (target instanceof Element ? target.closest("[data-tip]") : null);

/** @param {EventTarget | null} target */
const isTip = (target) => target instanceof Element && target.closest(".tip") !== null;

document.addEventListener("pointerover", ({ target }) => {
  const element = tippedAt(target);
  if (!element || shown.has(element)) return;
  hide();
  show(element, true);
});
document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  // A tip can itself be pointed at, to read or select it.
  if (isTip(relatedTarget) || tippedAt(relatedTarget)) return;
  if (isTip(target) || tippedAt(target)) hide();
});
document.addEventListener("focusin", ({ target }) => {
  hide();
  const own = tippedAt(target);
  if (own) return show(own, true);
  if (!(target instanceof HTMLAnchorElement) || !target.matches(":focus-visible")) return;
  const others = target.closest("tr")?.querySelectorAll("[data-tip]:not([tabindex])") ?? [];
  // In turns above and below, so that those of neighbours don’t cover each other.
  let isAbove = true;
  for (const other of others) {
    show(/** @type {HTMLElement} */ (other), isAbove);
    isAbove = !isAbove;
  }
});
document.addEventListener("focusout", hide);
document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
document.addEventListener("scroll", place, { capture: true, passive: true });
addEventListener("resize", place);
