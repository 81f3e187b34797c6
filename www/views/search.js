// The search above a list of keys. A text is searched for once the typing pauses; a key is looked up, and gets neither
// into the address nor into a list’s query.
/** @import { Context } from "../types.d.ts" */
import { holdsSecret } from "../pasted.js";
import { unreachable } from "../problem.js";
import { nothing } from "../vendor/lit.js";

const TYPING_MS = 250;

/** What an address searches for. @param {URLSearchParams} query */
function searched(query) {
  const q = query.get("q") ?? "";
  return holdsSecret(q) ? "" : q;
}

export class Search {
  #pause = 0;
  #context;
  #update;
  #set;
  #query;
  /** Loaded when there is a key to look up. @type {import("./lookup.js").Lookup | null} */
  #lookup = null;
  /** Counts what was asked, since only the last of it matters. */
  #turn = 0;
  /** What the field holds; null while that is a secret which somebody is typing: only the field has it. @type {string | null} */
  typed = "";

  /**
   * @param {{ context: Context, query: () => URLSearchParams, update: () => void, set: (changes: Record<string, string>, replace: boolean) => void }} parts
   */
  constructor({ context, query, update, set }) {
    this.#set = set;
    this.#query = query;
    this.#context = context;
    this.#update = update;
    this.typed = searched(query());
  }

  /** Another address. */
  follow() {
    const q = searched(this.#query());
    if (this.typed !== null && q !== this.typed.trim()) this.typed = q;
  }

  stop() {
    this.#turn += 1;
    clearTimeout(this.#pause);
    this.#lookup?.stop();
  }

  /** What is said of the key that was looked up. */
  notice() {
    return this.#lookup?.notice() ?? nothing;
  }

  /** There was a secret in the address of the page. */
  exposed() {
    return this.#withLookup((lookup) => lookup.exposed());
  }

  /** @param {(lookup: import("./lookup.js").Lookup) => void} act */
  async #withLookup(act) {
    const mine = this.#turn;
    const loaded = await import("./lookup.js").catch(() => null);
    if (!loaded) return this.#context.notify(unreachable().title);
    this.#lookup ??= new loaded.Lookup(this.#context, this.#update);
    if (mine === this.#turn) act(this.#lookup);
  }

  /** Searches at once, as for the Enter key. */
  now = () => {
    clearTimeout(this.#pause);
    const q = this.typed?.trim() ?? "";
    if (q !== searched(this.#query())) this.#set({ q }, this.#query().has("q"));
  };

  /**
   * Takes what a field holds, and says whether there is a secret in it.
   * @param {HTMLInputElement} field
   * @param {string} [pasted] what the field is about to hold as well
   */
  take = (field, pasted) => {
    const secret = secretIn(field, pasted);
    if (pasted !== undefined && secret === undefined) return false;
    this.stop();
    if (secret === undefined) {
      this.typed = field.value;
      this.#pause = window.setTimeout(this.now, TYPING_MS);
      return false;
    }
    const empty = () => {
      field.value = "";
      this.typed = "";
      if (this.#query().has("q")) this.#set({ q: "" }, true);
    };
    if (pasted === undefined) this.typed = null;
    else empty();
    this.#withLookup((lookup) => lookup.take(secret, pasted === undefined ? empty : null));
    return true;
  };

  /** Takes a secret out of a field that is for something else, and looks it up. @param {HTMLInputElement} field @param {string} [pasted] */
  takeFrom = (field, pasted) => {
    const secret = secretIn(field, pasted);
    if (secret === undefined) return false;
    field.value = "";
    this.stop();
    this.#withLookup((lookup) => lookup.take(secret, null));
    return true;
  };
}

/** @param {HTMLInputElement} field @param {string} [pasted] */
function secretIn({ value, selectionStart, selectionEnd }, pasted) {
  const before = value.slice(0, selectionStart ?? value.length);
  const after = value.slice(selectionEnd ?? value.length);
  return [pasted ?? value, before + (pasted ?? "") + after].find(holdsSecret);
}
