"""The words of the field: what people say, what documents say, and what carries no topic."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_BLANKS = re.compile(r"\s+")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True)
class Lexicon:
    """Read-only word lists; see `lexicon/*.tsv` for what each holds."""

    synonyms: Mapping[str, tuple[str, ...]]
    english: Mapping[str, tuple[str, ...]]
    stopwords: frozenset[str]
    english_stopwords: frozenset[str]
    simplified: Mapping[int, str]

    def normalise(self, text: str) -> str:
        """NFKC, simplified characters, lower case, single blanks, nothing invisible."""
        plain = _UNSAFE.sub("", unicodedata.normalize("NFKC", text)).translate(self.simplified)
        return _BLANKS.sub(" ", plain).strip().lower()


_BRITISH = (("isation", "ization"), ("ise", "ize"), ("ising", "izing"), ("ised", "ized"), ("tre", "ter"))


def stem(word: str) -> str:
    """An English word without what only spelling or number changes: centres, utilisation, cities."""
    word = re.sub(r"(?<=[a-z]{2})ies$", "y", re.sub(r"(?:'s|s')$", "", word))
    word = re.sub(r"(?<=ss|sh|ch)es$|(?<=[a-rt-z]{2})(?<!u)(?<!i)s$", "", word)
    for british, american in _BRITISH:
        if len(word) > len(british) + 2 and word.endswith(british):
            return word.removesuffix(british) + american
    return word


def stemmed(phrase: str) -> str:
    """A phrase with every word stemmed."""
    return " ".join(stem(word) for word in phrase.split())


def parse_pairs(text: str) -> dict[str, tuple[str, ...]]:
    """Lines `word<TAB>a|b`; blank lines and # comments are skipped."""
    rows = (line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {word.strip().lower(): tuple(others.strip().split("|")) for word, others in rows}


def parse_words(text: str) -> list[str]:
    """Words between blanks, # comment lines skipped."""
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def fold(text: str) -> str:
    """Text as it is compared: NFKC and lower case, every character kept in its place where possible."""
    return unicodedata.normalize("NFKC", text).lower()
