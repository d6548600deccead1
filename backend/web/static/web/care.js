// What stands under an answer: a vote, and the way to a person. A ticket is opened by a tap, never by a word.
import { get, post, Problem, problemOf } from "./api.js";
import { busy, fill, h } from "./dom.js";
import { when } from "./format.js";
import { t } from "./i18n.js";

const WAITING = "asked_a_person"; // in localStorage: the conversations of this browser that wait for a person
const REASONS = { wrong: "内容有误", not_asked: "答非所问", outdated: "内容过时", unclear: "看不明白" };
const QUEUES = { policy: "政策文件", points: "积分", vouchers: "消费券", sorting: "垃圾分类", other: "其他" };
const STATES = { open: "等待受理", taken: "正在处理", answered: "已答复", closed: "已关闭" };

/** Conversations whose tickets a guest comes back for. */
export function waiting() {
  try {
    return JSON.parse(localStorage.getItem(WAITING) ?? "[]");
  } catch {
    return []; // Storage is switched off or holds something else: the page itself still shows the ticket.
  }
}

function keep(conversations) {
  try {
    localStorage.setItem(WAITING, JSON.stringify(conversations.slice(-10)));
  } catch {
    // Storage is switched off.
  }
}

const wait = (conversation) => keep([...new Set([...waiting(), conversation])]);
export const forget = (conversation) => keep(waiting().filter((each) => each !== conversation));

const path = (answer) => `assistant/conversations/${answer.conversation}`;

const quiet = (label, onclick) => h("button", { type: "button", class: "quiet", onclick }, t(label));

/** Vote and hand-off for one answer; nothing where no turn was kept. */
export function afterAnswer(answer) {
  if (!answer.turn) return null;
  const place = h("div", { class: "care" });
  const votes = h("div", { class: "votes", role: "group", "aria-label": t("这条回答有帮助吗？") });
  const person = h("div", {});
  const vote = (event, body) => busy(event.currentTarget, async () => {
    try {
      await post(`${path(answer)}/turns/${answer.turn}/vote`, body);
      fill(votes, h("p", { class: "muted", role: "status" }, t("谢谢，您的评价已记下。")));
      if (!body.helpful) offerPerson();
    } catch (error) {
      fill(votes, h("p", { class: "problem", role: "alert" }, problemOf(error).message));
    }
  });
  const askWhy = () => fill(votes,
    h("p", { class: "muted" }, t("哪里没帮上？")),
    ...Object.entries(REASONS).map(([reason, label]) => quiet(label, (event) => vote(event, { helpful: false, reason }))));
  const offerPerson = () => person.childElementCount || fill(person,
    h("button", { type: "button", class: "button plain wide", onclick: () => fill(person, handOver(answer, person)) }, t("转人工")));
  fill(votes, quiet("有帮助", (event) => vote(event, { helpful: true })), quiet("没帮助", askWhy));
  if (answer.refused) offerPerson();
  place.append(person, votes);
  return place;
}

function handOver(answer, place) {
  const queue = h("select", { name: "queue" }, Object.entries(QUEUES).map(([value, label]) => h("option", { value }, t(label))));
  const note = h("textarea", { name: "note", rows: 2, maxlength: 300, placeholder: t("想补充什么？（可不填，请勿写电话和证件号）") });
  const button = h("button", { class: "button wide" }, t("把这段对话交给人工"));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const form = h("form", { class: "hand-over" },
    h("label", {}, t("问题类型"), queue), h("label", {}, t("补充说明"), note),
    h("p", { class: "muted" }, t("工作人员会读到这段对话（电话等号码已隐去）。急事请直接"), " ", h("a", { href: "tel:12345" }, t("拨打 12345"))),
    button, problem);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(button, async () => {
      try {
        const ticket = await post(`${path(answer)}/tickets`, { queue: queue.value, note: note.value });
        wait(answer.conversation);
        fill(place, ticketPart(ticket));
        place.querySelector("h2").focus();
      } catch (error) {
        problem.textContent = problemOf(error).message;
        problem.hidden = false;
      }
    });
  });
  return form;
}

/** A ticket as its asker sees it. */
export function ticketPart(ticket, gone = () => {}) {
  const part = h("section", { class: "ticket strip" });
  const close = h("button", { type: "button", class: "button plain" }, t(ticket.state === "answered" ? "知道了" : "不用了"));
  close.addEventListener("click", () => busy(close, async () => {
    try {
      await post(`${path(ticket)}/tickets/${ticket.id}/close`, {});
      forget(ticket.conversation);
      part.remove();
      gone();
    } catch (error) {
      part.append(h("p", { class: "problem", role: "alert" }, problemOf(error).message));
    }
  }));
  fill(part,
    h("h2", { tabindex: -1 }, t("人工服务")), h("span", { class: "tag" }, t(STATES[ticket.state])),
    ticket.question && h("p", { class: "muted" }, ticket.question),
    ticket.answer
      ? h("p", { class: "text" }, ticket.answer)
      : h("p", {}, t("答复会出现在这里；登录后也会收到消息。")),
    h("p", { class: "muted" }, when(ticket.answered_at ?? ticket.opened_at)),
    close);
  return part;
}

/** The asker's tickets that are not closed, each with its last question: a resident's own, and this browser's. */
export async function openTickets(loggedIn) {
  const own = loggedIn ? (await get("me/tickets")).results.map((ticket) => ticket.conversation) : [];
  const talks = await Promise.all([...new Set([...own, ...waiting()])].map(talkOf));
  return talks.flatMap((talk) => (talk?.tickets ?? [])
    .filter((ticket) => ticket.state !== "closed")
    .map((ticket) => ({ ...ticket, question: talk.turns.at(-1)?.question })));
}

async function talkOf(conversation) {
  try {
    return await get(`assistant/conversations/${conversation}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 404) forget(conversation); // deleted, or of somebody who used this browser before
    return null;
  }
}
