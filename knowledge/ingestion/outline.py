"""The skeleton of a Chinese official document: parts, sections, items, boxes, annexes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.types import Annex, Span

BOX_OFFSET = 100  # 专栏1 is section 101
PREFACE_TITLE = "印发通知与引言"

_NUMERALS = "一二三四五六七八九十"
PART = re.compile(rf"^([{_NUMERALS}]+)、(?P<title>[^。]+)$")
SUB = re.compile(rf"^[(（]([{_NUMERALS}]+)[)）](?P<title>[^。]+)$")
ITEM = re.compile(r"^(?P<number>\d{1,3})[.．、]\s*(?P<title>[^。]{2,40})。")
_BOX = re.compile(r"^专栏\s*(?P<number>\d+)\s*(?P<title>[^|]*?)\s*\|?\s*$")
_ANNEX_HEAD = re.compile(r"^附件[:：]?\s*")
_ANNEX_ITSELF = re.compile(r"^附件\s*(?P<number>\d{1,2})$")  # alone on its line: what follows is the annex
_ANNEX = re.compile(r"^(?P<number>\d+)[.．、]\s*(?P<title>.+)$")


@dataclass(frozen=True, slots=True)
class Section:
    """One node that can be cited: an item, a box, or the unnumbered text of a part."""

    number: int
    title: str
    path: tuple[str, ...]
    span: Span  # heading included
    body: Span  # heading excluded
    box: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...]


def lines_of(text: str) -> Iterator[Span]:
    """Every line that is not blank, as a span without its line break."""
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip("\r\n"))
        if line.strip():
            yield Span(start, end)
        start += len(line)


def read_outline(document: str, text: str) -> Outline:
    """Read the skeleton; text before the first numbered item is section 0."""
    reader = _Reader(document, text)
    for line in lines_of(text):
        reader.take(line)
    return Outline(tuple(reader.sections), tuple(reader.annexes))


class _Reader:
    """Walks the lines once and remembers which headings are open."""

    def __init__(self, document: str, text: str) -> None:
        self.document, self.text = document, text
        self.sections: list[Section] = []
        self.annexes: list[Annex] = []
        self.part, self.sub = "", ""
        self.in_annexes = False
        self.fresh = True  # the next plain line opens a section of its own

    def take(self, line: Span) -> None:
        words = self.text[line.start : line.end]
        if match := _ANNEX_ITSELF.match(words):
            self._open_annex(int(match["number"]))
        elif self.in_annexes or _ANNEX_HEAD.match(words):
            self._annex(line, words)
        elif match := PART.match(words):
            self.part, self.sub, self.fresh = match["title"], "", True
        elif match := SUB.match(words):
            self.sub, self.fresh = match["title"], True
        elif match := _BOX.match(words):
            self._open(BOX_OFFSET + int(match["number"]), match["title"], line, box=True)
        elif match := ITEM.match(words):
            self._open(int(match["number"]), match["title"], line, body_start=line.start + match.end())
        else:
            self._plain(line)

    def _open(self, number: int, title: str, line: Span, *, body_start: int | None = None, box: bool = False) -> None:
        path = tuple(dict.fromkeys(name for name in (self.part, self.sub, title) if name))
        body = Span(line.end if body_start is None else body_start, line.end)
        self.sections.append(Section(number, title, path, line, body, box))
        self.fresh = False

    def _plain(self, line: Span) -> None:
        if self.fresh or not self.sections:
            title = self.sub or self.part or PREFACE_TITLE
            self._open(0, title, line, body_start=line.start)
            return
        last = self.sections[-1]
        body_start = last.body.start if last.body.start < last.body.end else line.start
        self.sections[-1] = replace(last, span=Span(last.span.start, line.end), body=Span(body_start, line.end))

    def _open_annex(self, number: int) -> None:
        """An annex that is there after all: its lines are text like any other."""
        self.annexes = [annex for annex in self.annexes if annex.number != number]
        self.in_annexes, self.part, self.sub, self.fresh = False, f"附件{number}", "", True

    def _annex(self, line: Span, words: str) -> None:
        self.in_annexes = True
        head = _ANNEX_HEAD.match(words)
        skip = head.end() if head else 0
        if match := _ANNEX.match(words[skip:]):
            start = line.start + skip + match.start("title")
            self.annexes.append(Annex(self.document, int(match["number"]), match["title"], start, line.end))
