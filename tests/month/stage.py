"""How an act is played: by the model and by the system, in the system's own transactions, which may crash."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.accounts.models import User
from backend.core.batch import Batch
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.edge import doors
from campaigns.models import Offer as OfferRow
from tests.month.scene import DAWN, Scene
from tests.month.things import No, Offer

Row = TypeVar("Row")
STEP = timedelta(hours=3)
pick = st.integers(0, 719)  # which of however many there are
flip = st.booleans()


def sometimes(*, once_in: int) -> st.SearchStrategy[bool]:
    return st.integers(1, once_in).map(lambda number: number == once_in)


def act(*, weight: int = 1, when: Callable[[Any], object] = lambda life: True, **asks: st.SearchStrategy[Any]) -> Any:
    """Marks what may happen: how often beside other acts, on what condition, and with which arguments."""

    def mark(method: Any) -> Any:
        method.weight, method.when, method.asks = weight, when, st.fixed_dictionaries(asks)
        return method

    return mark


class Crash(Exception):
    """The process dies when all but the answer is written."""


class Stage(RuleBasedStateMachine):
    """One life. What it writes is undone after it, so that all lives begin with the same town."""

    scene: ClassVar[Scene]

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point._from_testcase = True  # doors open durable transactions of their own within it
        self.point.__enter__()
        self.month, self.now = deepcopy(self.scene.month), DAWN
        self.phones = [replace(shop.phone, allowance=None, lines=[]) for shop in self.scene.shops]
        self.numbers = 0

    @rule(data=st.data())
    def live(self, data: Any) -> None:
        """One act. Not a rule for each: Hypothesis leaves half of those out, and a life needs claims."""
        acts = [each for each in self.acts for _ in range(each.weight if each.when(self) else 0)]
        chosen = data.draw(st.sampled_from(acts))
        given = data.draw(chosen.asks, label=chosen.__name__)
        chosen(self, **given)

    @property
    def acts(self) -> list[Any]:
        named = (getattr(type(self), name) for name in sorted(dir(type(self))) if name != "acts")
        return [each for each in named if hasattr(each, "asks")]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @invariant()
    def time_goes_on(self) -> None:
        """Not a law of the books, but of life: after every act it is three hours later."""
        self.now += STEP

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def one(self, number: int, rows: list[Row]) -> Row:
        return rows[number % len(rows)]

    def likely(self, number: int, rows: list[Row], good: Callable[[Row], bool]) -> Row:
        """Three times in four one that is good for the act, where there is one."""
        found = [each for each in rows if good(each)] if number % 4 else rows
        return self.one(number // 4, found or rows)

    def row_of(self, offer: Offer) -> OfferRow:
        return OfferRow.objects.select_related("campaign").get(pk=offer.pk)

    def owner_of(self, pk: object) -> User:
        return next(each for each in self.scene.people if each.pk == pk)

    def both(self, model: Callable[[], Row], system: Callable[[], Any]) -> tuple[Row, Any] | None:
        """What model and system answer; None where both refuse, for the same reason."""
        expected, no = _told(model)
        found, refused = None, ""
        try:
            with transaction.atomic():
                found = system()
        except Refusal as refusal:
            refused = refusal.code
        assert refused == no
        return None if no else (expected, found)

    def door(
        self, by: User, model: Callable[[], Row], system: Callable[[Batch], Any], *, crash: bool, again: bool
    ) -> tuple[Row, Any] | None:
        """The same through the door of the API, with an idempotency key: after a crash, and asked again."""
        expected, no = _told(model)
        key = str(new_id())
        if crash:
            with patch.object(doors, "_remember", side_effect=Crash), pytest.raises(Crash):
                doors.batch_door(_asked(by, key), system, _shown)
        answer = doors.batch_door(_asked(by, key), system, _shown)
        assert answer.data.get("code", "") == no, answer.data
        if again:
            replayed = doors.batch_door(_asked(by, key), system, _shown)
            assert (replayed.status_code, replayed.data) == (answer.status_code, answer.data)
            assert replayed["Idempotency-Replayed"] == "true"
        return None if no else (expected, answer.data["id"])


def _told(model: Callable[[], Row]) -> tuple[Any, str]:
    try:
        return model(), ""
    except No as no:
        return None, no.code


def _asked(by: User, key: str) -> Request:
    asked = APIRequestFactory().post("/a/month", {}, format="json", headers={"Idempotency-Key": key})
    request = Request(asked, parsers=[JSONParser()])
    request.user = by
    return request


def _shown(row: Any) -> dict[str, Any]:
    return {"id": str(row.pk)}
