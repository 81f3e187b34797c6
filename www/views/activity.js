// What has happened to everything that an owner has, or to one of its keys.
import * as api from "../api.js";
import { nameOf } from "../owners.js";
import { address, pageOf } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, emptyState, head, pages, unreadableNote } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, Task } from "../vendor/lit.js";
import { trail } from "./trail.js";

const LIMIT = 30;

export class ActivityView extends View {
  #events = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: ([owner, query], { signal }) =>
      api.listEvents(owner, { key: query.get("key"), ...pageOf(query, LIMIT) }, signal),
  });

  /** @override */
  get name() {
    return `Activity · ${nameOf(this.context.me, this.owner)}`;
  }

  /** @override */
  reload() {
    this.#events.run();
  }

  /** @override */
  render() {
    const { owner, context, route } = this;
    const { query } = route;
    const path = address(owner, "activity");
    const loaded = (/** @type {import("../openapi.d.ts").EventList} */ list) =>
      list.count === 0
        ? emptyState({
            icon: icons.none,
            title: "No activity yet",
            text: "Changes to keys and members will appear here.",
          })
        : html`
            ${trail({ events: list.events, me: context.me, owner })}
            ${unreadableNote(list)}
            ${pages({ ...list, noun: "events", query, path })}`;
    return html`
      ${head({
        title: "Activity",
        text: query.get("key")
          ? html`Activity of one key. <a href=${path}>Show all activity</a>`
          : "Who did what, newest first. Activity is kept after a key is deleted.",
      })}
      <div class="card">${this.show(this.#events, () => bones(3), loaded)}</div>`;
  }
}
customElements.define("keyward-activity", ActivityView);
