// The assistant: ask, see the sources, then the answer, then the quotations it rests on.
import { problemOf, remove, resume } from "../api.js";
import { afterAnswer, forget, openTickets, ticketPart } from "../care.js";
import { ask, conversation, leave, remember, stop } from "../chat.js";
import { $, busy, fill, h, show } from "../dom.js";
import { day } from "../format.js";
import { t } from "../i18n.js";

const SUGGESTIONS = ["怎样激励绿色消费？", "绿色积分怎么得？", "过期药品是什么垃圾？", "到2027年绿化覆盖率的目标是多少？"];
// Why there is no full answer, said before it. Colour alone would not tell.
const REFUSED = {
  needs_clarification: "请再说具体一点",
  out_of_scope: "这不在我的回答范围内",
  unsafe: "请先注意安全",
};
const WHOLE_PLAN = 0;
const BOXES_FROM = 100;

const log = $("#log");
const question = $("#question");

/** Where a citation stands: "第13条" in the plan, whose sections have numbers; the document's name elsewhere. */
function placeOf({ section, document_title: document }) {
  if (section === null) return `《${document}》`;
  if (section === WHOLE_PLAN) return t("总体要求");
  return section > BOXES_FROM ? t("专栏{n}", { n: section - BOXES_FROM }) : t("第{n}条", { n: section });
}

function citationPart(citation) {
  return h("details", {},
    h("summary", {}, `${placeOf(citation)} ${citation.title}`),
    h("blockquote", {}, citation.quote),
    h("p", { class: "muted" }, `《${citation.document_title}》 `, t("{day} 发布", { day: day(citation.issued_on) })));
}

function disclaimer(answer) {
  return h("p", { class: "muted" },
    answer.generated ? t("本回答由人工智能生成，") : "",
    t("仅供参考，以主管部门解释为准。"), " ",
    h("a", { href: "tel:12345" }, t("拨打 12345")));
}

/** The place where one answer grows. */
function answerCard() {
  const sources = h("p", { class: "sources" }, t("正在查阅文件…"));
  const text = h("p", { class: "text" });
  const after = h("div", {});
  const card = h("article", { class: "answer", "aria-busy": "true" }, sources, text, after);
  log.append(card);
  const settle = () => {
    card.removeAttribute("aria-busy");
    show(sources, false);
    card.scrollIntoView({ block: "nearest" });
  };
  return {
    sources(event) {
      const places = [...new Set(event.citations.map(placeOf))];
      sources.textContent = places.length ? t("查阅：{places}", { places: places.join("、") }) : t("正在查阅文件…");
    },
    delta(piece) {
      text.append(piece);
      card.scrollIntoView({ block: "nearest" });
    },
    done(answer) {
      remember(answer);
      settle();
      text.textContent = answer.answer;
      card.classList.toggle("refused", answer.refused);
      if (answer.refused) card.prepend(h("span", { class: "tag warn" }, t(REFUSED[answer.status] ?? "文件里没有查到，不能乱答")));
      const near = answer.near.length ? [h("p", { class: "muted" }, t("比较接近的内容：")), ...answer.near.map(citationPart)] : [];
      fill(after, ...answer.citations.map(citationPart), ...near, disclaimer(answer), afterAnswer(answer));
      show($("#delete"), Boolean(conversation()));
    },
    problem(problem) {
      settle();
      fill(after, h("p", { class: problem.code === "stopped" ? "muted" : "problem" }, problem.message));
    },
  };
}

async function send(text) {
  show($("#suggestions"), false);
  show($("#send"), false);
  show($("#stop"));
  log.append(h("p", { class: "said" }, text));
  question.value = "";
  await ask(text, answerCard());
  show($("#stop"), false);
  show($("#send"));
}

function submit() {
  const text = question.value.trim();
  if (text && !$("#send").hidden) return send(text);
  return question.focus();
}

$("#ask").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
$("#stop").addEventListener("click", () => {
  stop();
  question.focus();
});
fill($("#suggestions"), ...SUGGESTIONS.map((text) =>
  h("li", {}, h("button", { type: "button", class: "button plain", onclick: () => send(t(text)) }, t(text)))));

// Everything that was said here goes, for good; what waits for a person goes with it.
$("#delete").addEventListener("click", (event) => busy(event.currentTarget, async () => {
  try {
    await remove(`assistant/conversations/${conversation()}`);
    forget(conversation());
    leave();
    fill(log, h("p", { class: "muted", role: "status" }, t("这段对话已删除。")));
    show($("#delete"), false);
    question.focus();
  } catch (error) {
    log.append(h("p", { class: "problem" }, problemOf(error).message));
  }
}));

async function showTickets() {
  try {
    fill($("#tickets"), ...(await openTickets(await resume())).map((ticket) => ticketPart(ticket)));
  } catch (error) {
    problemOf(error); // no answer came: the page is as good without them
  }
}
await showTickets();
addEventListener("visibilitychange", () => document.visibilityState === "visible" && showTickets());
