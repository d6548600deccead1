"""Whether what was found is enough to answer, judged by more than similarity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.rules import patterns
from bot.rules.voices import Voices, heard
from bot.types import Asks, Question
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Hit, Kind, Passage

# The weights are fitted by `manage.py calibrate_answers`. Where people's questions are known:
WEIGHTS = (
    1.48, 0.50, 1.32, -1.11, 0.19, 0.56,  # covered, covered by words of its own, lead, unknown, english, told
    1.58, 5.25, -1.87, -4.14, -1.51, 1.58,  # voices: of its kind, answered, unanswered, doubt; its own, its section's
    0.05, 0.01, 0.11, -0.93, 1.47, 0.43,  # ahead, worth, standing, by the question's own words, of the kind, guide
)  # fmt: skip
BIAS = -3.01
# Of a document that nobody has asked about yet: covered, standing, lead, unknown, mass, kinship, english.
UNASKED_WEIGHTS = (4.19, 0.35, 6.62, -1.67, 0.87, 0.31, 0.41)
UNASKED_BIAS = -2.77
# Which candidate goes first: covered, covered by own words, score, standing, behind, lexical, of the kind asked for,
# and the voices of the questions that the sentence and its section have answered.
RANK_WEIGHTS = (2.76, 2.18, 3.6, 0.22, 25.2, 0.76, 1.53, 4.5, 2.9)
_UNASKED_VOICE = 0.4  # what a sentence that nobody has asked about is given, where the nearest question is no nearer
_BOX_COST, _GUIDE_COST, _ITEM_COST = 0.8, 1.2, 0.2  # the overview has none: it says what matters most
_BEST_SCORE = 1.5
BELIEVED = -0.25  # log-odds from which a sentence may answer
UNASKED_BELIEVED = -0.4
ALIKE = 0.6  # likeness of two questions that want the same
AKIN = 0.45  # of two that want something of the same stretch
COVERED_FIGURE = 0.5  # a figure of something merely alike is a wrong figure
COVERED_ITEM, BELIEVED_ITEM = 0.3, -1.0  # of the item whose units are asked for
COVERED_BY_WORDS = 0.6  # where no vectors are there
VERY_ALIKE = 0.905  # what a question without a content word must reach
SOMETHING, NEARBY = 0.25, 0.868  # covered and alike enough to be named as near in a refusal
_SECTION_WORTH = 0.85
_UNKNOWN_RARITY = 5.5  # idf of a word that no sentence knows, in a corpus of this size
_MOST_MASS = 15.0  # three rare words; more make no question surer
_NAME_CHARS, _NAME_MASS = 8, 4.0
_ALONE = 5.0  # ahead of nothing: about as far as the surest is of its rival
_LEAD_OVER = 8  # the best cosine is compared with the eighth

_DATE = re.compile(r"20\d\d年(?!版)|\d+月|\d+日|\d+分钟|\d+天|有效期|定期|马上|自动")
_TITLE = re.compile(r"《[^》]*》")
_EDITION = re.compile(r"20\d\d年版")
_PLACE = re.compile(
    r"(?<=在“)[^”]{2,8}(?=”)|[\u4e00-\u9fff]{2,3}片区|片区|大厦|大道|步道|社区|风貌区|实践站|滨江|商圈|页面|首页|卡包|楼宇|街区|校园|景区|岸线|大溪沟|化龙桥|解放碑|集聚区|产业园|站点|回收点|垃圾桶|鹅岭|核心区|菜市场|屋顶|商户"
)
_NAME = re.compile(
    r"“[^”]{3,}”|《[^》]+》|[\u4e00-\u9fff]{2,}(?:公司|大厦|院|银行|联盟)|(?:依托|名为)[\u4e00-\u9fff]{3,}"
)
_DIGITS = re.compile(r"\d|(?<!哪)[一二三四五六七八九十两](?=[大类种个项条家次栋座所处])|[ⅠⅡⅢⅣⅤ]|\biv?i{0,2}(?=类)")
_YEARS = re.compile(r"20\d\d年?")
_COUNTED = frozenset("家个栋座所处条项")
_CONTACT = re.compile(r"\d{5,}|@|https?://")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One candidate sentence and how well it answers."""

    passage: Passage
    sentence_covers: float
    section_covers: float
    own_covers: float  # by the question's own words, without what an earlier one lends; a guide's heading counts
    cosine: float
    behind: float  # the best cosine of all, as far as this one falls behind it: 0 or less
    score: float
    lexical: float  # of the best lexical score
    of_the_kind: bool  # holds a figure, date, place or name where one is asked for
    aside: float  # what the place costs: boxes repeat the items, guides are about this service
    lead: float  # of the best cosine over the eighth: a question that fits nothing fits all alike
    mass: float  # how much the question's words that the sentence knows weigh together
    unknown: float  # share of the question's words, by rarity, that name things no document knows
    standing: float  # of the cosine over what means nothing in this version
    kinship: float  # log-odds that the question is one for these documents, by its sound alone
    told: float  # the same, that its like is answered in them
    voice: float  # likeness of the nearest question that this sentence has answered
    around: float  # of the nearest that its section has answered
    of_kind: float  # of the nearest that it has answered and that wants the same kind of answer
    voices: Voices
    asked: bool  # whether questions about its document are known
    english: bool  # its words are found by the glossary only, and its likeness across languages is less
    guide: bool  # a sentence about this service, whose askers want something of it
    ahead: float = 0.0  # its worth over that of the best candidate elsewhere

    @property
    def covered(self) -> float:
        return max(self.sentence_covers, _SECTION_WORTH * self.section_covers)

    @property
    def worth(self) -> float:
        """How well it answers beside the other candidates, in log-odds."""
        signals = (
            self.sentence_covers,
            self.own_covers,
            min(self.score, _BEST_SCORE),
            self.standing,
            self.behind,
            self.lexical,
            self.of_the_kind,
            self.voice,
            self.around,
        )
        return sum(w * signal for w, signal in zip(RANK_WEIGHTS, signals, strict=True)) - self.aside


