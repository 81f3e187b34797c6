// @ts-check

/** @param {string} text */
const quoted = (text) => `'${text.replace(/[\\']/g, "\\$&")}'`;

/** @param {import("./completion.mjs").Place[]} places */
export const fish = (
  places,
) => `# Completion of keyward for fish. In ~/.config/fish/config.fish: keyward completion fish | source
function __keyward_at
    set -l place ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test "$word" = --
            return 1
        end
        switch "$place $word"
            case ${places.flatMap(({ path }) => (path ? quoted(path.includes(" ") ? path : ` ${path}`) : [])).join(" ")}
                set place (string trim "$place $word")
        end
    end
    test "$place" = "$argv[1]"
end
complete -c keyward -f
${places
  .flatMap(({ path, words, options }) => {
    const start = `complete -c keyward -n ${quoted(`__keyward_at ${quoted(path)}`)}`;
    return [
      ...words.map(([word, about]) => `${start} -a ${word}${about && ` -d ${quoted(about)}`}`),
      ...options.map(({ name, short, about, takes, choices }) =>
        [
          `${start} -l ${name}${short ? ` -s ${short}` : ""} -d ${quoted(about)}`,
          ...(takes ? [choices.length > 0 ? `-x -a ${quoted(choices.join(" "))}` : "-r -F"] : []),
        ].join(" "),
      ),
    ];
  })
  .join("\n")}
`;
