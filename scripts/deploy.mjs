// @ts-check
// `npm run deploy`: wrangler builds (wrangler.toml names scripts/build.mjs) and uploads. Options are passed on to it.
import { parseArgs } from "node:util";
import { main, quietly, run, Stop } from "./run.mjs";
import { checkWranglerToml, chosenEnvironment } from "./settings.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run deploy                    builds the worker and deploys it as wrangler.toml says
npm run deploy -- --env <name>    deploys an environment of wrangler.toml
npm run deploy -- --dry-run       builds and checks, and uploads nothing
Every other option is one of \`npx wrangler deploy --help\`, such as --domain and --secrets-file.`;

await main(async () => {
  const args = process.argv.slice(2);
  const { values } = parseArgs({
    args,
    options: { env: { type: "string", short: "e" }, help: { type: "boolean", short: "h" } },
    strict: false,
  });
  if (values.help) return console.log(USAGE);
  const { env } = values;
  if (typeof env === "boolean" || env === "") throw new Stop(`The option --env needs a name.\n\n${USAGE}`);
  await setup();
  const { hasAddress } = await checkWranglerToml(chosenEnvironment(env));
  const { code } = await run("wrangler", ["deploy", ...args], { env: quietly, show: true });
  if (code !== 0) {
    throw new Stop(
      `The deploy failed, see above. If secrets are missing, make them with \`npm run secrets\`.\n\n${USAGE}`,
    );
  }
  const isGiven = args.some((argument) => /^--(domains?|routes?)(=|$)/.test(argument));
  if (!hasAddress && !isGiven) {
    console.log(
      "\nwrangler.toml gives the worker no address: put `routes` there (or `workers_dev = true`), unless you have given it one in Cloudflare's dashboard.",
    );
  }
});