def weighed(hits: Sequence[Hit], question: Question, library: Library) -> list[Evidence]:
    """Candidates best first, by coverage and score together."""
    terms = question.all_terms
    lead, unknown = _lead(hits), _unknown(terms, library)
    nearest = max((hit.cosine for hit in hits), default=0.0)
    loudest = max((hit.lexical for hit in hits), default=0.0) or 1.0
    total = sum(library.rarity(term) for term in terms)
    voices, found = heard(question.echoes, question.asks), []
    unasked = min(voices.answered, _UNASKED_VOICE)
    for hit in hits:
        index = library.by_key[hit.passage.key]
        title, around = library.titles[index], library.folded[library.owner[index]]
        guide = library.documents[hit.passage.document].kind is Kind.GUIDE
        asked = hit.passage.document in library.asked_about
        covers = library.coverage(terms, f"{title} {library.folded[index]}")
        found.append(
            Evidence(
                passage=hit.passage,
                sentence_covers=covers,
                mass=covers * total,
                section_covers=library.coverage(terms, f"{title} {around}"),
                own_covers=library.coverage(question.terms, f"{title if guide else ''} {library.folded[index]}"),
                cosine=hit.cosine,
                behind=hit.cosine - nearest,
                score=hit.score,
                lexical=hit.lexical / loudest,
                of_the_kind=holds_the_kind(hit.passage.text, question),
                aside=_aside(hit.passage, library),
                lead=lead,
                unknown=unknown,
                standing=library.background.standing(hit.cosine),
                kinship=question.kinship,
                told=question.told,
                voice=voices.by_passage.get(hit.passage.key, 0.0) if asked else unasked,
                around=voices.by_section.get(hit.passage.section_key, 0.0) if asked else unasked,
                of_kind=voices.of_kind.get(hit.passage.key, 0.0),
                voices=voices,
                asked=asked,
                english=question.english,
                guide=guide,
            )
        )
    return _with_leads(sorted(found, key=lambda evidence: -evidence.worth))


def _with_leads(found: Sequence[Evidence]) -> list[Evidence]:
    """Candidates, best first, with how far each is ahead of the best of another section."""
    if not found:
        return []
    first, home = found[0], found[0].passage.section_key
    other = next((each.worth for each in found if each.passage.section_key != home), first.worth - _ALONE)
    rivals = (other if each.passage.section_key == home else first.worth for each in found)
    return [replace(each, ahead=each.worth - rival) for each, rival in zip(found, rivals, strict=True)]


def _aside(passage: Passage, library: Library) -> float:
    if library.documents[passage.document].kind is Kind.GUIDE:
        return _GUIDE_COST
    return _BOX_COST if passage.box else _ITEM_COST * (passage.section != 0)


def _lead(hits: Sequence[Hit]) -> float:
    cosines = sorted((hit.cosine for hit in hits), reverse=True)
    return cosines[0] - cosines[min(_LEAD_OVER, len(cosines)) - 1] if cosines else 0.0


def _unknown(terms: Sequence[Term], library: Library) -> float:
    total = sum(library.rarity(term) for term in terms)
    unknown = sum(library.rarity(t) for t in terms if t.unknown_weight == 1 and library.rarity(t) > _UNKNOWN_RARITY)
    return unknown / total if total else 0.0


