// @ts-check
import { guarantees } from "./cases.mjs";
import { nginx, programs } from "./gateway.mjs";

// What is neither a yes nor 401 or 403 is an error to nginx.
const passes = (/** @type {number} */ status) => ([200, 401, 403].includes(status) ? status : 500);
if (programs.NGINX_BIN) await guarantees({ start: nginx, passes, away: 500, hasOwnSocket: true });
