// Offline codes and signed texts, verified by public key (WebCrypto). The layout is in backend/tokens/rules/offline.py.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BYTES = 109;
const SIGNED = 45;
const CHARS = 175;
const FIRST = 0x11; // version 1, algorithm 1
const PURPOSE = 6;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
export const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
export const base64Of = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 of a text, in hex. */
export const digestOf = async (text) => hexOf(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

/** How a revocation list names a voucher. */
export const revocationId = async (voucher) => (await digestOf(`revoked:${voucher}`)).slice(0, 16);

/** A signing key that no script can read; only its public half leaves the device. */
export async function newDeviceKey() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  return { key: pair.privateKey, publicKey: base64Of(await crypto.subtle.exportKey("spki", pair.publicKey)) };
}

async function holds(keys, keyId, signature, data) {
  const spki = keys[keyId];
  if (!spki) return false;
  const key = await crypto.subtle.importKey("spki", bytesOf(spki), CURVE, false, ["verify"]);
  return crypto.subtle.verify(SIGNATURE, key, signature, data);
}

/** What a signed text says, or null when it is not the service's. */
export async function readSigned(document, keys) {
  const text = new TextEncoder().encode(document.text);
  return (await holds(keys, document.key_id, bytesOf(document.signature), text)) ? JSON.parse(document.text) : null;
}

/** What an offline code says, or null when it is none or was not signed by the service. */
export async function readCode(payload, keys) {
  const raw = decoded(payload);
  if (!raw || raw[0] !== FIRST || raw[1] !== PURPOSE) return null;
  if (!(await holds(keys, raw[2], raw.slice(SIGNED), raw.slice(0, SIGNED)))) return null;
  const view = new DataView(raw.buffer);
  const hex = hexOf(raw.slice(11, 27));
  return {
    issuedAt: view.getUint32(3) * 1000,
    expiresAt: view.getUint32(7) * 1000,
    voucher: [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-"),
    terms: hexOf(raw.slice(27, 35)),
    valueFen: view.getUint32(35),
    minSpendFen: view.getUint32(39),
    holder: String(raw[44]).padStart(2, "0"),
  };
}

/** The bytes of a payload in its one spelling: spare bits that are set are no code of ours. */
function decoded(payload) {
  if (payload.length !== CHARS) return null;
  const raw = new Uint8Array(BYTES);
  let [bits, held, at] = [0, 0, 0];
  for (const character of payload) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      raw[at] = held >> bits;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  return held ? null : raw;
}
