"""The filters beside a list, in the desk's words."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import (
    AllValuesFieldListFilter,
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    FieldListFilter,
)
from django.contrib.admin.utils import get_fields_from_path
from django.db import models

from backend.ops.console.values import worded
from backend.ops.console.words import WORDS


class _InWords(FieldListFilter):
    """Before one of Django's filters: its title and its choices as people of the desk call them."""

    def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.title = WORDS.get(field.name, field.name)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": worded(self.field.name, str(choice["display"]))}


class Yes(_InWords, BooleanFieldListFilter):
    """Of a column that is true or false."""


class Known(_InWords, ChoicesFieldListFilter):
    """Of a column whose codes the model lists."""


class Found(_InWords, AllValuesFieldListFilter):
    """Of a column whose codes are those that its rows have."""


def filter_of(model: type[models.Model], column: str) -> tuple[str, type[_InWords]]:
    """The filter for a column, or for one behind it (`grants__role`)."""
    field = get_fields_from_path(model, column)[-1]
    if isinstance(field, models.BooleanField):
        return column, Yes
    return column, Known if getattr(field, "choices", None) else Found
