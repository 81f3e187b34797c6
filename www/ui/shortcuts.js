// Keys that do things on every page: letters where nobody types, and the palette. What they do is loaded when first wanted.
/** @import { Context } from "../types.d.ts" */
import { unreachable } from "../problem.js";
import { address } from "../router.js";
import { closeMenus } from "./menu.js";
import { toast } from "./toast.js";

/** People who speak to their computer, or whose keys are pressed by accident, can turn the letters off. */
const SWITCH = "keyward.shortcuts";

export const lettersWork = () => localStorage.getItem(SWITCH) !== "off";

/** @param {boolean} works */
export const letLettersWork = (works) =>
  works ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "off");

/** Where “g” and a letter go. @type {Record<string, string>} */
const SECTIONS = { k: "keys", m: "members", a: "activity", s: "settings" };

const NOT_TEXT = ["checkbox", "radio", "button", "submit"];

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select") ||
    (target instanceof HTMLInputElement && !NOT_TEXT.includes(target.type)));

/** Where the palette is opened with ⌘ instead of Ctrl. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const failed = () => toast(unreachable().title);
let isOpening = false;

/** Opens the palette. @param {Context} context */
export async function openPalette(context) {
  if (isOpening) return;
  isOpening = true;
  await import("../views/palette.js").then((palette) => palette.openPalette(context), failed);
  isOpening = false;
}

/** Lists the shortcuts. */
export const showShortcuts = () =>
  import("../views/shortcuts.js").then((list) => list.showShortcuts(), failed);

/**
 * @param {() => Context | null} signedIn null while nobody is
 */
export function followShortcuts(signedIn) {
  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    const context = signedIn();
    const { key } = event;
    const wasGoing = isGoing;
    isGoing = false;
    if (!context || event.defaultPrevented || event.isComposing || event.repeat) return;
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (document.querySelector("dialog[open]")) return;
    if (key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      openPalette(context);
      return;
    }
    if (isModified || isTyping(event.target) || !lettersWork()) return;
    const act = wasGoing ? goes(context, key) : acts(key);
    if (act) {
      event.preventDefault();
      closeMenus();
      act();
    } else {
      isGoing = key === "g" && !wasGoing;
    }
  });
}

/** @param {string} key */
function acts(key) {
  if (key === "?") return showShortcuts;
  if (key === "/") {
    /** @type {HTMLInputElement | null} */
    const search = document.querySelector("main input[type=search]");
    return (
      search &&
      (() => {
        search.focus();
        search.select();
      })
    );
  }
  if (!/^[a-z]$/.test(key)) return null;
  /** @type {HTMLElement | null} */
  const control = document.querySelector(`main [aria-keyshortcuts="${key}"]`);
  return control && (() => control.click());
}

/** @param {Context} context @param {string} key */
function goes({ owner, go }, key) {
  if (key === "c") return () => go("/check");
  const section = SECTIONS[key];
  if (!section || !owner) return null;
  if (["members", "settings"].includes(section) && owner.type !== "organization") return null;
  return () => go(address(owner, section));
}
