"""Webhooks against a real server: signed, retried, never redirected, disabled after long failure, sent again."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from backend.audit.models import AuditRow
from backend.outbox.models import Task
from backend.webhooks import errors, rules, services, tasks, transport
from backend.webhooks.models import Attempt, Delivery, Endpoint, Event, Secret
from backend.webhooks.types import EventType
from tests.factories import NOON
from tests.factories_webhooks import endpoint, event, replayed, rotated, work
from tests.receiver import Receiver, is_genuine, receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def partner() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def attempts() -> list[tuple[int | None, str]]:
    return list(Attempt.objects.order_by("pk").values_list("status_code", "reason"))


def test_an_event_arrives_signed_and_says_who_nobody_is(partner: Receiver) -> None:
    _, secret = endpoint(partner.url)
    event("v-1")
    work()
    [(headers, body)] = partner.seen
    assert is_genuine(headers, body, secret)
    assert not is_genuine(headers, body + b" ", secret)
    assert not is_genuine(headers | {"webhook-id": "msg_another"}, body, secret)
    assert json.loads(body) == {
        "type": "voucher.claimed",
        "timestamp": "2026-06-05T12:00:00+08:00",
        "data": {"id": "v-1", "face_value_fen": 500},
    }
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    attempt = Attempt.objects.get()
    assert (attempt.status_code, attempt.response_head) == (200, "thank you")
    assert Delivery.objects.get().status == "delivered"


def test_the_signature_is_that_of_the_convention() -> None:
    """The example of the Standard Webhooks specification."""
    found = rules.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_those_are_told_who_asked_and_an_act_that_is_undone_is_not_told(partner: Receiver) -> None:
    endpoint(partner.url, types=[EventType.AWARD_MADE])
    event()
    with transaction.atomic():
        services.publish(type=EventType.AWARD_MADE, subject="a", data={}, now=NOON)
        transaction.set_rollback(True)
    work()
    assert (partner.seen, Delivery.objects.count(), Event.objects.count()) == ([], 0, 1)


def test_where_nobody_listens_an_event_costs_one_read(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        services.publish(type=EventType.AWARD_MADE, subject="a", data={}, now=NOON)
    assert Task.objects.count() == 0


@pytest.mark.parametrize("data", [{"resident_id": "x"}, {"phone": "139"}, {"a": {"b": 1}}, {"a": "x" * 201}])
def test_what_may_name_a_person_is_not_published(data: Any, partner: Receiver) -> None:
    endpoint(partner.url)
    with pytest.raises(errors.UnfitEvent), transaction.atomic():
        services.publish(type=EventType.AWARD_MADE, subject="a", data=data, now=NOON)
    assert Task.objects.count() == 0


def test_a_failing_server_is_tried_again_with_the_same_id_until_it_takes_it(partner: Receiver) -> None:
    partner.answers = [500, 503, 200]
    _, secret = endpoint(partner.url)
    event()
    work()
    for _ in range(2):
        due = Task.objects.get(status="waiting").due_at
        assert work(due - timedelta(seconds=1)) == 0
        work(due)
    assert attempts() == [(500, ""), (503, ""), (200, "")]
    assert len({headers["webhook-id"] for headers, _ in partner.seen}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in partner.seen}) == 3
    assert all(is_genuine(headers, body, secret) for headers, body in partner.seen)
    assert (Delivery.objects.get().status, Endpoint.objects.get().failing_since) == ("delivered", None)


def test_a_redirect_is_a_failure_and_is_not_followed(partner: Receiver) -> None:
    partner.answers = [307]
    endpoint(partner.url)
    event()
    work()
    assert (len(partner.seen), attempts()) == (1, [(307, "")])
    assert "redirects" in Task.objects.get(status="waiting").reason


def sent(partner: Receiver, seconds: float) -> Any:
    made = rules.headers(["whsec_QQ=="], message_id="m", timestamp=1, body=b"{}")
    return transport.post(transport.Message(partner.url, made, b"{}"), allow_private=True, seconds=seconds)


def test_a_server_that_does_not_answer_or_never_ends_is_cut_off(partner: Receiver) -> None:
    partner.hold = threading.Event()
    answer = sent(partner, 0.3)
    assert (answer.status, answer.reason) == (None, "no answer within 0.3 s")
    partner.hold.set()
    partner.dribble = True
    assert sent(partner, 0.3).reason == "no answer within 0.3 s"


def test_a_long_answer_is_cut_and_cleaned(partner: Receiver) -> None:
    partner.body = "谢\x00\x1b[31m".encode() * 5000
    head = sent(partner, 5).head
    assert len(head) <= 300
    assert head.isprintable()


def test_nothing_at_the_address_is_a_reason_in_the_log(partner: Receiver) -> None:
    endpoint("http://127.0.0.1:1/")
    event()
    work()
    [(status, reason)] = attempts()
    assert (status, "refused" in reason.lower()) == (None, True)


def test_private_addresses_are_not_called(partner: Receiver, settings: Any) -> None:
    endpoint(partner.url)
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    event()
    work()
    assert partner.seen == []
    assert "not on the open internet" in attempts()[0][1]


def test_the_call_goes_to_the_address_that_was_judged(partner: Receiver) -> None:
    """A name whose second look-up leads elsewhere: it is looked up once."""
    looks: list[str] = []

    def look(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        looks.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    url = partner.url.replace("127.0.0.1", "partner.example")
    with patch.object(transport.socket, "getaddrinfo", look):
        addresses = transport._addresses("partner.example", partner.port, True)
    assert (looks, addresses) == (["partner.example"], ["127.0.0.1"])
    with patch.object(transport, "_addresses", return_value=["127.0.0.1"]):
        message = transport.Message(url, {"content-type": "application/json"}, b"{}")
        assert transport.post(message, allow_private=True).status == 200
    assert partner.seen[0][0]["host"] == f"partner.example:{partner.port}"


def test_when_all_tries_are_used_up_the_delivery_has_failed_and_is_no_alarm(partner: Receiver) -> None:
    partner.answers = [500]
    endpoint(partner.url)
    event()
    now = NOON
    work(now)
    while waiting := Task.objects.filter(status="waiting").first():
        now = waiting.due_at
        work(now)
    assert len(partner.seen) == tasks.CALL.tries
    assert now - NOON < rules.DISABLE_AFTER
    assert (Delivery.objects.get().status, Delivery.objects.get().reason) == ("failed", "status 500")
    assert Task.objects.filter(status="dead").count() == 0


@pytest.mark.parametrize(("status", "days"), [(410, 0), (500, 3)])
def test_a_hopeless_endpoint_is_disabled_with_notice(
    status: int, days: int, partner: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    partner.answers = [status]
    made, _ = endpoint(partner.url)
    if days:
        event("first")
        work()
        assert Endpoint.objects.get().status == "enabled"
    event("second", now=NOON + timedelta(days=days))
    work(NOON + timedelta(days=days))
    found = Endpoint.objects.get()
    assert (found.status, str(status) in found.reason) == ("disabled", True)
    assert "is disabled" in caplog.text
    assert AuditRow.objects.filter(action="webhooks.disable", subject=str(made.pk)).count() == 1
    calls = len(partner.seen)
    event("third", now=NOON + timedelta(days=days))
    work(NOON + timedelta(days=days, hours=12))
    assert (len(partner.seen), Event.objects.filter(subject="third").exists()) == (calls, True)


def test_one_success_forgets_the_failures(partner: Receiver) -> None:
    endpoint(partner.url)
    for day, status in [(0, 500), (1, 200), (4, 500)]:
        partner.answers = [status]
        event(day, now=NOON + timedelta(days=day))
        work(NOON + timedelta(days=day))
    found = Endpoint.objects.get()
    assert (found.status, found.failing_since is not None) == ("enabled", True)


def test_during_a_change_of_the_secret_two_sign_and_never_three(partner: Receiver) -> None:
    made, first = endpoint(partner.url)
    second = rotated(made.pk, NOON)
    third = rotated(made.pk, NOON + timedelta(hours=1))
    valid = []
    for hours in (0, 2, 26):
        event(hours, now=NOON + timedelta(hours=hours))
        work(NOON + timedelta(hours=hours))
        headers, body = partner.seen[-1]
        valid.append([is_genuine(headers, body, each) for each in (first, second, third)])
    assert valid[1:] == [[False, True, True], [False, False, True]]
    assert first not in Secret.objects.first().sealed  # type: ignore[union-attr]


def test_all_since_a_time_are_sent_again_in_pieces_with_their_ids(partner: Receiver) -> None:
    made, _ = endpoint(partner.url)
    for number in range(5):
        event(number, now=NOON + timedelta(hours=number))
        work(NOON + timedelta(hours=number))
    before = [headers["webhook-id"] for headers, _ in partner.seen]
    later = NOON + timedelta(days=1)
    with patch("backend.webhooks.services.deliveries.PIECE", 2):
        assert replayed(made.pk, NOON + timedelta(hours=2), later) == 3
        work(later)
    assert [headers["webhook-id"] for headers, _ in partner.seen[5:]] == before[2:]
    assert Delivery.objects.filter(status="delivered").count() == 8


def test_old_events_are_forgotten_with_their_log_and_lost_deliveries_ended(partner: Receiver) -> None:
    partner.answers = [500]
    endpoint(partner.url)
    event()
    work()
    with transaction.atomic():
        services.give_up_stale(now=NOON + timedelta(days=4))
    assert Delivery.objects.get().status == "failed"
    with transaction.atomic():
        assert services.forget_old(now=NOON + timedelta(days=31)) == 1
    assert (Event.objects.count(), Delivery.objects.count(), Attempt.objects.count()) == (0, 0, 0)
    assert work(NOON + timedelta(days=31)) >= 1
    assert Task.objects.filter(status="dead").count() == 0
