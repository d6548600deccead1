// The login card: a telephone number, then the code that was sent to it.
import { logIn, loggedIn, onSession, problemOf, resume, sendCode } from "./api.js";
import { $, busy, show, showProblem } from "./dom.js";
import { t } from "./i18n.js";

const MOBILE = /^1[3-9]\d{9}$/;
const card = $("#login");

/** The number as eleven digits, without country code, spaces and full-width digits; "" when it is not one. */
function mobile(text) {
  const digits = text.normalize("NFKC").replace(/[\s()-]/g, "").replace(/^(\+86|0086)/, "");
  return MOBILE.test(digits) ? digits : "";
}

/** Shows the card if nobody is logged in, and resolves when somebody is. */
export async function login() {
  if (await offerLogin()) return;
  await new Promise((done) => onSession(() => loggedIn() && done()));
}

/** Whether somebody is logged in; the card is shown, without waiting, when nobody is. */
export async function offerLogin() {
  const already = await resume().catch((error) => complaint(problemOf(error).message));
  show(card, !already);
  onSession(() => show(card, !loggedIn()));
  return Boolean(already);
}

function complaint(message) {
  showProblem($(".problem", card), message ? { message } : null);
}

async function attempt(form, work) {
  complaint(null);
  await busy($("button", form), async () => {
    try {
      await work();
    } catch (error) {
      complaint(problemOf(error).message);
    }
  });
}

function wire() {
  const phoneForm = $("#login-phone");
  const codeForm = $("#login-code");
  let phone = "";

  function step(second) {
    show(phoneForm, !second);
    show(codeForm, second);
    complaint(null);
    $(second ? "#code" : "#phone").focus();
  }

  phoneForm.addEventListener("submit", (event) => {
    event.preventDefault();
    phone = mobile($("#phone").value);
    if (!phone) {
      complaint(t("请输入 11 位手机号。"));
      return $("#phone").focus();
    }
    return attempt(phoneForm, async () => {
      const sent = await sendCode(phone);
      $("#code").value = sent.demo_code ?? "";
      const hint = $("#code-hint");
      hint.className = sent.demo_code ? "demo" : "muted";
      hint.textContent = sent.demo_code
        ? t("演示模式，不发短信。验证码：{code}", { code: sent.demo_code })
        : t("验证码已发到 {phone}，{minutes} 分钟内有效。", { phone, minutes: Math.round(sent.expires_in / 60) });
      step(true);
    });
  });

  codeForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = $("#code").value.normalize("NFKC").trim();
    if (!/^\d{6}$/.test(code)) return complaint(t("请输入 6 位验证码。"));
    return attempt(codeForm, async () => {
      await logIn(phone, code);
      codeForm.reset();
      step(false);
    });
  });

  $("#login-again").addEventListener("click", () => step(false));
}

wire();
