"""Follow-up questions: what an earlier question lends to one that cannot stand alone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.rules import patterns
from bot.rules.understand import Terms, kind_of, understand
from bot.types import Asks, Question
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.references import named_sections
from knowledge.rules.terms import Term
from knowledge.types import Hit, Passage

_LEANS = re.compile(
    r"^(?:那么?|它们?|其中?|这个?|这些|该|上面|刚才|前面|对应|相应|他们|还有)|(?:呢|呐)\??$|又(?:要|是|有)?(?:多少|几|多大|多高)|^(?:牵头|责任|负责|配合|由谁|谁来?(?:负责|牵头|管))"
    r"|^(?:and|what about|how about|then|so)\b|\b(?:it|that|this|they|them|these|those)\b"
)
_FILLER = re.compile(r"^(?:那么?|所以|还有)[,]?|^(?:and|so|then),?\s+|(?:what|how) about\s+|[呢呐]\??$")


_SHORT_CHARS = 14  # a longer question says for itself what it is about
_CLOSER = 0.3  # how much more a sentence fits that stands where the earlier answer stood
Home = Callable[[str], Passage | None]  # the section that answers a question


def resolve(text: str, history: Sequence[str], *, terms: Terms, home: Home = lambda _: None) -> Question:
    """The question with what it needs of the questions before it; earlier ones go first in `history`."""
    own = list(terms(text))
    lent = _section_named(history, terms=terms)
    if lent and not own and not named_sections(text):
        return replace(understand(text, terms=terms), sections=lent)
    earlier = _last_topic(history, terms=terms)
    if earlier is None or not (_LEANS.search(text) or not own or _asks_on(text, own, home(earlier))):
        return understand(text, terms=terms)
    bare = _FILLER.sub("", text).strip(" ,，") or text
    carried = [] if _parallel(own, terms(earlier)) else [t for t in terms(earlier) if not _rivals(t, own)]
    asked = bare if kind_of(bare) is not Asks.WHAT or not own else f"{bare} {_question_words(earlier)}"
    search = f"{bare} {' '.join(term.word for term in carried)}"
    return understand(asked, terms=lambda _: own, carried=carried, search_text=search, after=earlier)


def _asks_on(text: str, own: Sequence[Term], home: Passage | None) -> bool:
    """Whether a short question stays with the last one: all that it names stands in the item that answered that."""
    return home is not None and len(text) <= _SHORT_CHARS and all(t.found_in(fold(home.text)) >= 1 for t in own)


def _parallel(own: Sequence[Term], earlier: Sequence[Term]) -> bool:
    """绿色楼宇集聚区呢 after another 集聚区: a whole new subject of the same make, which needs nothing lent."""
    return len(own) > 1 and any(mine.word == other.word for mine in own for other in earlier)


def nearer_home(hits: Sequence[Hit], home: Passage, library: Library) -> list[Hit]:
    """Hits with those first that stand in the section of the earlier answer, where they fit about as well."""
    moved = [replace(h, score=h.score + _CLOSER * (library.section_of(h.passage) is home)) for h in hits]
    return sorted(moved, key=lambda hit: -hit.score)


def _section_named(history: Sequence[str], *, terms: Terms) -> frozenset[int]:
    """The item that the last question was about, where it named one and nothing else: 第13条讲什么."""
    last = history[-1] if history else ""
    return named_sections(last) if last and not terms(last) else frozenset()


def _last_topic(history: Sequence[str], *, terms: Terms) -> str | None:
    """The last earlier question that had a topic of its own."""
    for earlier in reversed(history):
        if terms(earlier) and not (_LEANS.search(earlier) and len(terms(earlier)) < 2):
            return earlier
    return next((earlier for earlier in reversed(history) if terms(earlier)), None)


def _rivals(term: Term, own: Sequence[Term]) -> bool:
    """Whether a new word takes the place of an earlier one: 50米 for 100米, 建筑垃圾 for 生活垃圾."""
    return any(_same_kind(form, other) for mine in own for form in mine.forms for other in term.forms)


def _same_kind(new: str, old: str) -> bool:
    if new == old:
        return False
    if re.fullmatch(r"\d+\S*", new) and re.fullmatch(r"\d+\S*", old):
        return re.sub(r"\d", "", new) == re.sub(r"\d", "", old)
    measures = len(new) > 2 and len(old) > 2 and new[-1] == old[-1] and new[-1] in "率比额量数"
    return measures or (len(new) > 1 and len(old) > 1 and new[-2:] == old[-2:])


def _question_words(earlier: str) -> str:
    """What the earlier question asked for, so that "建筑垃圾呢" asks for a figure too."""
    if patterns.WHO.search(earlier):
        return "由谁负责"
    return {Asks.FIGURE: "是多少", Asks.WHEN: "什么时候", Asks.WHERE: "在哪里"}.get(kind_of(earlier), "")
