// How to use a key: programs that verify it, and ways to set it as a variable. No key is in them, but a publishable one.
// They are tested: see tests/www/snippets.test.mjs.

/** @typedef {{ id: string, name: string, hint: string, code: string }} Snippet */

/** @param {string} origin @param {string} indent @param {string} credential @param {string} body */
const request = (origin, indent, credential, body) =>
  `fetch("${origin}/v1/verify", {
  method: "POST",
  headers: {
    Authorization: ${credential},
    "Content-Type": "application/json",
  },
  body: JSON.stringify(${body}),
})`.replaceAll("\n", `\n${indent}`);

const FROM_ENVIRONMENT = `\`Bearer $\{process.env.KEYWARD_KEY}\``;

/** @param {string} origin @param {string} presented */
const curl = (origin, presented) => `curl ${origin}/v1/verify \\
  -H "Authorization: Bearer $KEYWARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d "{\\"key\\": \\"$${presented}\\"}"
`;

/** @param {string} origin */
const javascript = (origin) => `export async function verify(key, scopes = []) {
  const response = await ${request(origin, "  ", FROM_ENVIRONMENT, "{ key, scopes }")};
  if (!response.ok) throw new Error(\`Keyward: $\{response.status}\`);
  return response.json(); // { valid: true, key: { title, … }, … }
}
`;

/** @param {string} origin */
const hono = (origin) => `import { Hono } from "hono";
import { env } from "hono/adapter";
import { bearerAuth } from "hono/bearer-auth";

const app = new Hono();

app.use(
  "/api/*",
  bearerAuth({
    async verifyToken(key, c) {
      const response = await ${request(origin, "      ", `\`Bearer $\{env(c).KEYWARD_KEY}\``, "{ key }")};
      if (!response.ok) throw new Error(\`Keyward: $\{response.status}\`);
      const verdict = await response.json();
      c.set("key", verdict.key);
      return verdict.valid;
    },
  }),
);

app.get("/api/hello", (c) => c.json({ hello: c.get("key").title }));

export default app;
`;

/** @param {string} origin */
const express = (origin) => `import express from "express"; // 5 or newer

const app = express();

app.use("/api", async (req, res, next) => {
  const key = (req.get("Authorization") ?? "").replace(/^Bearer /i, "");
  const response = await ${request(origin, "  ", FROM_ENVIRONMENT, "{ key }")};
  if (!response.ok) return res.status(503).json({ error: "Try again later." });
  const verdict = await response.json();
  if (!verdict.valid) return res.status(401).json({ error: "This key isn’t valid." });
  req.key = verdict.key;
  next();
});

app.get("/api/hello", (req, res) => res.json({ hello: req.key.title }));

app.listen(3000);
`;

/** @param {string} origin */
const python = (origin) => `import json
import os
import urllib.request


def verify(key, scopes=()):
    request = urllib.request.Request(
        "${origin}/v1/verify",
        data=json.dumps({"key": key, "scopes": list(scopes)}).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['KEYWARD_KEY']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)  # {"valid": True, "code": "valid", "key": {…}}
`;

/** @param {string} origin */
const go = (origin) => `package keyward

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

// Verdict says whether a key is valid, and which key it is.
type Verdict struct {
	Valid bool   \`json:"valid"\`
	Code  string \`json:"code"\`
	Key   *struct {
		ID    string \`json:"id"\`
		Title string \`json:"title"\`
	} \`json:"key"\`
}

// Verify asks whether a key is valid and has every one of the scopes.
func Verify(ctx context.Context, key string, scopes ...string) (*Verdict, error) {
	body, err := json.Marshal(map[string]any{"key": key, "scopes": append([]string{}, scopes...)})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "${origin}/v1/verify", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("KEYWARD_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("keyward: %s", response.Status)
	}
	var verdict Verdict
	return &verdict, json.NewDecoder(response.Body).Decode(&verdict)
}
`;

/** @param {string} origin */
const rust = (origin) => `// cargo add reqwest --features json && cargo add serde_json
use serde_json::{json, Value};

pub async fn verify(key: &str, scopes: &[&str]) -> Result<Value, Box<dyn std::error::Error>> {
    let verdict = reqwest::Client::new()
        .post("${origin}/v1/verify")
        .bearer_auth(std::env::var("KEYWARD_KEY")?)
        .json(&json!({ "key": key, "scopes": scopes }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    Ok(verdict) // {"valid": true, "code": "valid", "key": {…}}
}
`;

/** A page that asks about its own publishable key. @param {string} origin @param {string} token */
const browser = (origin, token) => `const key = "${token}";
const response = await ${request(origin, "", `"Bearer " + key`, "{ key }")};
const { valid, code } = await response.json();
`;

/**
 * The programs that verify a key.
 * @param {{ origin: string, verifies: boolean, token?: string | null }} parts verifies: whether the key is one that a server verifies others with; token: the text of a publishable key
 * @returns {Snippet[]}
 */
export function programs({ origin, verifies, token = null }) {
  const own = verifies
    ? "Your server uses this key, as KEYWARD_KEY, to verify the keys that it’s sent."
    : "Your server verifies the keys that it’s sent with a key of its own: KEYWARD_KEY, which needs the scope keys:verify.";
  /** @param {string} id @param {string} name @param {string} code @param {string} [hint] @returns {Snippet} */
  const one = (id, name, code, hint = own) => ({ id, name, hint, code });
  return [
    ...(token
      ? [
          one(
            "browser",
            "Web page",
            browser(origin, token),
            "A publishable key may verify itself. The page’s origin has to be listed in the setting CORS_ORIGINS.",
          ),
        ]
      : []),
    one(
      "curl",
      "curl",
      curl(origin, verifies ? "KEYWARD_KEY" : "API_KEY"),
      verifies ? "Asks whether this key works." : `${own} API_KEY is this key.`,
    ),
    one("javascript", "JavaScript", javascript(origin)),
    one("hono", "Hono", hono(origin)),
    one("express", "Express", express(origin)),
    one("python", "Python", python(origin)),
    one("go", "Go", go(origin)),
    one("rust", "Rust", rust(origin)),
  ];
}

/**
 * How to set a secret as a variable without a trace in the shell’s history.
 * @param {string} variable
 * @returns {Snippet[]}
 */
export const settings = (variable) => [
  {
    id: "bash",
    name: "bash or zsh",
    hint: "Run this, paste the key, and press Enter. Nothing shows, and nothing is kept in the shell’s history.",
    code: `read -rs ${variable} && export ${variable}\n`,
  },
  {
    id: "powershell",
    name: "PowerShell",
    hint: "Run this in PowerShell 7, paste the key, and press Enter. Nothing is kept in its history.",
    code: `$env:${variable} = Read-Host -MaskInput "Key"\n`,
  },
  {
    id: "dotenv",
    name: ".env file",
    hint: "Paste the key after the equals sign in an editor. Keep the file out of version control: list it in .gitignore.",
    code: `${variable}=\n`,
  },
];
