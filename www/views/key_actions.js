// What can be done with keys from their list. Dialogs are loaded when they are first wanted.
/** @import { Key } from "../openapi.d.ts" */
/** @import { View } from "../ui/view.js" */
import { unreachable } from "../problem.js";
import { address } from "../router.js";
import { copy } from "../ui/copy.js";

export class KeyActions {
  #view;
  #changed;
  #isOpening = false;

  /** @param {View} view the list @param {() => void} changed called when something has become of a key */
  constructor(view, changed) {
    this.#view = view;
    this.#changed = changed;
  }

  /**
   * Opens a dialog; whoever clicks again while it is loaded gets one.
   * @template T @param {() => Promise<T>} load @param {(loaded: T) => void} open
   */
  async #open(load, open) {
    if (this.#isOpening) return;
    this.#isOpening = true;
    const loaded = await load().catch(() => null);
    this.#isOpening = false;
    if (!loaded) this.#view.context.notify(unreachable().title);
    else if (this.#view.isConnected) open(loaded);
  }

  create = () => {
    const { context, owner } = this.#view;
    const created = (/** @type {string} */ id) => context.go(`${address(owner)}/${id}`);
    return this.#open(
      () => import("./create.js"),
      ({ createKey }) => createKey(context, owner, created),
    );
  };

  /** @param {import("./table.js").Act} act @param {Key} key */
  act = async (act, key) => {
    const { context, owner } = this.#view;
    const parts = { context, owner, key, changed: this.#changed, reload: () => this.#view.reload() };
    if (act === "roll") {
      await this.#open(
        () => import("./roll.js"),
        ({ rollKey }) => rollKey(parts),
      );
    } else if (act === "revoke") {
      await this.#open(
        () => import("./revoke.js"),
        ({ revokeKey }) => revokeKey(parts),
      );
    } else {
      const isCopied = await copy(key.id);
      context.notify(
        isCopied ? `Copied the ID of “${key.title}”.` : `Your browser blocked copying. The ID is ${key.id}.`,
      );
    }
  };

  /** @param {Key[]} chosen */
  revoke = (chosen) => {
    const { context, owner } = this.#view;
    return this.#open(
      () => import("./revoke_keys.js"),
      ({ revokeKeys }) => revokeKeys({ context, owner, chosen, changed: this.#changed }),
    );
  };
}
