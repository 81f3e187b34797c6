// @ts-check
import { guarantees } from "./cases.mjs";
import { caddy, programs } from "./gateway.mjs";

if (programs.CADDY_BIN) await guarantees({ start: caddy, passes: (status) => status, away: 502 });
