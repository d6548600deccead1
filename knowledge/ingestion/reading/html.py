"""HTML: what a reader of the page would see of its main part; scripts, styles and hidden text are not text."""

import re
from typing import Any

from knowledge.ingestion.reading.blocks import Reading, close_up
from knowledge.ingestion.reading.sniffing import HTML

_BREAK = "\ue000"  # of <br>, which the line breaks of the source are not
_DROPPED = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "button", "select",
    "textarea", "nav", "head", "aside", "footer",
]  # fmt: skip
_BLOCKS = {
    "p", "div", "li", "dt", "dd", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "main",
    "body", "html", "caption", "address", "center", "td", "th",
}  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[;\s]|\.0|$)", re.I
)
_HEADING = re.compile(r"h([1-6])")


def read_html(text: str, media_type: str = HTML) -> Reading:
    """Blocks in reading order; a table is read once, where it starts."""
    from bs4 import BeautifulSoup

    found = Reading(media_type)
    soup = BeautifulSoup(text, "lxml")
    _drop_unseen(soup, found)
    for br in soup.find_all("br"):
        br.replace_with(_BREAK)
    _number_lists(soup)
    root: Any = soup.find("article") or soup.find("main") or soup.body or soup
    _walk(root, found)
    return found


def _drop_unseen(soup: Any, found: Reading) -> None:
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    hidden = [tag for tag in soup.find_all(True) if _is_hidden(tag)]
    for tag in hidden:
        tag.decompose()
    if hidden:
        found.warn("hidden_text_left_out", str(len(hidden)))
    if soup.find("img"):
        found.warn("pictures_left_out", str(len(soup.find_all("img"))))


def _is_hidden(tag: Any) -> bool:
    attributes = tag.attrs or {}  # None where an outer tag has taken it along
    styled = _HIDDEN.search(str(attributes.get("style", "")))
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or bool(styled)


def _number_lists(soup: Any) -> None:
    """The numbers of a list are its browser's; official papers cite by them."""
    for ordered in soup.find_all("ol"):
        first = str(ordered.get("start", "1"))
        start = int(first) if re.fullmatch(r"\d{1,4}", first) else 1
        for number, item in enumerate(ordered.find_all("li", recursive=False), start):
            item.insert(0, f"{number}.")


def _walk(root: Any, found: Reading) -> None:
    """Gathers the strings of one block after the other; blocks inside blocks end the one around them."""
    from bs4.element import NavigableString

    owner, words, table = None, list[str](), None
    for string in root.find_all(string=True):
        if type(string) is not NavigableString:
            continue  # comments, declarations
        around = _data_table(string)
        block = around or next((parent for parent in string.parents if parent.name in _BLOCKS), root)
        if block is not owner:
            _flush(owner, words, found)
            owner = block
        if around is None:
            words.append(str(string))
        elif around is not table:
            table = around
            found.add_table(_rows(around))
    _flush(owner, words, found)


def _data_table(string: Any) -> Any:
    """The table that a string is a cell's of; None where tables only lay a page out."""
    table = string.find_parent("table")
    if table is None or table.find("table") is not None:
        return None
    return table if any(len(row) > 1 for row in _rows(table)) else None


def _rows(table: Any) -> list[list[str]]:
    rows = (row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr"))
    return [[cell.get_text(" ").replace(_BREAK, " ") for cell in row] for row in rows]


def _flush(owner: Any, words: list[str], found: Reading) -> None:
    """Ends a block. A source's line breaks are blanks, but for those of <pre>."""
    heading = _HEADING.fullmatch(owner.name or "") if owner is not None else None
    text = "".join(words)
    words.clear()
    kept = text if owner is not None and owner.name == "pre" else re.sub(r"\s+", " ", text)
    found.add(close_up(kept.replace(_BREAK, "\n")), int(heading[1]) if heading else 0)
