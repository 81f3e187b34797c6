// @ts-check
// An identity provider for tests: serves its public keys, rotates them, signs tokens, is slow and goes down.
import { constants, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

/** @typedef {keyof typeof ALGORITHMS} Algorithm */
/** @typedef {{ kid: string, alg: Algorithm, publicKey: import("node:crypto").KeyObject, privateKey: import("node:crypto").KeyObject }} Key */
/** @typedef {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => unknown} Serve */

/** @param {unknown} value */
export const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

const rsa = (/** @type {number} */ modulusLength) => generateKeyPairSync("rsa", { modulusLength });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const ec = (/** @type {string} */ namedCurve) => () => generateKeyPairSync("ec", { namedCurve });
const ecdsa = { dsaEncoding: /** @type {const} */ ("ieee-p1363") };
const ed25519 = () => generateKeyPairSync("ed25519");

/** How each algorithm makes keys and signatures. */
export const ALGORITHMS = {
  RS256: { make: rsa, hash: "sha256", options: {} },
  RS384: { make: rsa, hash: "sha384", options: {} },
  RS512: { make: rsa, hash: "sha512", options: {} },
  PS256: { make: rsa, hash: "sha256", options: pss },
  PS384: { make: rsa, hash: "sha384", options: pss },
  PS512: { make: rsa, hash: "sha512", options: pss },
  ES256: { make: ec("P-256"), hash: "sha256", options: ecdsa },
  ES384: { make: ec("P-384"), hash: "sha384", options: ecdsa },
  ES512: { make: ec("P-521"), hash: "sha512", options: ecdsa },
  EdDSA: { make: ed25519, hash: null, options: {} },
  Ed25519: { make: ed25519, hash: null, options: {} },
};

/** A new pair of keys. @param {Algorithm} alg @param {string} [kid] @param {number} [modulusLength] @returns {Key} */
export function newKey(alg, kid = alg, modulusLength = 2048) {
  const pair = ALGORITHMS[alg].make(modulusLength);
  return { kid, alg, ...pair };
}

/** The public half as a JSON Web Key. @param {Key} key */
export const jwk = ({ kid, alg, publicKey }) => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  alg,
  use: "sig",
});

/** Signs a text as its algorithm asks. @param {Key} key @param {string} text */
export function signature({ alg, privateKey }, text) {
  const { hash, options } = ALGORITHMS[alg];
  return sign(hash, Buffer.from(text), { key: privateKey, ...options }).toString("base64url");
}

/** A signed token. @param {Key} key @param {object} claims @param {object} [header] */
export function token(key, claims, header = {}) {
  const signed = `${part({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })}.${part(claims)}`;
  return `${signed}.${signature(key, signed)}`;
}

/** What an attacker makes of a public key where the algorithm is believed. @param {object} header @param {object} claims @param {string | Buffer} secret */
export function symmetric(header, claims, secret) {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Starts a provider. `serve` may be replaced while it runs. @param {Key[]} keys */
export async function startProvider(keys) {
  /** @type {Serve} */
  const serveKeys = (_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: provider.keys.map(jwk) }));
  };
  const server = createServer((request, response) => {
    provider.asked += 1;
    provider.serve(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  const provider = {
    url,
    keys,
    asked: 0,
    serveKeys,
    serve: serveKeys,
    /** The worker's variables about it. */
    bindings: { JWT_ISSUER: `${url}/`, JWT_AUDIENCE: "keyward", JWT_JWKS_URL: `${url}/keys` },
    /** Claims of a good token, changed. @param {object} [changes] */
    claims: (changes = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return { iss: `${url}/`, aud: "keyward", sub: "ada", iat: now, exp: now + 3600, ...changes };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return provider;
}
