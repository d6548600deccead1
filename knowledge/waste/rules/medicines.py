"""Medicines by the stems of their generic names: an open class that no catalogue can list (盐酸小檗碱片, 恩替卡韦)."""

from __future__ import annotations

import re

_STEMS = re.compile(
    "西林|头孢|霉素|沙星|[洛昔替]韦|他汀|地平|普利(?!司)|沙坦|洛尔|洛芬|拉唑|替丁|[康硝咪]唑|格列|西泮|唑仑|[米他]松|泼尼|他啶|西汀|曲普坦|单抗|疫苗"
)
_FORMS = re.compile(
    "(?:缓释|分散|咀嚼|肠溶|泡腾|含|控释)片$|(?:软|肠溶|缓释)胶囊$|口服液$|滴[眼耳鼻]液$|注射液$|混悬[液剂]$|[软乳]膏$|滴丸$"
)
_LONGEST_CHARS = 16


def is_medicine(name: str) -> bool:
    """By a stem that generic names of one group share, or by a form in which only medicines are sold."""
    return len(name) <= _LONGEST_CHARS and bool(_STEMS.search(name) or _FORMS.search(name))
