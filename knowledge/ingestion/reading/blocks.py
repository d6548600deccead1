"""What every reader gives: headings, paragraphs and table rows in reading order, and what was noticed on the way."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MOST_CHARS = 400_000  # of one document: about 500 printed pages
MOST_COLUMNS = 40
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_BLANKS = re.compile(r"[ \t\xa0\u3000]+")
_RADICALS = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff]")  # what PDF fonts say for ordinary characters
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff，。；：、]) (?=[\u4e00-\u9fff，。；：、])")


class Unreadable(Exception):
    """A file that is not read, with the code of the refusal and its data."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or a heading of `level` 1 to 6 (0: no heading)."""

    text: str
    level: int = 0


@dataclass(slots=True)
class Reading:
    """A file as it was read. `warnings` maps a code to how often or where it was met."""

    media_type: str
    blocks: list[Block] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)
    chars: int = 0

    def add(self, text: str, level: int = 0) -> None:
        """Keep text, cleaned; each of its lines is a paragraph. Raises Unreadable when there is too much."""
        for line in text.split("\n"):
            words = clean(line)
            self.chars += len(words)
            if self.chars > MOST_CHARS:
                raise Unreadable("document_too_long", most_chars=MOST_CHARS)
            if words:
                self.blocks.append(Block(words, level))

    def add_table(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows_in_words(list(rows)):
            self.add(row)

    def warn(self, code: str, where: str = "") -> None:
        self.warnings[code] = where


def clean(text: str) -> str:
    """A line without invisible or direction-changing characters; radicals become the characters they show."""
    visible = _INVISIBLE.sub("", text.replace("\n", " "))
    plain = _RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), visible)
    return _BLANKS.sub(" ", plain).strip()


def close_up(text: str) -> str:
    """Without the blanks that a line break or a justified line leaves between Chinese characters."""
    return _BETWEEN_HAN.sub("", text)


def rows_in_words(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as sentences that stand alone: each cell after the name of its column, "品类：报纸；价格：1.2元/公斤。".

    The first row names the columns where all its cells are filled, short and different; else cells stand side by side.
    """
    cells = [[close_up(clean(cell)) for cell in row[:MOST_COLUMNS]] for row in rows]
    filled = [row for row in cells if any(row)]
    if not filled:
        return []
    if len(filled) > 1 and _names_columns(filled[0]):
        return [_with_names(filled[0], row) for row in filled[1:]]
    return ["；".join(cell for cell in row if cell) for row in filled]


def _names_columns(row: Sequence[str]) -> bool:
    return 1 < len(row) == len(set(row)) and all(0 < len(cell) <= 20 for cell in row)


def _with_names(names: Sequence[str], row: Sequence[str]) -> str:
    named = [f"{name}：{cell.rstrip('。；;')}" for name, cell in zip(names, row, strict=False) if cell]
    rest = [cell for cell in row[len(names) :] if cell]
    return "；".join([*named, *rest]) + "。"
