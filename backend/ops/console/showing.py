"""How a value looks on the desk, and which are never shown: whatever is sealed, a digest, a key or a vector."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin import display
from django.contrib.admin.utils import display_for_value
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backend.core import clock
from backend.ops.console.values import worded
from backend.ops.console.words import WORDS

EMPTY = "—"
_HIDDEN = re.compile(r"sealed|digest|secret|public_key|vector|(?:^|_)hash$|^idempotency|^code_purpose$")


def is_hidden(field: str) -> bool:
    """Whether a column is nobody's business here: it can name a person or open a door."""
    return bool(_HIDDEN.search(field))


def shown_fields(model: type[models.Model]) -> list[str]:
    """Every column that may be seen, in the model's order."""
    return [field.name for field in model._meta.concrete_fields if not is_hidden(field.name)]


def column(name: str) -> Callable[[Any], Any]:
    """A column under its Chinese name, sorted by the database where it is a plain column."""

    @display(description=WORDS.get(name, name), ordering=name)
    def show(row: Any) -> Any:
        return shown(getattr(row, name), name)

    show.__name__ = name
    return show


def shown(value: Any, name: str = "") -> Any:
    """One value: local time, yuan for fen, a word for a code, a link for a row that has a desk, readable JSON."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, models.Model):
        return link(value)
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")
    if name.endswith("_fen") and isinstance(value, int):
        return f"¥{value / 100:,.2f}"
    if isinstance(value, dict | list):
        return format_html("<pre>{}</pre>", json.dumps(value, ensure_ascii=False, indent=1)) if value else EMPTY
    if isinstance(value, str):
        return worded(name, value)
    return display_for_value(value, EMPTY, boolean=isinstance(value, bool))


def link(row: models.Model) -> SafeString | str:
    """To the row's own page, where its model is on the desk."""
    options = row._meta
    try:
        address = reverse(f"console:{options.app_label}_{options.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(row)
    return format_html('<a href="{}">{}</a>', address, str(row))
