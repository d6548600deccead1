"""PDF with text: lines put together to paragraphs, running heads and page numbers taken out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from knowledge.ingestion.reading.blocks import Reading, Unreadable, clean, close_up
from knowledge.ingestion.reading.sniffing import PDF

MOST_PAGES = 400
_PAGE_NUMBER = re.compile(r"[-—–－·\s第]*\d{1,4}[-—–－·\s页/共]*\d{0,4}[-—–－·\s页]*")
_STARTS = re.compile(
    r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,3}[.．、]|第[一二三四五六七八九十百零\d]+[章节条]"
    r"|专栏|附件|附录|[-•·●]\s"
)
_ENDS = re.compile(r"[。！？!?；;：:]$|[。！？][”’」』）)]$")
_FULL = 0.85  # of the longest usual line: a line that long was broken by the page, not by its author
_FEWEST_CHARS = 10  # on a page; less is a stamp or a page number


def read_pdf(data: bytes) -> Reading:
    """Raises Unreadable for a locked, damaged or scanned file, and for one of too many pages."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("document_locked")
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable("document_too_many_pages", most_pages=MOST_PAGES)
        pages = [_lines(page) for page in reader.pages]
    except (PyPdfError, KeyError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError) as wrong:
        raise Unreadable("document_damaged") from wrong
    return _read(pages)


def _lines(page: Any) -> list[str]:
    return [words for line in page.extract_text().split("\n") if (words := close_up(clean(line)))]


def _read(pages: Sequence[list[str]]) -> Reading:
    empty = [number for number, lines in enumerate(pages, 1) if sum(map(len, lines)) < _FEWEST_CHARS]
    if len(empty) == len(pages):
        raise Unreadable("document_has_no_text")
    found = Reading(PDF)
    for paragraph in paragraphs(list(_without_heads(pages))):
        found.add(paragraph)
    if empty:
        found.warn("pages_without_text", "、".join(map(str, empty[:20])))
    found.warn("layout_was_guessed")
    return found


def _without_heads(pages: Sequence[list[str]]) -> Iterator[str]:
    """All lines but page numbers, and lines that stand first or last on most pages."""
    edges = Counter(edge for lines in pages for edge in {*lines[:1], *lines[-1:]})
    heads = {line for line, count in edges.items() if count > 2 and count > len(pages) / 2}
    for lines in pages:
        for place, line in enumerate(lines):
            at_edge = place == 0 or place == len(lines) - 1
            if not at_edge or (line not in heads and not _PAGE_NUMBER.fullmatch(line)):
                yield line


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines that the page broke, joined; a short line, an end mark or a number at the start of the next breaks them."""
    usual = sorted(len(line) for line in lines)[int(0.9 * (len(lines) - 1))] if lines else 0
    together, last_chars = "", 0
    for line in lines:
        if together and (_STARTS.match(line) or _ENDS.search(together) or last_chars < _FULL * usual):
            yield together
            together = ""
        joint = " " if together[-1:].isascii() and together[-1:].isalnum() and line[:1].isascii() else ""
        together, last_chars = together + joint + line, len(line)
    if together:
        yield together
