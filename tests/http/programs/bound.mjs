// @ts-nocheck: runs in workerd.
// A worker of the same account as Keyward's. It asks what it is told to, through one of its bindings: as it is, or with the
// package's client.
import { Keyward } from "keyward/client";

/** What no JSON can say, though it can be sent. */
const ODD = {
  nothing: () => undefined,
  function: () => () => "x",
  "a function in it": (question) => ({ ...question, scopes: () => ["none"] }),
  "a function as toJSON": (question) => ({ ...question, toJSON: () => ({ key: "x" }) }),
  "a set": (question) => ({ ...question, scopes: new Set(["none"]) }),
  "a map": (question) => new Map(Object.entries(question)),
  "a date": (question) => ({ ...question, organization: new Date() }),
  bytes: (question) => ({ ...question, key: new TextEncoder().encode(question.key) }),
  "a big integer": (question) => ({ ...question, max_staleness_seconds: 30n }),
  "no number": (question) => ({ ...question, organization: Number.NaN }),
  infinity: (question) => ({ ...question, max_staleness_seconds: Infinity }),
  "a request": () => new Request("https://x/"),
  "a circle": (question) => {
    const circle = { ...question };
    circle.organization = circle;
    return circle;
  },
  "a list of itself": (question) => {
    const scopes = [];
    scopes.push(scopes);
    return { ...question, scopes };
  },
  depth: (question) => {
    let organization = "x";
    for (let level = 0; level < 1_000; level += 1) organization = [organization];
    return { ...question, organization };
  },
};

const LARGE = {
  "a long key": (question) => ({ ...question, key: "x".repeat(20_000_000) }),
  "a long name": (question) => ({ ...question, ["x".repeat(70_000)]: 1 }),
  "many names": (question) => ({
    ...question,
    ...Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`n${at}`, 1])),
  }),
  "many scopes": (question) => ({ ...question, scopes: new Array(40_000).fill("x") }),
  "a billion holes": (question) => ({ ...question, scopes: new Array(1_000_000_000) }),
  "wide characters": (question) => ({ ...question, key: "\u20ac".repeat(30_000) }),
  "a long word in a list": (question) => ({ ...question, scopes: ["x".repeat(70_000)] }),
};

const USUAL = {
  "what is undefined": (question) => ({ ...question, organization: undefined }),
  "a getter": (question) => ({
    get key() {
      return question.key;
    },
  }),
};

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/names")
      return Response.json({ odd: Object.keys(ODD), large: Object.keys(LARGE), usual: Object.keys(USUAL) });
    const { through, questions = [], kind, exactly, client, then } = await request.json();
    const binding = env[through];
    try {
      if (then === "fetch")
        return Response.json({ status: (await binding.fetch("https://x/v1/verify")).status });
      if (then) return Response.json({ answer: (await binding[then]()) ?? null });
      const changed = { ...ODD, ...LARGE, ...USUAL }[kind] ?? ((question) => question);
      const keyward = new Keyward({ binding, retries: 0 });
      if (kind === "exactly") return Response.json({ answers: [await binding.verify(exactly)] });
      const ask = ({ key, ...question }) =>
        client ? keyward.verify(key, question) : binding.verify(changed({ key, ...question }));
      return Response.json({ answers: await Promise.all(questions.map(ask)) });
    } catch (error) {
      const { name, message, code, status, detail, pointer } = error;
      return Response.json({ thrown: { name, message, code, status, detail, pointer } });
    }
  },
};
