// Finds the key whose text somebody has typed or pasted, and goes to its page. The text is held no longer than that.
/** @import { Key } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { keyIn } from "../key_in.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import { html, nothing } from "../vendor/lit.js";

/** For how long somebody who types may pause before it is said that the key is not whole. */
const TYPING_MS = 800;

export class Lookup {
  #context;
  #update;
  #going = new AbortController();
  #said = "";
  /** @type {"" | "bad" | "warn"} */
  #kind = "";

  /** @param {Context} context @param {() => void} update */
  constructor(context, update) {
    this.#context = context;
    this.#update = update;
  }

  /** Forgets what it was about. */
  stop() {
    this.#going.abort();
    this.#say("");
  }

  /** There was a secret in the address of the page. */
  exposed() {
    this.#say(
      "There was a key in this page’s address. Addresses are kept and logged, so consider the key public and revoke it.",
      "warn",
    );
  }

  /**
   * @param {string} text
   * @param {(() => void) | null} empty empties the field in which it is being typed
   */
  async take(text, empty) {
    this.stop();
    this.#going = new AbortController();
    const { signal } = this.#going;
    const found = await keyIn(text, this.#context.options);
    if (signal.aborted) return;
    if (found.token === null && found.isUnfinished && empty) {
      setTimeout(() => signal.aborted || this.#say(found.why, "warn"), TYPING_MS);
      return;
    }
    empty?.();
    if (found.token === null) return this.#say(found.why, "bad");
    this.#say("Looking for the key…");
    try {
      const key = await api.lookupKey(found.token, signal);
      if (!signal.aborted) this.#show(key);
    } catch (thrown) {
      if (signal.aborted) return;
      const problem = asProblem(thrown);
      if (problem.code === "key.not_found")
        this.#say("There’s no such key, or you don’t have access to it.", "warn");
      else this.#say(problem.message, "bad");
    }
  }

  /** @param {Key} key */
  #show({ id, owner }) {
    this.#say("");
    this.#context.go(`${address(owner)}/${id}`);
  }

  /** @param {string} said @param {"" | "bad" | "warn"} [kind] */
  #say(said, kind = "") {
    this.#said = said;
    this.#kind = kind;
    this.#update();
  }

  notice() {
    return this.#said ? html`<p class="notice ${this.#kind}">${this.#said}</p>` : nothing;
  }
}
