// @ts-check
// The journeys in Chromium.
import { journeys } from "./journeys.mjs";

journeys("chromium");
