// @ts-check
// The palette while the server is slow, and for the operator. What it does otherwise: keyboard.test.mjs.
import { test } from "node:test";
import { world } from "./support.mjs";

const { key, asAda, asRoot } = world();

test("Enter before the server has answered goes to what is found first", async (t) => {
  const { id } = await key({ title: "Nightly export" });
  const page = await asAda(t, "/organizations/acme/keys");
  await page.getByRole("link", { name: "Nightly export" }).waitFor();
  const { promise: released, resolve: release } = Promise.withResolvers();
  const asked = page.waitForRequest(/q=nightly/);
  await page.route(/q=nightly/, async (route) => {
    await released;
    await route.continue();
  });
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search organizations, keys, and actions" }).fill("nightly");
  await page.keyboard.press("Enter");
  await asked;
  release(undefined);
  await page.waitForURL(`**/organizations/acme/keys/${id}`);
});

test("the operator's own keys are in the palette", async (t) => {
  const page = await asRoot(t, "/check");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search organizations, keys, and actions" }).fill("operator");
  await page.getByRole("option", { name: "Operator keys" }).click();
  await page.waitForURL("**/deployment/keys");
});
