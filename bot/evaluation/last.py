"""The last run of the same questions, kept in DATA_DIR, and what is better or worse since.

Of questions that nobody may read only sums are kept, so that nothing about a single one can be read here either.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.rules.measures import Pair, Share, measured, went_right


@dataclass(frozen=True)
class Outcome:
    """One question of the readable part."""

    id: str
    question: str


@dataclass(frozen=True)
class Change:
    """Since the run at `since`: shares before, questions that went right then or now only, questions that came or went.

    `held_out` is of the held-out part how many went right then and now, or None where that part is not the same.
    """

    since: datetime
    before: Mapping[str, float]
    better: Sequence[Outcome]
    worse: Sequence[Outcome]
    added: int
    removed: int
    held_out: tuple[int, int] | None


def file_of(data: Path, folder: Path, split: str | None) -> Path:
    """Where the last run of a folder, or of one of its splits, is kept."""
    named = sha256(f"{folder.resolve()}\n{split or ''}".encode()).hexdigest()[:12]
    return data / "evaluation" / f"{folder.resolve().name}-{split or 'all'}-{named}.json"


def since_last(file: Path, pairs: Sequence[Pair]) -> Change | None:
    """What changed since the run that a file holds; None where it holds none that can be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return _change(kept, pairs)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(file: Path, pairs: Sequence[Pair], at: datetime) -> None:
    """Let this run be the last one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"at": at.isoformat(), **_sums(pairs)}, ensure_ascii=False) + "\n", encoding="utf-8")


def _sums(pairs: Sequence[Pair]) -> dict[str, Any]:
    held = [went_right(case, said) for case, said in pairs if case.held_out]
    return {
        "measures": {name: asdict(found) for name, found in measured(pairs).items()},
        "right": {case.id: went_right(case, said) for case, said in pairs if not case.held_out},
        "held_out": {"count": len(held), "right": sum(held)},
    }


def _change(kept: Mapping[str, Any], pairs: Sequence[Pair]) -> Change:
    then: Mapping[str, bool] = kept["right"]
    now = {
        case.id: (Outcome(case.id, case.question), went_right(case, said)) for case, said in pairs if not case.held_out
    }
    both = [(outcome, right, then[id_]) for id_, (outcome, right) in now.items() if id_ in then]
    held = [went_right(case, said) for case, said in pairs if case.held_out]
    same = held and kept["held_out"]["count"] == len(held)
    return Change(
        since=datetime.fromisoformat(kept["at"]),
        before={name: Share(**found).share for name, found in kept["measures"].items()},
        better=[outcome for outcome, right, before in both if right and not before],
        worse=[outcome for outcome, right, before in both if before and not right],
        added=len(now) - len(both),
        removed=len(then) - len(both),
        held_out=(int(kept["held_out"]["right"]), sum(held)) if same else None,
    )
