// Saves what the page has put together as a file.
/** @import { Owner } from "../openapi.d.ts" */
import { dateField } from "./time.js";

/** What a file about an owner is called, as of today. @param {string} what @param {Owner} owner @param {string} ending */
export function fileName(what, owner, ending) {
  const whose = `${owner.type === "deployment" ? "operator" : owner.id}`.replace(/[^\w.-]/g, "-");
  return `keyward-${what}-${whose}-${dateField(new Date())}.${ending}`;
}

/** @param {string} name @param {string} type @param {string[]} parts */
export function save(name, type, parts) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  // Not at once: Safari may only begin to read it after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
