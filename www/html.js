// The one door to the template library, copied into vendor/ by the build.
export { html, nothing, render } from "./vendor/lit-html.js";
