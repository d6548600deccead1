// Building pages from data. Text only ever becomes text nodes; there is no way from a string to markup here.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element. `on*` functions are listeners, other properties attributes; children are nodes or plain text. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2).toLowerCase(), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** Replaces what is in `element`. Absent children (null, undefined, false) are left out, as in `h`. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

const present = (children) =>
  children.flat().filter((child) => child !== null && child !== undefined && child !== false);

export function show(element, shown = true) {
  element.hidden = !shown;
}

/** Shows a problem's words beside what it is about; null takes them away. */
export function showProblem(element, problem) {
  element.textContent = problem ? problem.message : "";
  show(element, Boolean(problem));
}

/** Runs `work` with the button disabled, so that a double tap is one tap. */
export async function busy(button, work) {
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}
