// The screen at a station: one large code that changes by itself.
import { $, show, showProblem } from "../dom.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { rotatingSymbol } from "../symbol.js";

const section = $("#display");

await login();
show(section);
rotatingSymbol($("#symbol"), `stations/${section.dataset.station}/code`, {
  alt: t("签到二维码"),
  typed: true,
  onCode: (code) => { if (code.station) $("#station-name").textContent = code.station.name; },
  onProblem: (problem) => showProblem($("#problem"), problem),
});
