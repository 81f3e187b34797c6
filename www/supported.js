// A browser that lacks what the dashboard needs is told so, and nothing of the dashboard runs in it. This is a plain script in
// old words, so that such a browser understands it; it runs before the modules.
(() => {
  // What came last to the browsers that are supported: Chrome and Edge 119, Firefox 121, Safari 17.4.
  const isSupported =
    typeof AbortSignal === "function" &&
    "any" in AbortSignal &&
    "withResolvers" in Promise &&
    CSS.supports("selector(:has(a))");
  const app = document.querySelector("keyward-app");
  if (isSupported || !app || !app.parentNode) return;
  const main = document.createElement("main");
  const sentence = document.createElement("p");
  main.id = "main";
  sentence.className = "noscript";
  sentence.textContent =
    "This browser is too old for Keyward. Update it, or use a current version of Chrome, Edge, Firefox, or Safari.";
  main.appendChild(sentence);
  app.parentNode.replaceChild(main, app);
})();
