// A list that grows by its cursor.
import { get, problemOf } from "./api.js";
import { $, busy, fill, show, showProblem } from "./dom.js";

/** Fills `list` from `path`, page by page through the `more` button; `row(item)` makes the element of one. */
export function growingList({ list, more, none, problem, row }) {
  let next = null;

  async function load(path, fresh) {
    list.setAttribute("aria-busy", "true");
    try {
      const page = await get(path);
      const rows = page.results.map(row);
      if (fresh) fill(list, ...rows);
      else list.append(...rows);
      next = page.next;
      show(more, Boolean(next));
      show(none, list.children.length === 0);
      if (!fresh) rows[0]?.scrollIntoView({ block: "nearest" });
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, problemOf(error));
    } finally {
      list.removeAttribute("aria-busy");
    }
  }

  more.addEventListener("click", () => busy(more, () => load(next, false)));
  return (path) => load(path, true);
}

export const listParts = (list) => ({ list: $(list), more: $("#more"), problem: $("#problem") });
