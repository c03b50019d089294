// Verifies SD-JWT presentations by @sd-jwt/core, with Ed25519 and SHA-256 from Node's own crypto.
// One JSON array of {presentation, key} in, one of {payload} or {error} out; key is a public JWK.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { SDJwtInstance } from "@sd-jwt/core";

async function opened({ presentation, key }) {
  const publicKey = createPublicKey({ key, format: "jwk" });
  const verifier = new SDJwtInstance({
    hashAlg: "sha-256",
    hasher: (text, alg) => createHash(alg.replaceAll("-", "")).update(text).digest(),
    verifier: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64url")),
  });
  try {
    return { payload: (await verifier.verify(presentation)).payload };
  } catch (error) {
    return { error: String(error) };
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(asked.map(opened))));
