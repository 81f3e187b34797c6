// What a key lacks that another system has issued, and the way out.
/** @import { Parts } from "./actions.js" */
import { isRollable } from "../keylist.js";
import { button, works } from "../ui/parts.js";
import "../ui/page_styles.js";
import { html, nothing } from "../vendor/lit.js";
import { rollKey } from "./roll.js";

/** @param {Parts} parts */
export function foreignNote(parts) {
  const { key } = parts;
  if (!key.foreign || !works(key)) return nothing;
  return html`
    <section class="card" aria-labelledby="foreign">
      <header>
        <h2 id="foreign">Foreign key</h2>
        ${isRollable(key) ? button("Replace with a new key…", () => rollKey(parts)) : nothing}
      </header>
      <div class="body stack">
        <p>Another system issued this key, and Keyward knows only its hash. It’s verified like any other, in this organization only. But:</p>
        <ul class="lacks">
          <li>A mistyped or made-up key isn’t noticed before the server is asked.</li>
          <li>Secret scanners don’t recognize it, and whoever finds it can’t revoke it.</li>
          <li>It can’t sign anyone in, or call the API by itself.</li>
        </ul>
        <p>Roll it when that suits whoever uses it: a new key takes its place, and this one can keep working for a while.</p>
      </div>
    </section>`;
}
