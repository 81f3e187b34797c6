// What is said where the dashboard can’t run: because the browser lacks something, or because a part can’t be loaded. This is a
// plain script in old words, so that any browser understands it; it runs before the modules.
(() => {
  // What came last to the browsers that are supported: Chrome and Edge 119, Firefox 121, Safari 17.4.
  const isSupported =
    typeof AbortSignal === "function" &&
    "any" in AbortSignal &&
    "withResolvers" in Promise &&
    CSS.supports("selector(:has(a))");
  const app = document.querySelector("keyward-app");
  if (!app) return;
  /** @param {string} text */
  const say = (text) => {
    const main = document.createElement("main");
    const sentence = document.createElement("p");
    main.id = "main";
    sentence.className = "noscript";
    sentence.setAttribute("role", "alert");
    sentence.textContent = text;
    main.appendChild(sentence);
    if (app.parentNode) app.parentNode.replaceChild(main, app);
    return sentence;
  };
  if (!isSupported)
    return say(
      "This browser is too old for Keyward. Update it, or use a current version of Chrome, Edge, Firefox, or Safari.",
    );
  const script = document.querySelector("script[type=module]");
  if (!script) return;
  script.addEventListener("error", () => {
    const button = document.createElement("button");
    // A page that is away as well would replace what is said here.
    const again = () =>
      fetch("/", { method: "HEAD", cache: "no-store" }).then(
        ({ ok }) => ok && location.reload(),
        () => {},
      );
    button.className = "button";
    button.textContent = "Try again now";
    button.addEventListener("click", again);
    say("Can’t reach Keyward. Trying again… ").append(button);
    addEventListener("online", again);
    // Soon, but later if that hasn’t helped.
    const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    setInterval(again, visit && visit.type === "reload" ? 15 * 1000 : 2 * 1000);
  });
})();
