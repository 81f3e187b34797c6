// @ts-check
// The looks in Chromium.
import { looks } from "./looks.mjs";

looks("chromium");
