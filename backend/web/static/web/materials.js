// What lies on the scale: lines of material and weight, typed in kilograms and sent in whole grams.
import { $, fill, h, show } from "./dom.js";
import { number } from "./format.js";
import { t } from "./i18n.js";

export const MATERIALS = {
  paper: "废纸", plastics: "塑料", pet: "塑料瓶（PET）", glass: "玻璃", aluminium: "铝罐", steel_cans: "铁罐",
  metal: "废金属", clothing: "可再用旧衣", kitchen: "厨余垃圾", bulky: "大件垃圾", ewaste: "废旧家电",
};
const MOST_GRAMS = 200_000;
const MOST_LINES = 20;

/** A typed weight in kilograms as whole grams; null when it is none. */
export function parseKilograms(text) {
  const plain = text.normalize("NFKC").replace(/\s|kg|公斤/gi, "").replace("。", ".");
  const match = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(plain);
  const grams = match ? Number(match[1]) * 1000 + Number((match[2] ?? "").padEnd(3, "0")) : 0;
  return grams >= 1 && grams <= MOST_GRAMS ? grams : null;
}

export const kilograms = (grams) => t("{kg} 公斤", { kg: number(grams / 1000) });

export const materialOptions = (names) => names.map((name) => h("option", { value: name }, t(MATERIALS[name])));

/** Wires the scale card in `card`; `lines()` gives what was added, `clear()` takes it away. */
export function scale(card, names, onChange = () => {}) {
  let lines = [];
  const complain = (text) => {
    $(".weight-problem", card).textContent = text;
    show($(".weight-problem", card), Boolean(text));
  };

  function draw() {
    fill($(".weight-list", card), ...lines.map((line, index) => h("li", {},
      h("span", { class: "what" }, t(MATERIALS[line.material])),
      h("span", { class: "sum" }, kilograms(line.grams)),
      h("button", { type: "button", class: "button plain", onclick: () => remove(index) }, t("删去")))));
    const total = lines.reduce((sum, line) => sum + line.grams, 0);
    $(".weight-total", card).textContent = total ? t("共 {n} 项，{total}", { n: lines.length, total: kilograms(total) }) : "";
    onChange(lines);
  }

  function remove(index) {
    lines = lines.filter((_, other) => other !== index);
    draw();
  }

  function add() {
    const input = $(".weight-grams", card);
    const grams = parseKilograms(input.value);
    complain(grams ? "" : t("请输入重量，例如 1.25（公斤），最多 200 公斤。"));
    if (!grams || lines.length >= MOST_LINES) return input.focus();
    lines = [...lines, { material: $(".weight-material", card).value, grams }];
    input.value = "";
    return draw();
  }

  fill($(".weight-material", card), ...materialOptions(names));
  $(".weight-add", card).addEventListener("click", add);
  $(".weight-grams", card).addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  });
  return { lines: () => lines, clear: () => { lines = []; complain(""); draw(); } };
}
