// Two languages. The Chinese text is the key, so the pages read as they look; en.js holds the English.
import { EN } from "./en.js";

export const english = () => document.documentElement.lang === "en";

/** `text` in the reader's language with `{name}` filled from `data`. */
export function t(text, data = {}) {
  const template = english() ? (EN[text] ?? text) : text;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in data ? String(data[name]) : whole));
}

/** Turns the marked parts of a shell into the reader's language: `data-t` its text, `data-t-attr` the named attributes. */
export function translate(root) {
  if (!english()) return;
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.textContent.trim());
  for (const element of root.querySelectorAll("[data-t-attr]")) {
    for (const name of element.dataset.tAttr.split(" ")) element.setAttribute(name, t(element.getAttribute(name)));
  }
  document.title = document.title.split(" · ").map((part) => t(part)).join(" · ");
}
