// @ts-check

/** @param {import("./completion.mjs").Place[]} places */
export const bash = (
  places,
) => `# Completion of keyward for bash. In ~/.bashrc: eval "$(keyward completion bash)"
_keyward() {
  local word last="" place="" current="\${COMP_WORDS[COMP_CWORD]}" words="" values="" found="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    # It parts --option=value into three.
    [[ $word == "=" ]] && continue
    last="$word"
    case "$word" in
      --) compopt -o default 2>/dev/null; return ;;
      -*) continue ;;
    esac
    case "\${place:+$place }$word" in
      ${places.flatMap(({ path }) => (path ? `"${path}"` : [])).join(" | ")}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place $last" in
${places
  .flatMap(({ path, options }) =>
    options
      .filter(({ takes }) => takes)
      .map(({ name, choices }) => `    "${path} --${name}") values="${choices.join(" ")}"; found=1 ;;`),
  )
  .join("\n")}
  esac
  [[ $current == "=" ]] && current=""
  if [[ -n $found ]]; then
    if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current")); else compopt -o default 2>/dev/null; fi
    return
  fi
  case "$place" in
${places
  .map(({ path, words, options }) => {
    const names = [...words.map(([word]) => word), ...options.map(({ name }) => `--${name}`)];
    return `    "${path}") words="${names.join(" ")}" ;;`;
  })
  .join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${#COMPREPLY[@]} -gt 0 || $current == -* ]] || compopt -o default 2>/dev/null
}
complete -F _keyward keyward
`;
