#!/usr/bin/env python3
"""Computes the winners of a draw again, without the service and without its code.

One file, Python 3.9 or newer, nothing to install. docs/draws.md says in words what it does.

  curl -s https://green.example.cn/api/v1/draws/OFFER > draw.json
  python3 draw_verify.py draw.json [--list-sha256 HASH_KEPT_FROM_BEFORE] [--mine NUMBER]

Exit status 0: list, seed and winners agree. 1: they do not, and where. 2: the draw is not over.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from typing import Any


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def faults(draw: dict[str, Any], kept: str | None) -> list[str]:
    """What does not agree, in the order in which it was published."""
    found = []
    numbers = draw["numbers"]
    listed = sha256("".join(f"{number}\n" for number in sorted(numbers)))
    if listed != draw["list_sha256"]:
        found.append("the entries are not the list that was published: its SHA-256 differs")
    if kept and kept != draw["list_sha256"]:
        found.append("the published hash is not the one that you kept")
    if len(set(numbers)) != len(numbers) or len(numbers) != draw["entries"]:
        found.append("the number of entries is not the one that was published")
    size = checkpoint_size(draw["checkpoint"])
    if size is None or size <= draw["journal_size"]:
        found.append("the checkpoint is not of a journal that grew after the list was published")
    seed = sha256(f"{listed}\n{draw['checkpoint']}")
    if seed != draw["seed"]:
        found.append("the seed is not made of the list and the checkpoint")
    order = sorted(numbers, key=lambda number: (sha256(f"{seed}:{number}"), number))
    if order[: draw["places"]] != draw["winners"]:
        found.append("the winners are not those that the seed gives")
    return found


def checkpoint_size(note: str) -> int | None:
    """The size on the second line of a signed note."""
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and re.fullmatch(r"[0-9]+", lines[1]) else None


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file", help="what GET draws/{id} answered; - for standard input")
    asked.add_argument("--list-sha256", help="the hash that you kept when the list was published")
    asked.add_argument("--mine", help="your own number")
    given = asked.parse_args()
    with sys.stdin if given.file == "-" else open(given.file, encoding="utf-8") as file:
        draw = json.load(file)
    if draw["status"] != "drawn":
        say(f"the draw is {draw['status']}: there are no winners yet")
        return 2
    wrong = faults(draw, given.list_sha256)
    for sentence in wrong:
        say(f"WRONG: {sentence}")
    if given.mine and not wrong:
        if given.mine not in draw["numbers"]:
            say("your number is not in the list")
            return 1
        place = draw["winners"].index(given.mine) + 1 if given.mine in draw["winners"] else None
        say(f"your number won place {place}" if place else "your number is in the list and did not win")
    if not wrong:
        say(f"right: {len(draw['winners'])} winners of {draw['entries']} entries")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
