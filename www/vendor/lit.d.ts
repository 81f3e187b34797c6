export { initialState, Task } from "@lit/task";
export { html, LitElement, nothing, render, type TemplateResult } from "lit";
