// @ts-check
// What every environment is asked. In the environments these lie beside cases.mjs, as users' own modules do.

// @ts-expect-error: the module that casesModule() makes, not the file
import { issueVectors, parseVectors, runAll } from "./cases.mjs";

/**
 * All that differs from the vectors, and from what they say of text in pieces.
 * @param {typeof import("keyward")} keyward
 */
export async function ask(keyward) {
  const { cases, failures } = runAll(keyward, parseVectors, issueVectors);
  const [{ key, redacted }] = issueVectors.cases;
  const text = `a ${key} b`;
  for (let cut = 0; cut <= text.length; cut++) {
    const pieces = [text.slice(0, cut), text.slice(cut)];
    const scanner = keyward.createScanner();
    const found = [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()];
    if (found.length !== 1 || found[0].start !== 2 || found[0].damaged) failures.push(`scanner, ${cut}`);
    const redactor = keyward.createRedactor();
    const out = pieces.map((piece) => redactor.push(piece)).join("") + redactor.end();
    if (out !== `a ${redacted} b`) failures.push(`redactor, ${cut}`);
  }
  // jsdom has no streams.
  if (typeof TransformStream === "function") {
    const stream = keyward.redactStream();
    const writer = stream.writable.getWriter();
    const written = Promise.all([
      writer.write(text.slice(0, 9)),
      writer.write(text.slice(9)),
      writer.close(),
    ]);
    let out = "";
    for (const reader = stream.readable.getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) break;
      out += value;
    }
    await written;
    if (out !== `a ${redacted} b`) failures.push("stream");
  }
  return { cases, failures };
}

/** Tells the test: from a page or a worker by a request, elsewhere by what is written. @param {unknown} answers */
export async function say(answers) {
  const text = JSON.stringify(answers);
  if (typeof location === "object") await fetch("/answers", { method: "POST", body: text });
  else console.log(text);
}
