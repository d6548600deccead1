"""DOCX: paragraphs and tables in the order of the body."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from knowledge.ingestion.reading.blocks import Reading, Unreadable
from knowledge.ingestion.reading.sniffing import DOCX

_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_W}instrText"}


def read_docx(data: bytes) -> Reading:
    """Raises Unreadable."""
    import docx
    from docx.table import Table

    try:
        document = docx.Document(BytesIO(data))
        found = Reading(DOCX)
        for part in document.iter_inner_content():
            if isinstance(part, Table):
                found.add_table(_rows(part._tbl))
            else:
                found.add(_words(part._p), _level(part))
    except (KeyError, ValueError, AttributeError, OSError, NotImplementedError, SyntaxError) as wrong:
        raise Unreadable("document_damaged") from wrong
    _warn(found, document.element.body)
    return found


def _level(paragraph: Any) -> int:
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    match = _HEADING.match(name)
    if match:
        return min(max(int(match[1]), 1), 6)
    return 1 if name.lower() in ("title", "文档标题") else 0


def _rows(table: Any) -> Iterator[list[str]]:
    """Each cell once, whatever it spans; a table inside a cell is read with the cell."""
    for row in table.tr_lst:
        yield [" ".join(_words(p) for p in cell.iter(f"{_W}p")) for cell in row.tc_lst]


def _words(paragraph: Any) -> str:
    """The text as it is after all changes are accepted: what was inserted counts, what was struck does not."""
    words: list[str] = []
    waiting = list(paragraph)[::-1]
    while waiting:
        node = waiting.pop()
        if node.tag in _LEFT_OUT or node.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
        elif node.tag == f"{_W}tab":
            words.append(" ")
        else:
            waiting += list(node)[::-1]
    return "".join(words)


def _warn(found: Reading, body: Any) -> None:
    signs = {
        "numbering_is_automatic": f".//{_W}numPr",
        "changes_not_accepted": f".//{_W}del",
        "text_boxes_left_out": f".//{_W}txbxContent",
        "pictures_left_out": f".//{_W}drawing",
        "hidden_text_left_out": f".//{_W}vanish",
    }
    for code, path in signs.items():
        count = len(body.findall(path))
        if count:
            found.warn(code, str(count))
