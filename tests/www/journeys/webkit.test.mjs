// @ts-check
// The journeys in WebKit.
import { journeys } from "./journeys.mjs";

journeys("webkit");
