// @ts-check
// Where tools are kept that are installed once a machine: outside the checkout, so that other checkouts share them.
import { homedir } from "node:os";
import { join } from "node:path";

export const cache =
  process.env.KEYWARD_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "keyward");
