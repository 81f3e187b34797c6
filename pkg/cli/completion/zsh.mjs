// @ts-check

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
/** What stands before a colon is the word, and behind it what it means. @param {string} word @param {string} about */
const described = (word, about) => quoted(`${word}:${about}`);

/** @param {import("./completion.mjs").Place[]} places */
export const zsh = (places) => `#compdef keyward
# Completion of keyward for zsh. In ~/.zshrc, after compinit: eval "$(keyward completion zsh)"
_keyward() {
  local place="" word="" before=""
  local -a names options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    before="$word"
    case "$word" in
      --) _default; return ;;
      -*) continue ;;
    esac
    case "\${place:+$place }$word" in
      (${places.flatMap(({ path }) => (path ? quoted(path) : [])).join("|")}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place $before" in
${places
  .flatMap(({ path, options }) =>
    options
      .filter(({ takes }) => takes)
      .map(({ name, choices }) =>
        choices.length > 0
          ? `    (${quoted(`${path} --${name}`)}) compadd -- ${choices.join(" ")}; return ;;`
          : `    (${quoted(`${path} --${name}`)}) _default; return ;;`,
      ),
  )
  .join("\n")}
  esac
  case "$place" in
${places
  .map(
    ({ path, words, options }) => `    (${quoted(path)})
      names=(${words.map(([word, about]) => described(word, about)).join(" ")})
      options=(${options.map(({ name, about }) => described(`--${name}`, about)).join(" ")}) ;;`,
  )
  .join("\n")}
  esac
  if [[ "$PREFIX" == -* ]]; then _describe -o option options
  elif (( \${#names} )); then _describe command names
  else _default; fi
}
if [[ "$funcstack[1]" == _keyward ]]; then _keyward "$@"; else compdef _keyward keyward; fi
`;
