"""What a draft of a rule would have given: the same judgement over acts of the past, with counters in memory."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from backend.core.errors import Refusal
from backend.earning.rules.awards import counters_of, decide, uses
from backend.earning.types import CapScope, Foreseen, PastAct, RuleTerms


def foresee(terms: RuleTerms, past: Iterable[PastAct]) -> Foreseen:
    """Plays `past` (in the order in which it happened) under `terms`. Acts that were refused then are not known."""
    used: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    people: set[str] = set()
    acts = then = now = 0
    for each in past:
        acts, then = acts + 1, then + each.points
        people.add(each.who[CapScope.PERSON])
        try:
            now += _play(terms, each, used)
        except Refusal as refusal:
            refused[refusal.code] += 1
    return Foreseen(acts, len(people), then, now, dict(refused))


def _play(terms: RuleTerms, past: PastAct, used: Counter[str]) -> int:
    caps = [replace(each, used=used[each.key]) for each in counters_of(terms, past.who, past.act.at)]
    decision = decide(terms, past.act, caps)
    used.update({each.key: amount for each, amount in uses(decision)})
    return decision.points
