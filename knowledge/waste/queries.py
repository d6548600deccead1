"""Reads of the sorting expert: where does it go, and is it asked at all. No database."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from knowledge.waste import catalogue
from knowledge.waste.rules import asking
from knowledge.waste.rules.danger import danger
from knowledge.waste.rules.english import ends_in_a_name, is_english, names_in
from knowledge.waste.rules.finding import Found, pieces
from knowledge.waste.rules.medicines import is_medicine
from knowledge.waste.rules.telling import ends_in_a_thing, mentioned, plain, tells_a_state, told
from knowledge.waste.rules.wording import LONGEST_ITEM_CHARS, readings, subjects
from knowledge.waste.types import Advice, Category, Condition, Sorting, Source, Verdict, Wording

LONGEST_QUESTION_CHARS = 200
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TRUST = {Source.BUREAU: 0.99, Source.USUAL: 0.96, Source.OURS: 0.9}
_WHERE_CITIES_DIFFER = 0.75
_SURE = 0.8


def sort(text: str) -> Sorting:
    """Where the things go that a question or a bare name mentions. Never empty: the last resort is "not sure"."""
    question = normalise(text)
    verdicts = _verdicts(question)
    return Sorting(text, verdicts, in_english=is_english(question))


def is_about_sorting(question: str) -> bool:
    """Does the question name something to throw away? What asks about plans, figures, rules or classes does not."""
    text = normalise(question)
    name = _named(text)
    listed = bool(_found(name))
    besides = text.replace(name, "", 1) if listed else text  # 政策工具箱 ends in a thing and is none
    if not text or asking.names_a_class(name) or asking.speaks_of_documents(besides):
        return False
    if listed or danger(name) or danger(text) or _told(text):
        return asking.asks_where_to_throw(text) or (asking.asks_nothing(text) and _only_names_or_tells(text, name))
    verdicts = _verdicts(text) if asking.asks_plainly(text) or _casts_off(text, name) else ()
    return any(each.category is not Category.UNKNOWN for each in verdicts)


def _only_names_or_tells(text: str, name: str) -> bool:
    """A bare name, a noun phrase that ends in a listed thing, or a thing that something happened to."""
    if name == text or (asking.is_short_english(text) and ends_in_a_name(text, catalogue.english())):
        return True
    return not asking.runs_an_errand(text) and (tells_a_state(text) or bool(_told(text)))


def _casts_off(text: str, name: str) -> bool:
    """Of an unlisted thing: its state says that it is waste, and nothing else is asked than where to put it."""
    asks = asking.asks_where_to_throw(text) or asking.asks_nothing(text)
    is_thing = ends_in_a_thing(name, catalogue.index())
    return asks and is_thing and tells_a_state(text) and not asking.runs_an_errand(text)


def normalise(text: str) -> str:
    """NFKC, simplified, lower case, nothing invisible; cut at the longest question that is read."""
    plain = _UNSEEN.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST_QUESTION_CHARS]))
    return plain.translate(catalogue.simplified()).lower().strip()


@lru_cache(maxsize=2048)
def _verdicts(question: str) -> tuple[Verdict, ...]:
    name = _named(question)
    found = _found(name)
    if found:
        return tuple(_ruling(one) for one in found)
    named_class = asking.class_named(name)
    if named_class:
        return (Verdict(name, named_class, _TRUST[Source.BUREAU], _advice(f"class_{named_class}"), Source.BUREAU),)
    if is_english(question):
        return (_not_sure(question),)  # the guesser has learnt Chinese names only
    told_of = _told(question)
    if len(told_of) == 1 and _is_surer(name, told_of[0]):
        return (_unlisted(name),)
    return tuple(_ruling(one) for one in told_of) or _unfound(question, name)


def _is_surer(name: str, found: Found) -> bool:
    """Only the end of a bare name is listed (`咖啡胶囊`: 胶囊), and a sure guess at the whole of it says otherwise.

    Measured on a tenth of the catalogue, held out: where they differ and the guess is this sure, it is right 86 times
    and the listed end 3 times.
    """
    if name == found.name or not name.endswith(found.name) or tells_a_state(name) or "的" in name:
        return False
    guess = catalogue.guesser().guess(name)
    return guess is not None and guess.score >= _SURE and guess.category is not found.entry.category


def _unfound(question: str, name: str) -> tuple[Verdict, ...]:
    """Nothing listed as a whole: what a single thing's story tells of danger, else each piece for itself."""
    listed = pieces(name)
    key = danger(question) if len(listed) == 1 else None
    if key:
        return (Verdict(name, Category.SPECIAL, 0.9, _advice(key), Source.OURS),)
    return tuple(_one(piece) for piece in listed) or (_not_sure(name),)


