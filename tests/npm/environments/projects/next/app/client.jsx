"use client";

import * as keyward from "keyward";
import * as later from "keyward/init";
import { useEffect } from "react";
import { ask, say } from "../questions.mjs";

/** What the server, the import and `init` answer; the first that is wrong, or any. */
async function all(onServer) {
  await later.init();
  const answers = [onServer, await ask(keyward), await ask(later)];
  return answers.find(({ failures }) => failures.length > 0) ?? answers[0];
}

export function Client({ onServer }) {
  useEffect(() => {
    all(onServer).then(say);
  }, [onServer]);
  return <p>{onServer.cases}</p>;
}
