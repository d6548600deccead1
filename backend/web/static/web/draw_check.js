// Computing a draw again on one's own phone, by the rule of docs/draws.md and with nothing but what is published.
const encoder = new TextEncoder();

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether a browser lets pages compute: over HTTPS or on one's own machine. */
export const canCheck = () => Boolean(crypto.subtle);

/** Whether list, seed and winners of a drawn `draw` are what the rule makes of each other. */
export async function isTrue(draw) {
  const list = await sha256(draw.numbers.map((each) => `${each}\n`).join(""));
  const seed = await sha256(`${draw.list_sha256}\n${draw.checkpoint}`);
  const keyed = await Promise.all(draw.numbers.map(async (each) => [await sha256(`${seed}:${each}`), each]));
  const order = keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
  const winners = order.slice(0, draw.places);
  return list === draw.list_sha256 && seed === draw.seed && String(winners) === String(draw.winners);
}
