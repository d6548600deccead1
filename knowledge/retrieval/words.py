"""Chinese word segmentation: jieba with the field's own words, loaded once a process at the first use."""

import logging
import threading
from collections.abc import Iterable
from functools import cache

import jieba
import jieba.posseg

from knowledge import lexicon

_THING_TAGS = ("n", "eng", "s", "f", "t", "j", "i", "l", "x")  # nouns, places, times, short names, set phrases
# Procedures of an office: a document that does not know them does not answer, though they are verbs.
_PROCEDURES = [
    "办理",
    "报名",
    "申请",
    "补办",
    "续签",
    "续期",
    "提取",
    "缴纳",
    "缴费",
    "挂号",
    "报销",
    "登记",
    "换领",
    "报考",
    "入学",
    "退税",
    "预约",
    "驾照",
    "摇号",
    "落户",
    "上牌",
    "挂失",
    "流程",
    "投诉",
    "报修",
    "维修",
    "赔偿",
    "丢了",
    "出租屋",
    "好玩",
]
_lock = threading.Lock()


@cache
def _tokenizer() -> jieba.posseg.POSTokenizer:
    logging.getLogger("jieba").setLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    known = lexicon.load()
    for forms in (*known.synonyms.values(), *known.english.values()):
        for form in forms:
            if form.isalpha() and 2 <= len(form) <= 8:
                tokenizer.add_word(form, tag="n")
    for word in _PROCEDURES:
        tokenizer.add_word(word, tag="n")
    return jieba.posseg.POSTokenizer(tokenizer)


def teach(words: Iterable[str]) -> None:
    """Keep names together that no dictionary knows: what a document puts in quotes, the units it names."""
    with _lock:
        for word in words:
            _tokenizer().tokenizer.add_word(word, tag="n")
            _tokenizer().word_tag_tab[word] = "n"


def cut(text: str) -> list[tuple[str, bool]]:
    """The words of a run of Chinese characters, each with whether it names a thing.

    Without guessing: characters that make no known word come one by one.
    """
    with _lock:  # two threads must not both pay for the dictionary
        tokenizer = _tokenizer()
    return [(pair.word, pair.flag.startswith(_THING_TAGS)) for pair in tokenizer.cut(text, HMM=False)]
