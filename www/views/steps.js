// What somebody does first: three steps that tick off by themselves. They are shown until a key has been used.
/** @import { Key, KeyList, Owner, Whoami } from "../openapi.d.ts" */
import { address } from "../router.js";
import { copy } from "../ui/copy.js";
import * as icons from "../ui/icons.js";
import { ago } from "../ui/time.js";
import "../ui/page_styles.js";
import { html, nothing } from "../vendor/lit.js";

const FIRST_MS = 4_000;
const LAST_MS = 60_000;

/** Asks again and again, less and less often, and never while nobody looks. */
export class Patience {
  #timer = 0;
  #pause = FIRST_MS;
  #ask;
  #gone = new AbortController();

  /** @param {() => void} ask */
  constructor(ask) {
    this.#ask = ask;
    const look = () => {
      clearTimeout(this.#timer);
      // Whoever returns is shown what is new at once, by the view; from then on it is asked often again.
      this.#pause = FIRST_MS;
    };
    document.addEventListener("visibilitychange", look, { signal: this.#gone.signal });
  }

  /** Asks once more in a while. */
  wait() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#gone.signal.aborted) return;
    this.#timer = window.setTimeout(this.#ask, this.#pause);
    this.#pause = Math.min(this.#pause * 1.5, LAST_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#gone.abort();
  }
}

/** Whether a key may verify itself: publishable keys may, others need the scope. @param {Key} key */
const verifiesItself = ({ type, scopes }) =>
  type === "publishable" || scopes.includes("*") || scopes.includes("keys:verify");

/** @param {Owner} owner @param {Whoami} me */
function command(owner, me) {
  const [organization] = me.organizations;
  // A personal key works in organizations, so it is verified for one.
  const where = owner.type === "user" && organization ? `, "organization": "${organization.id}"` : "";
  return [
    `curl ${location.origin}/v1/verify \\`,
    '  -H "Authorization: Bearer $KEYWARD_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"key": "'"$KEYWARD_KEY"'"${where}}'`,
  ].join("\n");
}

/** @param {{ isDone: boolean, title: string, text: unknown, more?: unknown }} parts */
const step = ({ isDone, title, text, more = nothing }) => html`
  <li class=${isDone ? "done" : ""}>
    <span class="mark">${isDone ? icons.tick : nothing}</span>
    <div>
      <h3>${title}${isDone ? html`<span class="sr-only"> (done)</span>` : nothing}</h3>
      ${text ? html`<p>${text}</p>` : nothing}
      ${more}
    </div>
  </li>`;

/** @param {{ list: KeyList, owner: Owner, me: Whoami, notify: (text: string) => void, create: unknown, dismiss: () => void }} parts */
export function firstSteps({ list, owner, me, notify, create, dismiss }) {
  const [key] = list.keys;
  const used = list.keys.find(({ last_used_at }) => last_used_at !== null);
  const code = command(owner, me);
  const take = async () =>
    notify(
      (await copy(code))
        ? "Copied the command."
        : "Your browser blocked copying. Select the command and copy it yourself.",
    );
  const able = list.keys.find(verifiesItself);
  const hint =
    key && !able
      ? html`The key can’t verify keys yet. <a href="${address(owner)}/${key.id}">Edit it</a> and add the scope <code>keys:verify</code>, or create another key that has it.`
      : html`Save the key as <code>KEYWARD_KEY</code> on your server, then run this. A secret key needs the scope <code>keys:verify</code>.`;
  const title = used ? "Your first key works" : key ? "Verify your first key" : "Create your first key";
  return html`
    <section class="card steps" aria-labelledby="steps">
      <header>
        <h2 id="steps">${title}</h2>
        ${used ? html`<button class="button small" type="button" @click=${dismiss}>Done</button>` : nothing}
      </header>
      <ol>
        ${step({
          isDone: key !== undefined,
          title: "Create a key",
          text: key ? html`Created ${ago(key.created_at)}.` : WHAT[owner.type],
          more: key ? nothing : html`<div class="actions">${create}</div>`,
        })}
        ${step({
          isDone: used !== undefined,
          title: "Verify it from your server",
          text: used ? nothing : hint,
          more: used
            ? nothing
            : html`<div class="vault">
                <code tabindex="0" role="group" aria-label="Command that verifies the key">${code}</code>
                <button class="button small" type="button" @click=${take}>Copy command</button>
              </div>`,
        })}
        ${step({
          isDone: used !== undefined,
          title: "See it used",
          text: used?.last_used_at
            ? html`Last used ${ago(used.last_used_at)}.`
            : "This page updates by itself, a moment after the key is first verified.",
        })}
      </ol>
    </section>`;
}

/** @type {Record<Owner["type"], string>} */
const WHAT = {
  organization:
    "Secret keys are for servers. Publishable keys are for apps and web pages, where anyone can read them.",
  user: "A personal key acts for one person, in Keyward and in every organization they belong to.",
  deployment:
    "An operator key is for your own programs. It can do what its scopes say, for every organization and user.",
};
