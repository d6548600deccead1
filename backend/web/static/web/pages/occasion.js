// The organiser's screen at a class, a challenge or a volunteering day: one large code that changes by itself.
import { $, show, showProblem } from "../dom.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { rotatingSymbol } from "../symbol.js";

const section = $("#display");

await login();
show(section);
rotatingSymbol($("#symbol"), `occasions/${section.dataset.occasion}/code`, {
  alt: t("活动签到二维码"),
  typed: true,
  onCode: ({ occasion }) => {
    $("#occasion-title").textContent = occasion.title;
    $("#where").textContent = `${when(occasion.starts_at)}–${when(occasion.ends_at)} · ${occasion.place}`;
  },
  onProblem: (problem) => showProblem($("#problem"), problem),
});
