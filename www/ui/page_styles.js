// The styles of pages and dialogs that are not looked at first: what imports this is run when they are there. Without them, as
// when the network fails, it still works.

await new Promise((done) => {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: "/styles/pages.css", onload: done, onerror: done });
  document.head.append(link);
});
