"""The content words of a question, each with what documents may call it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from knowledge.rules.lexicon import Lexicon, stem

_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_LATIN_WORD = re.compile(r"[a-z][a-z0-9&.'-]*[a-z0-9]|[a-z]|\d+(?:\.\d+)?%?")
_LATIN_IN_CHINESE = re.compile(r"[a-z]+(?:\+[a-z]+)?|\d+(?:\.\d+)?(?:%|米|元|亿元|万吨|家|年|栋|个)?")
_PARTIAL_WORTH = 0.7
_WHOLE_ENGLISH = 0.6  # Latin letters among all letters from which a question counts as English

UNKNOWN_DEED_WEIGHT = 0.3  # an unknown verb or manner says little, an unknown thing says that it is not here
UNKNOWN_ENGLISH_WEIGHT = 0.3  # the glossary is short, so an unknown English word is weaker evidence

# Words that ask, and the words that only carry the asking: they are cut out before the text is segmented.
_ASKING = re.compile(
    r"会不会|能不能|是不是|有没有|可不可以|要不要|该不该|多不多|行不行|对不对|是否|"
    r"(?:是|叫)(?:个)?(?:什么|啥)(?:名字|意思)?|怎么回事|怎么样|怎么办(?!理)|怎么|怎样|如何|为什么|为何|是?(?:用来)?(?:做什么|干什么|干嘛)|用来|"
    r"(?:要|会|将|得)?(?:各|分别)?(?:是|有|达到|达|为|得|给|建|新建)?(?:多少|几|哪|多大|多高|多久|多长)(?:一|几)?"
    r"(?:家|个|栋|类|种|强|年|项|条|分钟|场|座|所|吨|亩|公里|平方米|亿元|万元|元|毛|块|人|成|次|天|点|部门|单位|方面|地方|些)?|"
    r"专栏\s*[\d一二三]|第\s*[\d一二三四五六七八九十]{1,3}\s*[条项]|"
    r"什么(?:样|时候|地方)?|啥子|啥时候|啥|谁|请问|咋个|咋样|咋|吗|呢|吧|不\?|不$|了\?|的\?|对吗|对吧"
)
_CLAIMED = re.compile(r"\d+(?:\.\d+)?(?:%|亿元?|万元|元|万吨|吨|家|个|栋|平方米|强|座|所|辆|人)")

_QUOTED = re.compile(r"[“\"《「]([^”\"》」]{2,20})[”\"》」]")
_JOINED = re.compile(r"[\u4e00-\u9fff]{2,4}\+[\u4e00-\u9fff]{2}")
_QUALIFIERS = ("绿色", "零碳", "无废")

Cutter = Callable[[str], Iterable[tuple[str, bool]]]  # words, each with whether it names a thing


@dataclass(frozen=True, slots=True)
class Term:
    """A content word and its alternatives; one of them in a text is enough."""

    word: str
    alternatives: tuple[str, ...] = ()
    unknown_weight: float = 1.0  # what the word weighs where no document knows it
    guessed: bool = False  # put together from characters that make no known word: a name, or mistyped

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.word, *self.alternatives)

    def found_in(self, text: str) -> float:
        """1 where a form stands in the text, less where only pieces of it do, else 0."""
        if any(form in text for form in self.forms):
            return 1.0
        return _PARTIAL_WORTH * max((_share_of_bigrams(form, text) for form in self.forms), default=0.0)


def _share_of_bigrams(word: str, text: str) -> float:
    if len(word) < 3 or not _HAN.search(word):
        return 0.0
    grams = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(gram in text for gram in grams) / len(grams)


def is_english(text: str) -> bool:
    """Whether a normalised question is written in English."""
    latin = sum(character.isascii() and character.isalpha() for character in text)
    han = len(_HAN.findall(text))
    return latin > 0 and latin / (latin + 3 * han) > _WHOLE_ENGLISH


def terms_of(text: str, lexicon: Lexicon, cut: Cutter) -> list[Term]:
    """Content words of a normalised question, in order; words that mean the same count once."""
    found = _english_terms(text, lexicon) if is_english(text) else _chinese_terms(text, lexicon, cut)
    kept: list[Term] = []
    for term in found:
        if not any(_says_the_same(term, other) for other in kept):
            kept.append(term)
    return kept


def _says_the_same(term: Term, other: Term) -> bool:
    """小孩 and 小学 both lead to 中小学: they must not count twice."""
    return term.word == other.word or (term.alternatives != () and term.alternatives[0] in other.forms)


def _chinese_terms(text: str, lexicon: Lexicon, cut: Cutter) -> Iterable[Term]:
    rest = _ASKING.sub(" ", _CLAIMED.sub(" ", text))
    for quoted in _QUOTED.findall(rest) + _JOINED.findall(rest):
        rest = rest.replace(quoted, " ")
        yield Term(quoted, _others(quoted, lexicon.synonyms.get(quoted, ())))
    for word in _phrases_in(rest, lexicon.synonyms):
        if word in rest:
            rest = rest.replace(word, " ")
            yield Term(word, _others(word, lexicon.synonyms[word]))
    for run in _HAN_RUN.findall(rest):
        yield from _run_terms(run, lexicon, cut)
    for match in _LATIN_IN_CHINESE.finditer(rest):
        if match.group() not in lexicon.stopwords and match.group() not in lexicon.english_stopwords:
            yield Term(match.group(), lexicon.english.get(match.group(), ()))


def _run_terms(run: str, lexicon: Lexicon, cut: Cutter) -> Iterable[Term]:
    """Content words of a run of characters; 绿色 belongs to the word behind it: 绿色医院 is not any 医院."""
    words = list(cut(run))
    known = {word for word, _ in words}
    for word, is_thing in compounds(rejoined(words, lexicon.stopwords)):
        if len(word) > 1 and word not in lexicon.stopwords:
            guessed = word not in known and word.removeprefix("绿色") not in known
            yield Term(word, unknown_weight=1.0 if is_thing else UNKNOWN_DEED_WEIGHT, guessed=guessed)


def rejoined(words: Iterable[tuple[str, bool]], stopwords: Collection[str]) -> list[tuple[str, bool]]:
    """Words with neighbouring single characters put together again: a name that the dictionary lacks."""
    joined: list[tuple[str, bool]] = []
    open_run = False
    for word, is_thing in words:
        single = len(word) == 1 and word not in stopwords
        if single and open_run:
            joined[-1] = (joined[-1][0] + word, True)
        else:
            joined.append((word, is_thing))
        open_run = single
    return joined


def compounds(words: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Words with 绿色 and the like joined to the thing that they qualify."""
    joined: list[tuple[str, bool]] = []
    for word, is_thing in words:
        if joined and joined[-1][0] in _QUALIFIERS and is_thing and len(word) > 1:
            joined[-1] = (joined[-1][0] + word, True)
        else:
            joined.append((word, is_thing))
    return joined


def _english_terms(text: str, lexicon: Lexicon) -> Iterable[Term]:
    rest = f" {' '.join(stem(word) for word in _LATIN_WORD.findall(text))} "
    for phrase in _phrases_in(rest, lexicon.english, bounded=True):
        if f" {phrase} " in rest:
            rest = rest.replace(f" {phrase} ", "  ")
            yield Term(phrase, lexicon.english[phrase])
    for word in rest.split():
        if word not in lexicon.english_stopwords and len(word) > 1:
            yield Term(word, unknown_weight=UNKNOWN_ENGLISH_WEIGHT)
    yield from (Term(run) for run in _HAN_RUN.findall(text))


def _phrases_in(text: str, known: Mapping[str, tuple[str, ...]], *, bounded: bool = False) -> list[str]:
    """Known phrases in the text, longest first."""
    found = [word for word in known if (f" {word} " if bounded else word) in text]
    return sorted(found, key=len, reverse=True)


def _others(word: str, forms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(form for form in forms if form != word)


def expanded(text: str, terms: Iterable[Term]) -> str:
    """The question followed by the documents' own words for it: what both engines search with."""
    extra = [form for term in terms for form in term.alternatives if form not in text]
    return " ".join([text, *dict.fromkeys(extra)])
