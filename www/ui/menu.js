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
  closeMenus(chosen ? null : /** @type {Node} */ (target));
});
document.addEventListener("focusin", ({ target }) => closeMenus(/** @type {Node} */ (target)));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary")?.focus();
});
