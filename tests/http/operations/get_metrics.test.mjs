// @ts-check
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { python } from "../../../scripts/contract.mjs";
import { ok, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

// Prometheus' own reader of the format; where it cannot be had its test is left out, on CI it fails.
const bin = await python("tests/http/requirements.txt", "the reader of OpenMetrics").catch((error) => {
  if (process.env.CI) throw error;
});
const READER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([[f.name, f.type, bool(f.documentation), [[s.name, s.labels, s.value] for s in f.samples]] for f in families]))
`;

const { root, nobody, as, orgKey } = await serve();

/** @param {string} text @returns {Map<string, number>} by what stands before the value */
const samples = (text) =>
  new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map(
        (line) =>
          /** @type {[string, number]} */ ([
            line.slice(0, line.lastIndexOf(" ")),
            Number(line.slice(line.lastIndexOf(" "))),
          ]),
      ),
  );

/** How much was counted meanwhile. @param {() => Promise<unknown>} act */
async function counted(act) {
  const before = samples((await root.get("/metrics")).text);
  await act();
  const after = samples((await root.get("/metrics")).text);
  const more = [...after].map(
    ([name, value]) => /** @type {const} */ ([name, value - (before.get(name) ?? 0)]),
  );
  return Object.fromEntries(more.filter(([name, value]) => value !== 0 && !/_created/.test(name)));
}

test("requests are counted by operation, code and way, and verdicts by code", async () => {
  const { token, path, org } = await orgKey();
  await root.post("/v1/verify", { key: token });
  const found = await counted(async () => {
    for (const key of ["x", token, mint({ owner: `organization:${org}` })])
      await ok(root.post("/v1/verify", { key, consistency: "strong" }));
    await root.post("/v1/verify", { key: 7 });
    await ok(root.get(path));
    await nobody.get(`/v1/nowhere/${token.slice(0, 9)}`);
  });
  const requests = (/** @type {string} */ labels) => found[`keyward_requests_total{${labels}}`];
  assert.equal(requests('operation="verify_key",code="ok",way="hot_path"'), 3);
  assert.equal(requests('operation="verify_key",code="request.bad_field",way="hot_path"'), 1);
  assert.equal(requests('operation="get_key",code="ok",way="http"'), 1);
  assert.equal(requests('operation="none",code="route.not_found",way="http"'), 1);
  // The first of the two that read the counters.
  assert.equal(requests('operation="get_metrics",code="ok",way="http"'), 1);
  for (const code of ["malformed", "valid", "forged"])
    assert.equal(found[`keyward_verdicts_total{code="${code}"}`], 1, code);
  assert.equal(found['keyward_storage_requests_total{kind="ledger"}'], 2);
  assert.ok(Object.keys(found).every((name) => !name.includes("faults")));
});

test("it is OpenMetrics, as Prometheus reads it", { skip: bin === undefined }, async () => {
  const answer = await root.get("/metrics");
  assert.equal(
    answer.headers.get("content-type"),
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
  const { stdout, stderr, status } = spawnSync(/** @type {string} */ (bin), ["-c", READER], {
    input: answer.text,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  /** @type {[string, string, boolean, [string, object, number][]][]} */
  const families = JSON.parse(stdout);
  assert.deepEqual(
    families.map(([name]) => name),
    ["requests", "verdicts", "storage_requests", "storage_faults", "foreign_lookups"].map(
      (name) => `keyward_${name}`,
    ),
  );
  for (const [name, type, isExplained, found] of families) {
    assert.deepEqual([type, isExplained], ["counter", true], name);
    for (const [sample, , value] of found) {
      if (sample.endsWith("_created")) assert.ok(Math.abs(value - Date.now() / 1000) < 3600, sample);
      else assert.ok(Number.isInteger(value) && sample === `${name}_total`, sample);
    }
  }
});

test("it takes no parameters, and is for those who may read the deployment", async () => {
  await refused(root.get("/metrics?x=1"), "request.bad_parameter");
  await refused(nobody.get("/metrics"), "auth.missing");
  const { token } = await orgKey({ scopes: ["*"] });
  await refused(as(token).get("/metrics"), "owner.not_found");
  assert.equal((await root.call("HEAD", "/metrics")).text, "");
  await refused(root.post("/metrics"), "route.method_not_allowed");
});
