// How numbers, money, weights and times look, and how a typed amount becomes whole fen.
import { english, t } from "./i18n.js";

const ZONE = "Asia/Shanghai";
const locale = () => (english() ? "en-GB" : "zh-CN");

export const number = (value) => value.toLocaleString(locale());

/** Signed points: +10, −60 with a real minus. */
export const signed = (points) => (points < 0 ? `−${number(-points)}` : `+${number(points)}`);

/** Whole fen as yuan: 500 is "5", 550 "5.50". No floating point touches money. */
export function yuan(fen) {
  const whole = Math.trunc(fen / 100);
  const rest = Math.abs(fen % 100);
  return rest ? `${whole}.${String(rest).padStart(2, "0")}` : String(whole);
}

/** Money with two decimals and a real minus: ¥5.00, −¥12.34. */
export function money(fen) {
  const size = Math.abs(fen);
  return `${fen < 0 ? "−" : ""}¥${number(Math.trunc(size / 100))}.${String(size % 100).padStart(2, "0")}`;
}

/** A typed amount in yuan as whole fen; null when it is not one. Full-width digits and "。" are read too. */
export function parseYuan(text) {
  const plain = text.normalize("NFKC").replace(/[\s¥元]/g, "").replace("。", ".");
  const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(plain);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

/** A day and a time of the district's zone. */
export function when(iso) {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: ZONE, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
  }).format(new Date(iso));
}

/** A day with its year. */
export function day(iso) {
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, year: "numeric", month: "numeric", day: "numeric" })
    .format(new Date(iso));
}

export const clockTime = (iso) =>
  new Intl.DateTimeFormat(locale(), { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false })
    .format(new Date(iso));

export const distance = (metres) =>
  metres < 1000 ? t("{m} 米", { m: metres }) : t("{km} 公里", { km: (metres / 1000).toFixed(1) });

/** What a voucher or an offer takes off, in a few words. */
export function worthOf({ use, min_spend_fen: least }) {
  const min = yuan(least);
  const words = {
    percentage: () => t("减账单的 {n}%，账单满 {min} 元可用", { n: use.percent_off_bp / 100, min }),
    fixed: () => t("用一次，不找零，账单满 {min} 元可用", { min }),
    gift: () => t("账单含“{item}”时抵扣", { item: use.gift_item }),
    multi_use: () => t("可分多次用，账单满 {min} 元可用", { min }),
  };
  return words[use.kind]?.() ?? t("账单满 {min} 元可用", { min });
}

/** The title in the reader's language. */
export const titleOf = (row) => (english() && row.title_en) || row.title;
