"""Word lists as files, so that an operator can read and extend them without code."""

from functools import cache
from pathlib import Path

from knowledge.rules.lexicon import Lexicon, parse_pairs, parse_words, stem, stemmed

_FOLDER = Path(__file__).resolve().parent


@cache
def load() -> Lexicon:
    """The lexicon, read once a process."""
    return Lexicon(
        synonyms=parse_pairs(_read("synonyms.tsv")),
        english={stemmed(phrase): forms for phrase, forms in parse_pairs(_read("english.tsv")).items()},
        stopwords=frozenset(parse_words(_read("stopwords.txt"))),
        english_stopwords=frozenset(map(stem, parse_words(_read("english_stopwords.txt")))),
        simplified={ord(pair[0]): pair[1] for pair in parse_words(_read("traditional.txt"))},
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
