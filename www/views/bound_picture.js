// The picture of README.md and docs/API.md: what callers are told of a key that is revoked, and until when.
import "../ui/page_styles.js";
import { html } from "../vendor/lit.js";

const TOLD =
  "A key is revoked at 14:03:12 where the ceiling is 30 seconds: callers that ask for 0 seconds are refused at once, all others no later than 14:03:42.";

/** It moves aside where there isn’t room for it, and is loaded when it’s looked at. */
export const boundPicture = () => html`
  <section class="picture" aria-label="When a revoked key is refused" tabindex="0">
    <img src="/bound.svg" alt=${TOLD} width="720" height="256" loading="lazy" />
  </section>`;
