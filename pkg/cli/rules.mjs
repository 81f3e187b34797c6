// @ts-check
// Rules for other scanners. They know a key's form and not its checksum, so a key with a mistake in it is a key to them.
import { scan } from "keyward";
import { addressOf } from "./server.mjs";
import { print } from "./terminal/output.mjs";

/** `end`: what has to follow. `samples`: whether those of documentation look so. @typedef {{ name: string, id: string, pattern: string, end: string, samples: boolean }} Rule */
/** @typedef {{ rules: Rule[], words: string[], brand: string | undefined, url: string | undefined }} Wanted */

/**
 * How a key looks, in what RE2, Hyperscan and Rust's regex have in common. A brand may begin anywhere, as in `%3Dkw_sk_…`.
 * A cut key ends before the 58th character behind its prefix: with another character, or with the text.
 * @param {import("keyward").Pins} pins @returns {Rule[]}
 */
function rulesFor({ brand = "[a-z][a-z0-9]{1,11}", kinds = ["sk", "pat"], environment }) {
  const head = `${brand}_(?:${kinds.join("|")})_${environment ?? "(?:live|test)"}_1`;
  return [
    {
      name: "Keyward API key",
      id: "keyward-key",
      pattern: `${head}[0-9A-Za-z]{57}`,
      end: "",
      samples: true,
    },
    {
      name: "Cut Keyward API key, which may be restored",
      id: "keyward-cut-key",
      pattern: `${head}[0-9A-Za-z]{39,56}`,
      end: "(?:[^0-9A-Za-z]|$)",
      samples: false,
    },
  ];
}

/** How the samples of documentation end; they are no keys. */
const SAMPLE = "000000";

/** @param {Rule} rule */
const captured = ({ pattern, end }) => `(${pattern})${end}`;

const ALLOWED = `
[[rules.allowlists]]
description = "Samples of documentation"
regexTarget = "secret"
regexes = ['''${SAMPLE}$''']
`;

/** @param {Wanted} wanted */
const gitleaks = ({ rules, words }) => `# Keyward's rules for gitleaks, as .gitleaks.toml or within yours.
# To keep the rules of gitleaks as well, put this first: [extend] useDefault = true

${rules
  .map(
    (rule) => `[[rules]]
id = "${rule.id}"
description = "${rule.name}"
regex = '''${captured(rule)}'''
secretGroup = 1
keywords = ${JSON.stringify(words)}
${rule.samples ? ALLOWED : ""}`,
  )
  .join("\n")}`;

/** @param {Wanted} wanted */
const trufflehog = ({
  rules,
  words,
}) => `# Keyward's custom detectors for TruffleHog: trufflehog … --config=FILE
detectors:
${rules
  .map(
    (rule) => `  - name: ${rule.id}
    description: ${rule.name}
    keywords: ${JSON.stringify(words)}
    regex:
      key: '${captured(rule)}'
${rule.samples ? `    exclude_regexes_match: ['${SAMPLE}$']\n` : ""}`,
  )
  .join("")}`;

/** @param {Wanted} wanted */
const kingfisher = ({
  rules,
  url,
  brand,
}) => `# Keyward's rules for Kingfisher: kingfisher scan --rules-path FILE …
${url ? "" : "# With --url ADDRESS they validate what they find, and can revoke it.\n"}\
${brand ? "" : "# With --brand NAME, letters that stand right before a key are not taken for a part of it.\n"}\
rules:
${rules
  .map(
    (rule) => `  - name: ${rule.name}
    id: ${rule.id.replace("-", ".")}
    pattern: '${captured(rule)}'
    confidence: ${rule.samples ? "high" : "medium"}
${rule.samples ? `    pattern_requirements:\n      ignore_if_contains: ['${SAMPLE}']\n` : ""}\
${url && rule.end === "" ? asked(url.replaceAll("'", "''")) : ""}`,
  )
  .join("")}`;

/** How a deployment says that a key works, and how whoever holds a key revokes it. @param {string} url */
const asked = (url) => `    validation:
      type: Http
      content:
        request:
          method: GET
          url: '${url}/v1/whoami'
          headers:
            Accept: application/json
            Authorization: 'Bearer {{ TOKEN }}'
          response_matcher:
            - report_response: true
            - type: StatusMatch
              status: [200]
            - type: JsonValid
    revocation:
      type: Http
      content:
        request:
          method: POST
          url: '${url}/v1/revoke'
          headers:
            Accept: application/json
            Content-Type: application/x-www-form-urlencoded
          body: 'token={{ TOKEN }}'
          response_matcher:
            - type: StatusMatch
              status: [200]
`;

/** @param {Wanted} wanted */
const github = ({ rules }) => `Keyward's custom patterns for GitHub secret scanning
(repository or organization: Settings, Advanced Security, Custom patterns, New pattern)

${rules
  .map(
    (rule) => `Pattern name: ${rule.name}
  Secret format: ${rule.pattern}
  Before secret: \\A|[^0-9a-z]
  After secret: \\z|[^0-9A-Za-z]
${rule.samples ? `  Must not match: ${SAMPLE}$\n` : ""}`,
  )
  .join("\n")}`;

/** @type {Record<string, (wanted: Wanted) => string>} */
const SCANNERS = { gitleaks, trufflehog, kingfisher, github };

/**
 * @param {string[]} args
 * @param {import("keyward").Pins | undefined} pins
 * @param {{ url?: string }} flags
 */
export async function rules(args, pins = {}, { url } = {}) {
  // A misspelt pin throws.
  scan("", pins);
  const [name = ""] = args;
  const write = args.length === 1 && Object.hasOwn(SCANNERS, name) ? SCANNERS[name] : undefined;
  if (!write) throw new TypeError(`rules takes one scanner's name: ${Object.keys(SCANNERS).join(", ")}.`);
  if (url !== undefined && write !== kingfisher)
    throw new TypeError("Only the rules for kingfisher ask a server, so --url is for them alone.");
  const environments = pins.environment ? [pins.environment] : ["live", "test"];
  print(
    write({
      rules: rulesFor(pins),
      brand: pins.brand,
      words: environments.map((environment) => `_${environment}_1`),
      url: url === undefined ? undefined : addressOf(url),
    }),
  );
  return 0;
}
