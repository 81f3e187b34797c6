export { initialState, Task } from "@lit/task";
export { html, LitElement, noChange, nothing, render, type TemplateResult } from "lit";
