// Closes menus, which are <details>: on Escape, a click elsewhere, a choice, or when the focus leaves. By hand: the
// browser’s popovers stay open when the focus leaves or a choice is made, so they would need this too.

/** @param {Node | null} [except] */
export function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!except || !menu.contains(except)) menu.removeAttribute("open");
  }
}

document.addEventListener("click", ({ target }) => {
  const chosen = target instanceof Element && target.closest(".panel :is(a, button)");
  // What is chosen may open something only later: until then the menu's own button has the focus, and gets it back.
  if (chosen && chosen === document.activeElement && chosen.localName === "button")
    chosen.closest("details")?.querySelector("summary")?.focus();
  closeMenus(chosen ? null : /** @type {Node} */ (target));
});
addEventListener("popstate", () => closeMenus());
document.addEventListener("focusin", ({ target }) => closeMenus(/** @type {Node} */ (target)));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary")?.focus();
});

/** What can be chosen in a menu, in order. @param {Element} menu @returns {HTMLElement[]} */
const choices = (menu) =>
  [...menu.querySelectorAll(".panel :is(a, button, input)")].filter((each) => each instanceof HTMLElement);

/** Arrow keys open a menu and move in it, Home and End to its ends. */
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const menu = target instanceof Element ? target.closest("details.menu") : null;
  if (!(menu instanceof HTMLDetailsElement) || !(target instanceof HTMLElement)) return;
  const isText = target instanceof HTMLInputElement;
  if (!["ArrowDown", "ArrowUp", ...(isText ? [] : ["Home", "End"])].includes(key)) return;
  const isSummary = target.localName === "summary";
  if (isSummary && key !== "ArrowDown") return;
  event.preventDefault();
  menu.open = true;
  const all = choices(menu);
  const step = key === "ArrowDown" ? 1 : -1;
  const place = all.indexOf(target) + step;
  const to = key === "Home" ? 0 : key === "End" ? -1 : isSummary ? 0 : Math.max(0, place) % all.length;
  all.at(to)?.focus();
});