def signals(evidence: Evidence) -> tuple[float, ...]:
    """What the belief rests on where people's questions are known, each in its own scale."""
    voices = evidence.voices
    place = (evidence.covered, evidence.sentence_covers, 10 * evidence.lead)
    question = (evidence.unknown, float(evidence.english), evidence.told)
    known = (evidence.of_kind, voices.answered, voices.unanswered, voices.doubt, evidence.voice, evidence.around)
    beside = (evidence.ahead, evidence.worth, evidence.standing, evidence.own_covers)
    return *place, *question, *known, *beside, float(evidence.of_the_kind), float(evidence.guide)


def unasked_signals(evidence: Evidence) -> tuple[float, ...]:
    """What it rests on in a document that nobody has asked about yet."""
    mass = min(evidence.mass, _MOST_MASS) / _MOST_MASS
    question = (evidence.unknown, mass, evidence.kinship, float(evidence.english))
    return evidence.covered, evidence.standing, 10 * evidence.lead, *question


def belief(evidence: Evidence) -> float:
    """Log-odds that a sentence answers the question."""
    if evidence.asked:
        return sum(w * signal for w, signal in zip(WEIGHTS, signals(evidence), strict=True)) + BIAS
    return sum(w * s for w, s in zip(UNASKED_WEIGHTS, unasked_signals(evidence), strict=True)) + UNASKED_BIAS


def enough(evidence: Evidence, question: Question) -> bool:
    """Whether a sentence may answer."""
    if not question.all_terms:
        return evidence.cosine >= VERY_ALIKE or evidence.voice >= ALIKE
    if _is_its_name(evidence, question):
        return True
    if question.asks in (Asks.FIGURE, Asks.MONEY) and not _is_about(evidence):
        return False
    if not evidence.cosine:  # no vectors on this machine: words alone must carry the answer
        return evidence.covered >= COVERED_BY_WORDS
    return belief(evidence) >= (BELIEVED if evidence.asked else UNASKED_BELIEVED)


def _is_about(evidence: Evidence) -> bool:
    """Whether a sentence's figure is of the very thing: its words say so, or the like has been asked of it."""
    return evidence.sentence_covers >= COVERED_FIGURE or evidence.of_kind >= AKIN


def answers_its_like(evidence: Evidence) -> bool:
    """Whether nearly this question was answered by this sentence, so that its kind of answer needs no further proof."""
    return evidence.of_kind >= ALIKE and evidence.of_kind > evidence.voices.unanswered


def anchor_of(evidence: Evidence) -> str:
    """What in the sentence has answered nearly this question, or ""."""
    return evidence.voices.anchors.get(evidence.passage.key, "") if evidence.voice >= AKIN else ""


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
            return bool(re.search(r"\d+(?:\.\d+)?[亿万]?元", words)) and speaks_of_price(words, question)
        case Asks.WHEN:
            return bool(_DATE.search(_TITLE.sub("", words))) or ("版" in question.text and bool(_EDITION.search(words)))
        case Asks.WHERE:
            way = re.search(r"路线|线路", question.text)
            return (way is None or way.group() in words) and any(
                place not in question.text for place in _PLACE.findall(words)
            )
        case Asks.NAME:
            return bool(_NAME.search(words))
        case Asks.FIGURE:
            return _has_figure(words, question)
        case _:
            return question.members < 2 or _lists(words, question.members)


def speaks_of_price(words: str, question: Question) -> bool:
    """Whether the very price that is asked for is named: 贷款余额 is no 利率."""
    price = patterns.PRICE.search(question.text)
    return price is None or price.group() in words


def _lists(words: str, members: int) -> bool:
    """Whether one clause, or the pieces behind a colon, name as many things as are asked for."""
    clauses = [*re.split(r"[,，;；。]", words), *(re.sub(r"[;；]", "、", part) for part in words.split(":")[1:])]
    return any(len(re.findall(r"[、和与及+]|”“", clause)) >= members - 1 for clause in clauses)


def _has_figure(words: str, question: Question) -> bool:
    if "多少" in words:  # a guide that takes up the very question: 每次得多少分以规则为准
        return True
    units = [unit for unit in question.units if unit not in ("次", "位")]
    plain = _YEARS.sub("", fold(words))
    if not units:
        return bool(_DIGITS.search(plain))
    counted = ["大"] if _COUNTED & set(units) else []  # 三大商圈: three of them
    kinds = "|".join(re.escape(fold(unit)) for unit in [*units, *counted])
    return bool(re.search(rf"(?:\d|[一二三四五六七八九十两])[”\"]?(?:{kinds})", plain))
