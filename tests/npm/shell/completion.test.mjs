// @ts-check
// `keyward completion`: what is offered, by the shells themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../../scripts/run.mjs";
import { shells } from "../../../scripts/shells.mjs";
import { folder, keyward, path, write } from "../asked.mjs";

const there = await shells("zsh", "fish");
/** @param {string} shell */
const script = async (shell) => (await keyward(["completion", shell], {})).out;
for (const shell of ["bash", "zsh", "fish"]) write(`completion.${shell}`, await script(shell));
const env = { ...process.env, HOME: folder, PATH: `${path("node_modules/.bin")}:${process.env.PATH}` };

/** What must be among the words that are offered, and what must not. @type {[string[], string[], string[]][]} */
const CASES = [
  [["ke"], ["keys"], ["events"]],
  [["keys", ""], ["list", "create", "roll"], ["members"]],
  [["keys", "cr"], ["create"], ["list"]],
  [
    ["keys", "create", "--ex"],
    ["--expires-in", "--expires-at"],
    ["--export", "--status"],
  ],
  [["keys", "list", "--st"], ["--status"], ["--yes"]],
  [["keys", "list", "--status", "re"], ["retiring", "revoked"], ["active"]],
  [["keys", "list", "--json", "--type", ""], ["secret", "publishable"], []],
  [["events", "--action", "key.r"], ["key.revoked", "key.rolled"], ["key.created"]],
  [["members", "role", "ada", "ad"], ["admin"], ["owner"]],
  [["completion", ""], ["bash", "zsh", "fish"], []],
  [["scan", "--sa"], ["--sarif"], []],
  [["--col"], ["--color"], []],
];

/** @param {(words: string[]) => Promise<string>} offered */
async function assertOffered(offered) {
  for (const [words, some, none] of CASES) {
    const found = new Set((await offered(words)).split(/\s+/));
    for (const word of some) assert.ok(found.has(word), `${words.join(" ")}: ${[...found].join(" ")}`);
    for (const word of none) assert.ok(!found.has(word), `${words.join(" ")}: ${[...found].join(" ")}`);
  }
}

/** @param {string} shell @param {string[]} args */
async function ask(shell, ...args) {
  const { code, output } = await run(shell, args, { cwd: folder, env });
  assert.equal(code, 0, output);
  return output;
}

test("bash offers commands, options and their values", async () => {
  const code =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
    'source completion.bash; COMP_WORDS=(keyward "$@"); COMP_CWORD=$#; _keyward; echo "${COMPREPLY[*]}"';
  await assertOffered((words) => ask("bash", "--norc", "-c", code, "bash", ...words));
  // `--type=se` comes in three words.
  assert.equal(
    (await ask("bash", "--norc", "-c", code, "bash", "keys", "list", "--type", "=", "se")).trim(),
    "secret",
  );
});

test("fish offers the same, with what it means", { skip: !there.fish && "there is no fish" }, async () => {
  const line = (/** @type {string[]} */ words) => ["keyward", ...words].join(" ");
  const code = "source completion.fish; complete -C $argv[1]";
  await assertOffered((words) => ask("fish", "--no-config", "-c", code, line(words)));
  assert.match(await ask("fish", "--no-config", "-c", code, "keyward keys cr"), /^create\tCreates a key/m);
});

test("zsh offers the same", { skip: !there.zsh && "there is no zsh" }, async () => {
  // In place of what shows a menu: what would be in it.
  const code = `compdef() { : }
    source completion.zsh
    compadd() { while [[ $1 == -* && $1 != -- ]]; do shift; done; [[ $1 == -- ]] && shift; print -l -- "$@" }
    _describe() { [[ $1 == -o ]] && shift; print -l -- "\${(@)\${(P)2}%%:*}" }
    _default() { : }
    words=(keyward "$@"); CURRENT=$#words; PREFIX=$words[CURRENT]
    _keyward | grep -- "^$PREFIX" || true`;
  await assertOffered((words) => ask("zsh", "-f", "-c", code, "zsh", ...words));
});

test("zsh completes what is typed", { skip: !there.zsh && "there is no zsh" }, async () => {
  // A shell with a terminal of its own, which says what is in its line.
  const code = `zmodload zsh/zpty; zpty z zsh -f -i
    zpty -w z 'PS1=; PS2=; autoload -Uz compinit; compinit -D -u; source completion.zsh
      report() { print -r -- "<$BUFFER>" }; zle -N report; bindkey "^X" report; print RE""ADY'
    zpty -r -m z out '*READY*'
    zpty -w -n z $'keyward keys cr\\t\\x18'
    zpty -r -m z out '*<*>*'; print -r -- "$out"; zpty -d z`;
  assert.match(await ask("zsh", "-f", "-c", code), /<keyward keys create >/);
});

test("what any shell is given has no mistake in its grammar", async () => {
  await ask("bash", "-n", "completion.bash");
  if (there.zsh) await ask("zsh", "-f", "-n", "completion.zsh");
  if (there.fish) await ask("fish", "--no-execute", "completion.fish");
});
