"""Whether what was found is enough to answer, judged by more than similarity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.types import Asks, Question
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Hit, Passage

# Unrelated texts reach cosines of 0.83-0.88 with this model, so similarity alone never lets anything through. The
# weights of the signals are fitted on the frozen questions by `tests/evaluation/calibration.py`.
WEIGHTS = (6.09, 30.5, 3.84, -1.33, 0.77)  # covered, cosine, lead of the best cosine, unknown share, mass
BIAS = -30.45
BELIEVED = 0.6  # log-odds from which a sentence may answer
COVERED_FIGURE = 0.58  # a figure of something merely alike is a wrong figure
COVERED_ITEM, BELIEVED_ITEM = 0.3, -1.0  # of the item whose units are asked for
COVERED_BY_WORDS = 0.6  # where no vectors are there
VERY_ALIKE = 0.905  # what a question without a content word must reach
SOMETHING, NEARBY = 0.25, 0.868  # covered and alike enough to be named as near in a refusal
_SECTION_WORTH = 0.85
_SCORE_WEIGHT = 0.6
_UNKNOWN_RARITY = 5.5  # idf of a word that no sentence knows, in a corpus of this size
_MOST_MASS = 15.0  # three rare words; more make no question surer
_NAME_CHARS, _NAME_MASS = 8, 4.0
_LEAD_OVER = 8  # the best cosine is compared with the eighth

_DATE = re.compile(r"20\d\d年(?!版)|\d+月|\d+日|\d+分钟|\d+天|有效期|定期|马上|自动")
_EDITION = re.compile(r"20\d\d年版")
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,3}片区|片区|大厦|大道|步道|社区|风貌区|实践站|滨江|商圈|页面|首页|卡包|楼宇|街区|校园|景区|岸线|大溪沟|化龙桥|解放碑|集聚区|产业园|站点|回收点|垃圾桶|鹅岭|核心区|菜市场|屋顶|商户"
)
_NAME = re.compile(
    r"“[^”]{3,}”|《[^》]+》|[\u4e00-\u9fff]{2,}(?:公司|大厦|院|银行|联盟)|(?:依托|名为)[\u4e00-\u9fff]{3,}"
)
_DIGITS = re.compile(r"\d|(?<!哪)[一二三四五六七八九十两](?=[大类种个项条家次栋座所处])|[ⅠⅡⅢⅣⅤ]")
_COUNTED = frozenset("家个栋座所处条项")
_CONTACT = re.compile(r"\d{5,}|@|https?://")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One candidate sentence and how well it answers."""

    passage: Passage
    sentence_covers: float
    section_covers: float
    cosine: float
    score: float
    lead: float  # of the best cosine over the eighth: a question that fits nothing fits all alike
    mass: float  # how much the question's words that the sentence knows weigh together
    unknown: float  # share of the question's words, by rarity, that name things no document knows

    @property
    def covered(self) -> float:
        return max(self.sentence_covers, _SECTION_WORTH * self.section_covers)

    @property
    def worth(self) -> float:
        return self.sentence_covers + 0.3 * self.section_covers + _SCORE_WEIGHT * min(self.score, 1.0)


def weighed(hits: Sequence[Hit], terms: Sequence[Term], library: Library) -> list[Evidence]:
    """Candidates best first, by coverage and score together."""
    lead, unknown = _lead(hits), _unknown(terms, library)
    total = sum(library.rarity(term) for term in terms)
    found = []
    for hit in hits:
        index = library.by_key[hit.passage.key]
        title, around = library.titles[index], library.folded[library.owner[index]]
        covers = library.coverage(terms, f"{title} {library.folded[index]}")
        found.append(
            Evidence(
                passage=hit.passage,
                sentence_covers=covers,
                mass=covers * total,
                section_covers=library.coverage(terms, f"{title} {around}"),
                cosine=hit.cosine,
                score=hit.score,
                lead=lead,
                unknown=unknown,
            )
        )
    return sorted(found, key=lambda evidence: -evidence.worth)


def _lead(hits: Sequence[Hit]) -> float:
    cosines = sorted((hit.cosine for hit in hits), reverse=True)
    return cosines[0] - cosines[min(_LEAD_OVER, len(cosines)) - 1] if cosines else 0.0


def _unknown(terms: Sequence[Term], library: Library) -> float:
    total = sum(library.rarity(term) for term in terms)
    unknown = sum(library.rarity(t) for t in terms if t.unknown_weight == 1 and library.rarity(t) > _UNKNOWN_RARITY)
    return unknown / total if total else 0.0


def signals(evidence: Evidence) -> tuple[float, ...]:
    """What the belief rests on, each in its own scale."""
    mass = min(evidence.mass, _MOST_MASS) / _MOST_MASS
    return evidence.covered, evidence.cosine, 10 * evidence.lead, evidence.unknown, mass


def belief(evidence: Evidence) -> float:
    """Log-odds that a sentence answers the question."""
    return sum(w * signal for w, signal in zip(WEIGHTS, signals(evidence), strict=True)) + BIAS


def enough(evidence: Evidence, question: Question) -> bool:
    """Whether a sentence may answer."""
    if not question.all_terms:
        return evidence.cosine >= VERY_ALIKE
    if _is_its_name(evidence, question):
        return True
    if question.asks in (Asks.FIGURE, Asks.MONEY) and evidence.covered < COVERED_FIGURE:
        return False
    if not evidence.cosine:  # no vectors on this machine: words alone must carry the answer
        return evidence.covered >= COVERED_BY_WORDS
    return belief(evidence) >= BELIEVED


def _is_its_name(evidence: Evidence, question: Question) -> bool:
    """Whether the whole question is a rare name that the sentence bears: 1364."""
    bare = len(question.text) <= _NAME_CHARS and question.asks is Asks.WHAT and not question.carried
    return bare and evidence.sentence_covers >= 1 and evidence.mass >= _NAME_MASS


def enough_for_item(evidence: Evidence, question: Question) -> bool:
    """Whether an item may answer who is responsible: only the matter must be right, the units stand in its bracket."""
    return enough(evidence, question) or (
        evidence.covered >= COVERED_ITEM and evidence.cosine >= NEARBY and belief(evidence) >= BELIEVED_ITEM
    )


def holds_the_kind(words: str, question: Question) -> bool:
    """Whether a stretch of text has what the question asks for: a date, a place, a name, a figure."""
    match question.asks:
        case Asks.CONTACT | Asks.PERSON:
            return bool(_CONTACT.search(words))
        case Asks.MONEY:
            return bool(re.search(r"\d+(?:\.\d+)?[亿万]?元", words))
        case Asks.WHEN:
            return bool(_DATE.search(words)) or ("版" in question.text and bool(_EDITION.search(words)))
        case Asks.WHERE:
            return any(place not in question.text for place in _PLACE.findall(words))
        case Asks.NAME:
            return bool(_NAME.search(words))
        case Asks.FIGURE:
            return _has_figure(words, question)
        case _:
            return True


def _has_figure(words: str, question: Question) -> bool:
    units = [unit for unit in question.units if unit not in ("次", "位")]
    if not units:
        return bool(_DIGITS.search(words))
    plain = fold(words)
    counted = ["大"] if _COUNTED & set(units) else []  # 三大商圈: three of them
    kinds = "|".join(re.escape(fold(unit)) for unit in [*units, *counted])
    return bool(re.search(rf"(?:\d|[一二三四五六七八九十两])[”\"]?(?:{kinds})", plain))
