/** What is said in other words here than to programs. @type {Record<string, { title: string, detail: string }>} */
const WORDS = {
  "auth.other_caller": {
    title: "You’re signed in as somebody else now",
    detail: "Nothing was changed. The page reloads.",
  },
  "ledger.full": {
    title: "There’s no room left",
    detail: "Nothing more can be added here. You can still revoke and delete keys, and remove members.",
  },
};

/** Why a call to the API failed. The words are for people, `code` is for programs. */
export class Problem extends Error {
  /**
   * @param {{ code: string, status?: number, title: string, detail?: string, errors?: { pointer: string, detail: string }[], request_id?: string }} answer
   */
  constructor(answer) {
    const told = { ...answer, ...WORDS[answer.code] };
    super(told.detail || told.title);
    this.name = "Problem";
    this.code = told.code;
    this.status = told.status ?? 0;
    this.title = told.title;
    this.detail = told.detail ?? "";
    /** What the detail adds to the title. */
    this.explanation = this.detail === this.title ? "" : this.detail;
    this.errors = told.errors ?? [];
    this.requestId = told.request_id ?? null;
  }

  /** Whether it may well pass by itself: the network or the server is at fault, not what was asked. */
  get isPassing() {
    return (
      this.code.startsWith("network.") ||
      this.code === "server.unreadable" ||
      this.status >= 500 ||
      this.status === 429
    );
  }

  /** Whether the owner in the address isn’t there: such an owner has no page. */
  get saysNoOwner() {
    return this.code === "owner.not_found" || this.code === "request.bad_id";
  }

  /**
   * What is wrong with one field of the body.
   * @param {string} pointer as `/title`; what lies beneath it counts too
   */
  at(pointer) {
    const found = this.errors.find((error) => `${error.pointer}/`.startsWith(`${pointer}/`));
    return found ? sentence(found.detail) : null;
  }
}

/** There was no answer at all. */
export const unreachable = () =>
  new Problem({
    code: "network.unreachable",
    title: "Can’t reach the server",
    detail: "Check your connection and try again.",
  });

/**
 * The server took too long.
 * @param {boolean} changing whether the request may have changed something
 */
export const tooSlow = (changing) =>
  new Problem({
    code: "network.timeout",
    title: "The server took too long to respond",
    detail: changing
      ? "The change may still have been made. Check before you try again."
      : "Try again in a moment.",
  });

/** Somebody else has signed in meanwhile, in another tab. */
export const otherCaller = () =>
  new Problem({
    code: "auth.other_caller",
    title: "",
    status: 409,
  });

/** Something that the page itself finds missing. @param {string} pointer @param {string} detail */
export const missing = (pointer, detail) =>
  new Problem({
    code: "page.incomplete",
    title: "Something is missing",
    detail,
    errors: [{ pointer, detail }],
  });

/**
 * Anything thrown, as a problem.
 * @param {unknown} thrown
 */
export function asProblem(thrown) {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem({
    code: "page.defect",
    title: "Something went wrong on this page",
    detail: "Reload the page and try again.",
  });
}

/** @param {string} text */
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
