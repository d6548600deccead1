"""JSON lines in, JSON lines out: what the commands of the contract share."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

Line = dict[str, Any]


def read_lines(source: Iterable[str]) -> Iterator[Line]:
    """The objects of a JSON-lines text; blank lines are skipped, a line that is no object says which it is."""
    for number, line in enumerate(source, start=1):
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError as wrong:
                raise ValueError(f"line {number} is not JSON") from wrong
            if not isinstance(found, dict):
                raise ValueError(f"line {number} is not an object")
            yield found


def answer_lines(source: Iterable[str], out: TextIO, answer: Callable[[Line], Line]) -> None:
    """One line out for each line in, at once, so that a pipe can follow."""
    for line in read_lines(source):
        out.write(json.dumps(answer(line), ensure_ascii=False) + "\n")
        out.flush()
