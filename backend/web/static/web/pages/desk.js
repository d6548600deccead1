// The desk: vouchers on paper for people without a phone. Find theirs, print one slip, keep the record.
import { download, logOut, loggedIn, onSession, post, problemOf, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { day, titleOf, when, worthOf, yuan } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { login } from "../login.js";

const STATES = { good: ["tag", "有效"], replaced: ["tag off", "已换新"], ended: ["tag off", "券已用完或过期"] };
const complain = (error) => showProblem($("#who .problem"), error && problemOf(error));
let paper = null; // the address of the picture on the page, let go with the next one

const record = growingList({
  ...listParts("#record"),
  none: $("#no-record"),
  row: (slip) => h("li", {},
    h("span", { class: "what" }, titleOf(slip)),
    h("span", { class: STATES[slip.state][0] }, t(STATES[slip.state][1])),
    h("span", { class: "muted" }, `${when(slip.printed_at)} · ${slip.holder}`)),
});
const showRecord = () => record("desk/slips?limit=10");

async function find() {
  const phone = $("#resident").value.normalize("NFKC").replace(/\s/g, "");
  show($("#printed"), false);
  try {
    const { results } = await post("desk/vouchers", { phone });
    complain(null);
    fill($("#vouchers"), ...results.map(card));
    show($("#none"), results.length === 0);
  } catch (error) {
    fill($("#vouchers"));
    show($("#none"), false);
    complain(error);
  }
}

function card(voucher) {
  const act = valueAct(`desk/vouchers/${voucher.id}/slips`);
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const button = h("button", { type: "button", class: "button wide" }, t("打印这张券"));
  button.addEventListener("click", () => busy(button, async () => {
    try {
      await hand(voucher, await act({}));
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  }));
  return h("li", { class: "card" },
    h("h2", {}, titleOf(voucher)),
    h("p", { class: "price" }, h("strong", {}, `¥${yuan(voucher.remaining_fen)}`), h("span", {}, worthOf(voucher))),
    h("p", { class: "muted" }, t("{day} 到期", { day: day(voucher.expires_at) })),
    h("p", { class: "muted" }, t("打印后，以前打印的同一张券作废。")),
    problem, button);
}

/** Shows the slip and prints it: on paper there is nothing but the slip. */
async function hand(voucher, slip) {
  const path = `desk/slips/${slip.id}/paper`;
  const picture = await download(path, "image/png");
  if (paper) URL.revokeObjectURL(paper);
  paper = URL.createObjectURL(picture);
  const image = h("img", { class: "paper", src: paper, alt: t("纸质券：{title}", { title: titleOf(voucher) }), width: 620, height: 874 });
  const again = h("button", { type: "button", class: "button tall", onclick: () => print() }, t("打印"));
  fill($("#printed"), h("h2", {}, t("请把纸质券交给居民")), image, again);
  show($("#printed"));
  await image.decode();
  $("#printed").focus();
  await showRecord();
  print();
}

async function open() {
  await login();
  const desk = roles.includes("desk");
  show($("#not-desk"), !desk);
  show($("#desk"), desk);
  show($("#logout"));
  if (desk) await showRecord();
}

$("#who").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("#find"), find);
});
$("#logout").addEventListener("click", (event) => busy(event.currentTarget, () => logOut().catch(complain)));
onSession(() => loggedIn() || location.reload());

await open().catch(complain);
