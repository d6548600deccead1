"""The desk speaks Chinese: codes and filters have words, and each column its own."""

from typing import Any

import pytest
from django.contrib.admin.utils import get_fields_from_path

from backend.earning.models import Station
from backend.earning.types.activities import Activity, Grade
from backend.earning.types.awards import AwardStatus
from backend.earning.types.reviews import AppealKind, AppealState, ReasonCode
from backend.earning.types.signals import SignalKind, SignalState, SubjectKind
from backend.ops.console.values import CODED, worded
from backend.ops.console.words import WORDS
from backend.outbox.types import TaskStatus
from backend.webhooks.types import DeliveryStatus, EndpointStatus
from tests.api.test_console import each_desk, page_of
from tests.factories import station
from tests.factories_console import at_console, operator

UNLISTED = {  # by the column: plain texts, for which no model lists what may stand there
    "status": [AwardStatus, TaskStatus, DeliveryStatus, EndpointStatus],
    "state": [AppealState, SignalState],
    "kind": [AppealKind, SignalKind],
    "subject_kind": [SubjectKind],
    "activity": [Activity],
    "grade": [Grade],
    "reason": [ReasonCode],
}


@each_desk
def test_every_code_and_every_filter_has_a_chinese_word(model: Any, desk: Any) -> None:
    coded = [field for field in model._meta.concrete_fields if field.name in CODED and field.choices]
    words = [worded(field.name, str(code)) for field in coded for code, _ in field.choices]
    assert [word for word in words if word.isascii()] == []
    filtered = [get_fields_from_path(model, column)[-1].name for column in desk.list_filter if isinstance(column, str)]
    assert [name for name in filtered if name not in WORDS] == []


@pytest.mark.parametrize("column", UNLISTED)
def test_codes_that_no_model_lists_have_words_too(column: str) -> None:
    words = [worded(column, str(code)) for kind in UNLISTED[column] for code in kind]
    assert [word for word in words if word.isascii()] == []


def test_a_word_is_for_codes_only_and_each_column_has_its_own() -> None:
    assert (worded("status", "open"), worded("state", "open")) == ("开放", "待处理")
    assert worded("title", "open") == "open"
    assert worded("state", "what nobody knows") == "what nobody knows"


@pytest.mark.django_db
def test_a_list_is_shown_and_filtered_in_words() -> None:
    station()
    page = at_console(operator()).get(page_of(Station, "changelist"), {"status__exact": "open"}).content.decode()
    assert ">开放</a>" in page  # among the filter's choices
    assert ">open<" not in page
    assert page.count("开放") >= 2
