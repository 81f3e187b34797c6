import * as keyward from "keyward";
import { ask } from "../questions.mjs";
import { Client } from "./client.jsx";

export default async function Page() {
  return <Client onServer={await ask(keyward)} />;
}
