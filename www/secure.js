// Over plain HTTP from another machine nothing of the dashboard is shown, so that nobody types a key there that others on the
// way can read. The module that imports this first is not run then: it waits for a promise that is never kept.

// Browsers trust HTTPS and the own machine.
if (!isSecureContext && location.protocol === "http:") {
  const sentence = document.querySelector(".boot p");
  if (sentence) {
    sentence.textContent = "This connection isn’t encrypted. Opening Keyward over HTTPS…";
    sentence.className = "noscript";
  }
  location.replace(`https:${location.href.slice("http:".length)}`);
  await new Promise(() => {});
}
