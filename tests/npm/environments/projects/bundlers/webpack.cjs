// webpack-cli would only read the same options from a file.
const [entry, target] = process.argv.slice(2);

require("webpack")(
  { mode: "production", target, entry: `./${entry}`, output: { path: `${__dirname}/out`, filename: "main.js" } },
  (error, stats) => {
    const { errors = [], warnings = [] } = stats?.toJson("errors-warnings") ?? {};
    const wrong = [error, ...errors, ...warnings].filter(Boolean);
    if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join("\n"));
  },
);
