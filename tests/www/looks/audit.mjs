// @ts-check
// Whether a view is in order at every width: axe finds nothing, and nothing runs out of its place.
import { readFileSync } from "node:fs";
import { path } from "../../../scripts/run.mjs";
import { ARTEFACTS } from "../support.mjs";

export const AXE = readFileSync(path("node_modules/axe-core/axe.min.js"), "utf8");

/** A phone, a tablet, a desk. */
const WIDTHS = [320, 768, 1440];
const HEIGHT = 860;

/** Runs in the page. @param {string[]} exclude what lies under an open menu */
async function faults(exclude) {
  // A new width is told to the page with the next frame, and what depends on it is drawn then.
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  // What fades in has no colours to judge yet; only what waits for something goes on for ever.
  for (const animation of document.getAnimations())
    if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();

  /** @type {any} */
  const { axe } = globalThis;
  // All but one, which finds no faults, only what is hidden; the styles that it asks for end a process of Firefox 153.
  const rules = axe
    .getRules()
    .map((/** @type {any} */ { ruleId }) => [ruleId, { enabled: ruleId !== "hidden-content" }]);
  const { violations } = await axe.run(
    { include: [["html"]], exclude },
    { rules: Object.fromEntries(rules), resultTypes: ["violations"] },
  );
  /** @type {string[]} */
  const found = violations.map(
    (/** @type {any} */ { id, nodes }) =>
      `${id}: ${nodes.map((/** @type {any} */ node) => node.html.slice(0, 160)).join(" | ")}`,
  );

  const page = document.documentElement;
  const excess = page.scrollWidth - page.clientWidth;
  if (excess > 0) found.push(`The page is ${excess} px too wide.`);

  /** Whether something is cut off or scrolls by itself, or is not in the flow. @param {Element} element */
  const isFree = (element) => {
    const { overflowX, position } = getComputedStyle(element);
    return overflowX !== "visible" || position === "absolute" || position === "fixed";
  };
  /** The edge that text must not cross, if it has one. @param {Element | null} element */
  const edge = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.matches(".card, dialog, body")) return at.getBoundingClientRect().right;
      if (isFree(at)) return Infinity;
    }
    return Infinity;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const { currentNode: node } = texts;
    if (!node.textContent?.trim() || !node.parentElement?.checkVisibility()) continue;
    range.selectNodeContents(node);
    const beyond = Math.round(range.getBoundingClientRect().right - edge(node.parentElement));
    if (beyond > 0) found.push(`“${node.textContent.trim()}” runs ${beyond} px out of its card.`);
  }
  return found;
}

/**
 * What is wrong with a view, at any width. A picture is kept in tests/artefacts: of everything in Chromium, elsewhere of what
 * is wrong.
 * @param {import("../support.mjs").Page} page @param {string} name @param {string[]} [covered] what lies under an open menu
 */
export async function audit(page, name, covered = []) {
  /** @type {string[]} */
  const wrong = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const found = await page.evaluate(faults, covered);
    wrong.push(...found.map((fault) => `${name}, ${width} px: ${fault}`));
    if (found.length > 0 || name.startsWith("chromium"))
      await page.screenshot({ path: `${ARTEFACTS}/${name}-${width}.png` });
  }
  return wrong;
}
