// @ts-check
// `npm run deploy`: wrangler builds (wrangler.toml names scripts/build.mjs) and uploads. Options are passed on to it.
import { main, quietly, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { code } = await run("wrangler", ["deploy", ...process.argv.slice(2)], { env: quietly, show: true });
  if (code !== 0) {
    throw new Stop(
      "Nothing was deployed, see above. If secrets are missing, make them with `npm run secrets`.",
    );
  }
});
