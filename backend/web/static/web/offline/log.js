// What the device may accept, and the log of what it accepted: each line signed, and chained to the one before.
import { base64Of, digestOf, readCode, readSigned, revocationId, SIGNATURE } from "./codes.js";
import { addLine, linesOf, paper } from "./store.js";

const KIND = "green-points offline line 1";
const FIRST_PREV = "0".repeat(64);

const textOf = (line) => JSON.stringify([
  KIND, line.allowance, line.seq, line.prev, line.code, line.order_no,
  line.bill_fen, line.discount_fen, line.accepted_at, line.revocations_at,
]);

/** The allowance in the service's signed words and the log under it, or null when there is none. */
export async function ledger() {
  const kept = await paper("allowance");
  const said = kept && (await readSigned(kept.document, kept.keys));
  if (!said) return null;
  const list = await paper("revocations");
  const revoked = list && (await readSigned(list, kept.keys));
  return { said, keys: kept.keys, revoked, lines: await linesOf(said.id) };
}

/** Why the device refuses this code for this bill, in a word; "" when it may accept it. */
async function fault(book, seen, bill) {
  const { said, lines, revoked } = book;
  const now = Date.now();
  const discount = Math.min(seen.valueFen, bill);
  const used = lines.reduce((sum, line) => sum + line.discount_fen, 0);
  if (now >= Date.parse(said.expires_at)) return "allowance_over";
  if (now >= seen.expiresAt || now < seen.issuedAt - 300_000) return "expired";
  if (!said.terms.includes(seen.terms)) return "elsewhere";
  if (revoked?.ids.includes(await revocationId(seen.voucher))) return "revoked";
  if (lines.some((line) => line.voucher === seen.voucher)) return "taken";
  if (bill < seen.minSpendFen) return "below";
  if (discount > said.each_fen || used + discount > said.total_fen || lines.length >= said.max_count) return "too_much";
  return "";
}

/** Looks at a code and a bill without a network: `{ fault }`, or what accepting would take off. */
export async function judge(code, bill) {
  const book = await ledger();
  if (!book) return { fault: "no_allowance" };
  const seen = await readCode(code, book.keys);
  if (!seen) return { fault: "forged" };
  const why = await fault(book, seen, bill);
  return why ? { fault: why, seen } : { fault: "", seen, discount: Math.min(seen.valueFen, bill), book };
}

/** Judges once more and writes the line. A line that another tab wrote meanwhile makes this one fail. */
export async function accept(code, bill, order) {
  const judged = await judge(code, bill);
  if (judged.fault) return judged;
  const { lines, said, revoked } = judged.book;
  if (lines.some((line) => line.order_no === order)) return { ...judged, fault: "order_taken" };
  const line = {
    allowance: said.id,
    seq: lines.length + 1,
    prev: lines.length ? await digestOf(textOf(lines.at(-1))) : FIRST_PREV,
    code,
    order_no: order,
    bill_fen: bill,
    discount_fen: judged.discount,
    accepted_at: new Date().toISOString(),
    revocations_at: revoked?.issued_at.slice(0, 32) ?? "",
  };
  const { key } = await paper("device");
  const signature = base64Of(await crypto.subtle.sign(SIGNATURE, key, new TextEncoder().encode(textOf(line))));
  await addLine({ ...line, signature, voucher: judged.seen.voucher });
  return judged;
}

/** A line as the service takes it: what only the device needs is left out. */
export function uploaded({ voucher, ...line }) {
  return line;
}
