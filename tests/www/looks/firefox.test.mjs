// @ts-check
// The looks in Firefox.
import { looks } from "./looks.mjs";

looks("firefox");
