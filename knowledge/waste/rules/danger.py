"""Dangerous things that must not reach a bin, whatever they are called: checked before any guess."""

from __future__ import annotations

import re

_ANIMAL = "猫|狗|犬|鸡|鸭|鹅|鸟|兔|兔子|仓鼠|老鼠|猪|羊|牛|鸽子?|鹦鹉|乌龟|宠物|动物|禽畜|蛇"
_MEDICINE = "(?:片|胶囊|颗粒|口服液|软膏|乳膏|凝胶|滴眼液|滴剂|糖浆|缓释|分散|口服)"  # 盐酸小檗碱片 is no acid
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "explosive",
        re.compile(
            r"子弹|炮弹|炸弹|弹药|炸药|火药|雷管|手榴弹|地雷|枪支|猎枪|烟花|爆竹|鞭炮|炮仗|(?<!水)(?<!热熔胶)(?<!玩具)(?<!扫码)手枪"
        ),
    ),
    ("sharps", re.compile(r"针头|注射器|针管|采血针|针筒")),
    ("medical", re.compile(r"(?:医疗|医用)(?:废物|垃圾)|输液(?:管|器|袋)|血袋|(?:带|沾)血")),
    (
        "gas",
        re.compile(
            r"(?:煤气|液化气|石油气|氧气|氮气|氢气|氦气|乙炔|丁烷|天然气|瓦斯|卡式)(?:钢)?(?:罐|瓶|坛|包)|灭火器|气瓶|气罐$"
        ),
    ),
    (
        "dead_animal",
        re.compile(
            rf"(?:病?死(?:掉|去|了)?(?:的)?|去世的|病死的)(?:{_ANIMAL})|(?:{_ANIMAL}).{{0,3}}(?:尸体|遗体|死了)|尸体|遗体"
        ),
    ),
    (
        "chemicals",
        re.compile(
            rf"(?:硫|盐|硝|氢氟)酸(?!.*{_MEDICINE})|强酸|强碱|烧碱|氰化|危险化学品|危化品|放射|剧毒|^(?:汽|柴|煤)油$|实验室?废液|化学(?:品|试剂|废液|药品)"
        ),
    ),
)


def danger(name: str) -> str | None:
    """The advice key of the danger that a name tells, None if it tells none."""
    return next((key for key, words in _PATTERNS if words.search(name)), None)
