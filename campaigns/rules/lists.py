"""What a line of a list says, and why it may be refused."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

MAX_LINES = 20_000
MAX_NOTE_CHARS = 60
_HEADINGS = {"phone", "resident", "id", "手机号", "手机", "居民", "居民编号"}
_PHONE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class Line:
    """Line `number` of the file, from 1: a telephone or a resident's id, or neither. `shown` hides the number."""

    number: int
    shown: str
    note: str = ""
    phone: str = ""
    resident: UUID | None = None


def read_lines(rows: Iterable[Sequence[str]], first: int) -> list[Line]:
    """The lines of a CSV file from the line `first` on; blank ones and a heading are passed over."""
    found = []
    for number, row in enumerate(rows, start=first):
        cells = [unicodedata.normalize("NFKC", cell).strip().lstrip("\ufeff") for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in _HEADINGS):
            continue
        found.append(_line(number, cells[0], cells[1] if len(cells) > 1 else ""))
    return found


def line_fault(line: Line, *, known: bool, twice: bool, full: bool) -> str:
    """Why nothing can be handed out for a line; "" where it can."""
    if not line.phone and line.resident is None:
        return "unreadable"
    if not known:
        return "unknown"
    if twice:
        return "duplicate"
    return "over_limit" if full else ""


def _line(number: int, who: str, note: str) -> Line:
    note, who = _printable(note)[:MAX_NOTE_CHARS], _printable(who)
    digits = re.sub(r"^(\+86|0086)", "", re.sub(r"[\s-]", "", who))
    if _PHONE.fullmatch(digits):
        return Line(number, f"{digits[:3]}****{digits[-4:]}", note, phone=digits)
    try:
        return Line(number, who[:36], note, resident=UUID(who))
    except ValueError:
        return Line(number, f"{who[:2]}…" if who else "", note)


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())
