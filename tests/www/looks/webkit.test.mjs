// @ts-check
// The looks in WebKit.
import { looks } from "./looks.mjs";

looks("webkit");
