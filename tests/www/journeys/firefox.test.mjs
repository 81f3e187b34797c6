// @ts-check
// The journeys in Firefox.
import { journeys } from "./journeys.mjs";

journeys("firefox");
