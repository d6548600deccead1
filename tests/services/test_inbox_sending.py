"""Messages leave only for who asked, by a fixed sentence, never at night, and not when the choice has changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.models import User, WechatAccount
from backend.accounts.services.wechat import crypto
from backend.core import clock
from backend.inbox import rules, services
from backend.inbox.models import Message
from backend.inbox.types import Channel, Kind
from backend.outbox.models import Task
from tests.factories import NOON, person

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = NOON.astimezone(clock.ZONE).replace(hour=23)
MORNING = (NIGHT + timedelta(days=1)).replace(hour=8)
SENT: list[dict[str, Any]] = []


class Recorder:
    def send(self, **what: Any) -> None:
        SENT.append(what)


@pytest.fixture(autouse=True)
def sent(settings: Any) -> list[dict[str, Any]]:
    settings.MESSAGE_SENDER = f"{__name__}.Recorder"
    SENT.clear()
    return SENT


def choose(user: User, *channels: Channel) -> None:
    with transaction.atomic():
        services.choose(by=user, wanted={Kind.AWARD: list(channels)}, now=NOON)


def tell(user: User, now: datetime = NOON, kind: Kind = Kind.AWARD) -> Message | None:
    with transaction.atomic():
        return services.tell(to=user.pk, kind=kind, title_zh="获得 10 积分", title_en="10 points", now=now)


def work(now: datetime) -> None:
    """What the worker does with each task that is due."""
    for task in Task.objects.filter(topic=services.TOPIC, status="waiting", due_at__lte=now):
        services.send_out(message_id=task.payload["message"], channel=Channel(task.payload["channel"]), now=now)
        Task.objects.filter(pk=task.pk).delete()


def test_who_asked_gets_one_fixed_sentence(sent: list[dict[str, Any]]) -> None:
    anna, ben = person(), person()
    choose(anna, Channel.SMS)
    for user in (anna, ben):
        tell(user)
    tell(anna, kind=Kind.HOLD)
    work(NOON)
    [what] = sent
    assert (what["channel"], what["address"]) == (Channel.SMS, crypto.unseal(anna.phone_sealed))
    assert what["text"] == rules.SENT_OUT[Kind.AWARD].zh
    assert "10" not in what["text"]


def test_wechat_needs_a_bound_account(sent: list[dict[str, Any]]) -> None:
    anna = person()
    choose(anna, Channel.WECHAT)
    tell(anna)
    work(NOON)
    assert sent == []
    WechatAccount.objects.create(
        user=anna,
        openid_digest="d",
        openid_sealed=crypto.seal("openid-of-anna"),
        session_key_sealed=crypto.seal("k"),
        seen_at=NOON,
    )
    tell(anna)
    work(NOON)
    assert [what["address"] for what in sent] == ["openid-of-anna"]


def test_what_happens_at_night_is_sent_in_the_morning(sent: list[dict[str, Any]]) -> None:
    anna = person()
    choose(anna, Channel.SMS)
    tell(anna, NIGHT)
    work(MORNING - timedelta(seconds=1))
    assert sent == []
    work(MORNING)
    assert len(sent) == 1


def test_a_worker_that_is_late_does_not_wake_anybody(sent: list[dict[str, Any]]) -> None:
    anna = person()
    choose(anna, Channel.SMS)
    tell(anna)
    work(NIGHT)
    assert (sent, Task.objects.get(topic=services.TOPIC).due_at) == ([], MORNING)


@pytest.mark.parametrize(
    "change",
    [
        lambda anna: choose(anna),
        lambda anna: services.forget(by=anna),
        lambda anna: User.objects.filter(pk=anna.pk).update(is_active=False),
    ],
)
def test_who_changed_their_mind_or_is_gone_gets_nothing(
    sent: list[dict[str, Any]], change: Callable[[User], object]
) -> None:
    anna = person()
    choose(anna, Channel.SMS)
    tell(anna)
    with transaction.atomic():
        change(anna)
    work(NOON)
    assert sent == []


def test_what_is_undone_is_not_promised() -> None:
    anna = person()
    choose(anna, Channel.SMS)
    with transaction.atomic():
        services.tell(to=anna.pk, kind=Kind.AWARD, title_zh="好", title_en="Good", now=NOON)
        transaction.set_rollback(True)
    assert Task.objects.filter(topic=services.TOPIC).count() == 0
