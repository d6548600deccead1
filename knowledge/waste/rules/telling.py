"""A thing told in a story: `抽屉里翻出一盒过期感冒药`, `牛奶盒我已经冲干净压扁了,往哪投`.

Chinese puts the head last and what happened to it behind it. So what follows a listed thing is taken off, and the
longest listed thing at the end of what is left is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.waste.rules.danger import danger
from knowledge.waste.rules.finding import Found, Index, pieces
from knowledge.waste.rules.phrases import EDGES, OPENING
from knowledge.waste.rules.wording import LONGEST_ITEM_CHARS
from knowledge.waste.types import Condition

_BRACKETS = str.maketrans("()（）。！？!?", "," * 9)
_DIALECT = (
    (re.compile("耗子"), "老鼠"),
    (re.compile("([渣壳根皮叶瓶罐袋盒])\\1"), r"\1"),  # 渣渣, 壳壳: said twice in Chongqing
    (re.compile("(?:这|那)(?:种|样|些).{0,4}$|[一二两三][种类]东西$"), ""),
    # 吃花蛤剩的壳, 土豆削下来的皮: the eater's story between a food and its remains
    (re.compile("^吃(.{1,4})剩下?的(?=(?:壳|皮|核|骨头?|刺|籽|渣)$)"), r"\1"),
    (re.compile("[吃喝用][完剩]下?的(?=(?:杯|盒|瓶|罐|袋|碗|桶)子?$)"), ""),
    (re.compile("装修(?:剩下?)?的?(?:渣子?|废料)$"), "装修垃圾"),
    (re.compile("(?:炸|煎|炒|烹).{0,6}(?:废|旧|剩下?的?)油$"), "食用油"),
    (re.compile("(?:[削剥刮切掰撕择][了]?(?:下来?|掉|出来)?)的(?=(?:皮|壳|根|叶子?|渣|骨头?)$)"), ""),
)
_HURT = "坏|碎|烂|破|裂|断|塌|馊|臭|旧|枯|死|干|锈|缺口|鼓包|漏液|漏气|没电|过期|变质|发霉|受潮|湿透"
_DONE = (
    "不(?:想要|想用|能用|好用|要|用|亮|穿|吃|喝)|没(?:有)?(?:用|吃|喝|放|拆)[完过光封]?|没墨|[用喝吃倒挤抽][完光剩空]|空|"
    "[冲清]?[冲洗涮擦](?:得)?(?:很)?(?:干净|干|净|好|过)?|压扁|拆封?|剥|嗑|剪|换|[扫捞拆翻换撕收倒剥削剪敲鼓铲](?:起来|出来|下来|掉)"
)
_HAPPENED = re.compile(
    f"(?:(?:我|都|也|就|又|还|已经?|全部?|有点|给|被){{0,3}}(?:[打摔弄烧敲撞压用放搞]?(?:{_HURT})|{_DONE})掉?){{1,3}}(?:了|过|$)"
)
_MADE_OF = re.compile("(?:全?都?是|全是).{1,5}(?:做)?的$")
_CAST_OFF = re.compile(
    f"废(?!城|物|弃)|旧(?![城改貌小])|(?:{_HURT})[了掉]?的|过期|变质|发霉|[吃喝用]?剩(?!余)|打[碎烂破]|用过|没用的|不要的"
)
_DROP = "[扔丢甩投倒放装]"
_ASKED = re.compile(
    f"(?:应该?|要|该|得|想|我|又|到底|需要){{0,3}}(?:(?:往|朝|到|在)(?:哪|什么|啥)|(?:丢|扔|甩|投|倒)?{_DROP}放?[到进在]?(?:哪|什么|啥)|"
    "(?:属于?|算|是|归)(?:到|为)?(?:哪|什么|啥)|(?:怎么|怎样|如何|咋个?)(?:样)?(?:扔|丢|甩|投|倒|放|处理|处置|分|归|算|办|弄|整)|"
    f"(?:能不能|可不可以|可以|能)(?:直接)?{_DROP}|哪一?[类种])"
)
_STATES = (
    (Condition.LEFT, re.compile("没(?:有)?[用吃喝放][完光]")),
    (Condition.DIRTY, re.compile("没洗|湿透|弄脏|脏了|沾[了满]?油|洗不干?净")),
    (Condition.CLEAN, re.compile("[冲洗涮擦](?:得)?(?:很)?(?:干净|净|好|过)")),
    (Condition.EMPTY, re.compile("[用喝吃倒挤][完光空]|空了|空的")),
)
_REMARK = re.compile("[的了过空]$|^(?:这|那)[种样]|(?:这|那)[种样]$|得很|得要命")
_BEFORE_A_THING = frozenset("的了个盒瓶袋罐包桶件台张块把根条只堆支剩出里下旧废老破烂坏脏空")
_SHORT_NAME_CHARS = 2
_COLLECTIVE = ("垃圾", "废物", "废弃物", "回收物")


def told(question: str, index: Index) -> list[Found]:
    """The listed things that a statement or question is about; empty if a piece of it is neither thing nor remark."""
    said = [piece for piece in pieces(question.translate(_BRACKETS).strip(EDGES)) if piece.strip(EDGES)]
    found = [(piece, mentioned(piece, index)) for piece in said]
    if any(one is None and not is_remark(piece) for piece, one in found):
        return []
    state = _state(question) if sum(one is not None for _, one in found) == 1 else Condition.ANY
    return [index.in_state(one, state) for _, one in found if one is not None]


def is_remark(piece: str) -> bool:
    """`硬得很那种`, `铁皮的`, `往哪投`: says something of a thing and names none."""
    return bool(_REMARK.search(piece) or _HAPPENED.match(piece) or _ASKED.match(piece))


def ends_in_a_thing(name: str, index: Index) -> bool:
    """The unlisted thing is a kind of a listed one, at least by its last word: `节能灯泡`, not `密码`."""
    return any(name[start:] in index.names for start in range(len(name) - 1))


def tells_a_state(text: str) -> bool:
    """Something happened to the thing, as it does to what is thrown away: broken, past its date, used up, left."""
    return bool(_HAPPENED.search(text) or _CAST_OFF.search(text))


def mentioned(piece: str, index: Index) -> Found | None:
    """The listed thing that one clause is about, None where it is dangerous or names none."""
    if len(piece) > LONGEST_ITEM_CHARS or danger(piece):
        return None
    return next((found for thing in _cuts(piece) if (found := _ending(thing, index))), None)


def _cuts(piece: str) -> Iterator[str]:
    """The clause up to what it asks, then up to each word that tells what happened, the last such word first."""
    asked = next((match.start() for match in _ASKED.finditer(piece) if match.start() > 1), len(piece))
    ends = {match.start() for words in (_HAPPENED, _MADE_OF) for match in words.finditer(piece[:asked])}
    for end in (asked, *sorted(ends, reverse=True)):
        yield plain(OPENING.sub("", piece[:end].strip(EDGES), count=1))


def plain(thing: str) -> str:
    """A thing as the catalogue would call it: dialect, and the story between a thing and its shell or cup."""
    for words, usual in _DIALECT:
        thing = words.sub(usual, thing)
    return thing


def _ending(thing: str, index: Index) -> Found | None:
    """The longest listed name at the end; a short one only where a new word begins (茶具, not 洗茶具)."""
    for start in range(len(thing) - 1):
        found = index.find(thing[start:])
        if found and len(found.name) >= _SHORT_NAME_CHARS and _stands_alone(thing, start, found.name, index):
            return found
    return None


def _stands_alone(thing: str, start: int, name: str, index: Index) -> bool:
    if start == 0:
        return True
    if name.endswith(_COLLECTIVE):
        return False  # 主城区的建筑垃圾 is what plans speak of
    at_a_word = thing[start - 1] in _BEFORE_A_THING or thing[:start] in index.names  # 席梦思|床垫, 虾壳|虾头
    return len(name) > _SHORT_NAME_CHARS or at_a_word


def _state(question: str) -> Condition:
    return next((state for state, words in _STATES if words.search(question)), Condition.ANY)
