// What every page has: its language, the two switches of the header, the bell.
import "./bell.js";
import { $ } from "./dom.js";
import { english, translate } from "./i18n.js";

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage is switched off: the choice is not remembered.
  }
}

translate(document);

const language = $("#language");
language.textContent = english() ? "中文" : "EN";
language.lang = english() ? "zh-CN" : "en";
language.setAttribute("aria-label", english() ? "切换到中文" : "Switch to English");
language.addEventListener("click", () => {
  keep("language", english() ? "zh-CN" : "en");
  location.reload();
});

const size = $("#size");
const root = document.documentElement;
size.setAttribute("aria-pressed", String(root.dataset.size === "large"));
size.addEventListener("click", () => {
  const large = root.dataset.size !== "large";
  root.dataset.size = large ? "large" : "";
  size.setAttribute("aria-pressed", String(large));
  keep("size", large ? "large" : "normal");
});
