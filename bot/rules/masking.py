"""Telephone, identity and card numbers are masked before anything is stored."""

import re

_MASKS = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "[身份证号]"),
    (re.compile(r"(?<!\d)(?:\+?86|0086)?[\s-]*1[3-9]\d(?:[\s-]*\d){8}(?!\d)"), "[手机号]"),
    (re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)"), "[卡号]"),
    (re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"), "[电话]"),
    (re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[邮箱]"),
)


def masked(text: str) -> str:
    """The text as it may be kept; full-width digits must have been folded by the caller."""
    for pattern, label in _MASKS:
        text = pattern.sub(label, text)
    return text
