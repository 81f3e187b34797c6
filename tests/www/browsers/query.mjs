// @ts-check
// Runs in the page: finds elements as people name them. axe knows their roles and names.

/**
 * One step on the way from the document to elements.
 * @typedef {object} Step
 * @property {"role" | "label" | "text" | "css" | "filter" | "nth"} by
 * @property {string} [value] the role, or the selector
 * @property {Pattern} [name] what the name, the label or the text is
 * @property {number} [index] which one; from the end if it is negative
 *
 * @typedef {{ text: string, exact: boolean } | { source: string, flags: string }} Pattern
 */

/** @param {Step[]} steps @returns {Element[]} */
export function query(steps) {
  /** @type {any} */
  const { axe } = globalThis;
  /** @param {string | null | undefined} text */
  const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();

  /** @param {Pattern | undefined} pattern @param {string} text */
  const matches = (pattern, text) => {
    if (!pattern) return true;
    if ("source" in pattern) return new RegExp(pattern.source, pattern.flags).test(text);
    const wanted = plain(pattern.text);
    return pattern.exact ? text === wanted : text.toLowerCase().includes(wanted.toLowerCase());
  };
  /** @param {any} element @returns {string[]} */
  const labels = (element) => [
    ...[...(element.labels ?? [])].map(({ textContent }) => plain(textContent)),
    plain(element.getAttribute("aria-label")),
    plain(
      element
        .getAttribute("aria-labelledby")
        ?.split(" ")
        .map((/** @type {string} */ id) => document.getElementById(id)?.textContent ?? "")
        .join(" "),
    ),
  ];
  /** @param {Element} element @param {Pattern | undefined} name */
  const says = (element, name) =>
    !["SCRIPT", "STYLE", "NOSCRIPT", "TITLE"].includes(element.tagName) &&
    matches(name, plain(element.textContent));

  /** @type {Record<string, (element: Element, step: Step) => boolean>} */
  const tests = {
    role: (element, { value, name }) =>
      axe.commons.aria.getRole(element) === value &&
      axe.commons.dom.isVisibleToScreenReaders(element) &&
      matches(name, plain(axe.commons.text.accessibleText(element))),
    label: (element, { name }) => labels(element).some((label) => label && matches(name, label)),
    text: (element, { name }) =>
      says(element, name) && ![...element.children].some((child) => says(child, name)),
    css: (element, { value = "*" }) => element.matches(value),
  };

  /** @type {Element[]} */
  let found = [document.documentElement];
  axe.setup(document);
  try {
    for (const step of steps) {
      if (step.by === "nth") found = found.slice(step.index ?? 0).slice(0, 1);
      else if (step.by === "filter")
        found = found.filter((element) => matches(step.name, plain(element.textContent)));
      else {
        const inside = new Set(found.flatMap((element) => [...element.querySelectorAll("*")]));
        found = [...inside].filter((element) => tests[step.by]?.(element, step));
      }
    }
  } finally {
    axe.teardown();
  }
  return found;
}