@lru_cache(maxsize=2048)
def _told(question: str) -> tuple[Found, ...]:
    """Listed things in a story about them; nothing in an English one."""
    return () if is_english(question) else tuple(told(question, catalogue.index()))


def _named(question: str) -> str:
    """The things that a question names, in the catalogue's language also where it is in English."""
    if is_english(question):
        return "、".join(names_in(question, catalogue.english())) or question
    forms = list(subjects(question))
    return next((form for form in forms if form in catalogue.index().names), plain(forms[-1]))


def _found(name: str) -> list[Found]:
    return catalogue.index().find_all(name) if len(name) <= LONGEST_ITEM_CHARS else []


def _one(name: str) -> Verdict:
    found = catalogue.index().find(name)
    end = None if found else mentioned(name, catalogue.index())
    if end and not _is_surer(name, end):
        found = end
    if found:
        return _ruling(found)
    # What is guessed must at least be a name: 身份证丢了去哪补 tells of a loss, and its "thing" still asks.
    return _unlisted(name) if asking.asks_nothing(name) else _not_sure(name)


def _unlisted(name: str) -> Verdict:
    """Not in the catalogue: dangers first, then a guess that must be good enough, else "not sure"."""
    if not name or len(name) > LONGEST_ITEM_CHARS:
        return _not_sure(name)
    key = danger(name)
    if key:
        return Verdict(name, Category.SPECIAL, 0.9, _advice(key), Source.OURS)
    if is_medicine(name):
        return Verdict(name, Category.HAZARDOUS, _TRUST[Source.OURS], _advice("medicine"), Source.OURS)
    curve = catalogue.calibration()
    *_, barest = readings(name)
    guess = catalogue.guesser().guess(barest.item)
    if guess is None or guess.score < curve.threshold:
        return _not_sure(name)
    category = _settled(guess.category, barest)
    confidence = min(round(curve.confidence(guess.score), 2), _TRUST[Source.OURS])  # never above a line of our own
    return Verdict(name, category, confidence, _advice(f"guess_{category}"), Source.GUESS)


def _settled(category: Category, reading: Wording) -> Category:
    """What a guess means for this thing: soiled things are not recycled, and of electronics the catalogue
    lists the appliances, so that an unlisted one is a small thing like its neighbours there."""
    if category is Category.RECYCLABLE and reading.condition is Condition.DIRTY:
        return Category.OTHER
    if category is Category.EWASTE and not catalogue.index().ends_in(reading.item, Category.EWASTE):
        return Category.RECYCLABLE
    return category


def _not_sure(name: str) -> Verdict:
    return Verdict(name[:LONGEST_ITEM_CHARS], Category.UNKNOWN, 0.0, _advice("unknown"), Source.NONE)


def _ruling(found: Found) -> Verdict:
    entry = found.entry
    trust = _WHERE_CITIES_DIFFER if entry.cities_differ else _TRUST[entry.source]
    return Verdict(
        item=found.name,
        category=entry.category,
        confidence=trust,
        advice=_advice(entry.advice, differ=entry.cities_differ),
        source=entry.source,
        parts=found.parts or entry.parts,
        cities_differ=entry.cities_differ,
        known=True,
    )


def _advice(key: str, *, differ: bool = False) -> Advice:
    table = catalogue.advice()
    told, hedge = table[key], table["differ"]
    return Advice(f"{told.zh}{hedge.zh}", f"{told.en} {hedge.en}") if differ else told
