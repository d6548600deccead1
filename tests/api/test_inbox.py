"""Messages: told in the event's own transaction, shown to nobody else, read, chosen, forgotten."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.inbox import rules, services
from backend.inbox.models import LotNotice, Message, Preference
from backend.inbox.types import Channel, Kind
from tests.api.clients import client_of, problem
from tests.factories import NOON, give_points, person

pytestmark = pytest.mark.django_db(transaction=True)


def tell(user: User, **changes: Any) -> Message | None:
    words = {"title_zh": "获得 10 积分", "title_en": "10 points", "why_zh": "回收点签到", "why_en": "Check-in"}
    with transaction.atomic():
        return services.tell(**({"to": user.pk, "kind": Kind.AWARD, "now": NOON} | words | changes))


def inbox(user: User, language: str = "zh-Hans") -> Any:
    return client_of(user).get("me/messages", headers={"Accept-Language": language}).json()


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr("backend.edge.live._send", lambda group, pushed: events.extend(pushed))
    return events


class TestReading:
    def test_one_reads_what_happened_and_why_in_two_languages(self) -> None:
        anna = person()
        tell(anna, data={"award": "1"})
        chinese, english = inbox(anna), inbox(anna, "en")
        [row] = chinese["results"]
        assert (row["kind"], row["title"], row["why"], row["read"]) == ("award", "获得 10 积分", "回收点签到", False)
        assert (english["results"][0]["title"], row["data"], chinese["unread"]) == ("10 points", {"award": "1"}, 1)

    def test_newest_first_by_pages_and_unread_counts_all(self) -> None:
        anna = person()
        for number in range(5):
            tell(anna, title_zh=f"{number}")
        first = client_of(anna).get("me/messages?limit=3").json()
        rest = client_of(anna).get(first["next"]).json()
        assert [row["title"] for row in first["results"] + rest["results"]] == ["4", "3", "2", "1", "0"]
        assert (first["unread"], rest["unread"], rest["next"]) == (5, 5, None)

    def test_read_one_then_all(self) -> None:
        anna = person()
        messages = [tell(anna) for _ in range(3)]
        client = client_of(anna)
        for _ in range(2):
            assert client.post(f"me/messages/{messages[0].pk}/read", key="").json() == {"unread": 2}
        assert client.post("me/messages/read", key="").json() == {"unread": 0}
        assert all(row["read"] for row in inbox(anna)["results"])

    def test_nobody_reads_or_marks_anothers(self) -> None:
        anna, ben = person(), person()
        message = tell(anna)
        assert inbox(ben) == {"next": None, "results": [], "unread": 0}
        problem(client_of(ben).post(f"me/messages/{message.pk}/read"), 404, "not_found")
        problem(client_of().post(f"me/messages/{message.pk}/read"), 401, "unauthenticated")
        client_of(ben).post("me/messages/read")
        assert Message.objects.get().read_at is None

    def test_a_page_costs_the_same_with_many_messages(self, django_assert_max_num_queries: Any) -> None:
        anna = person()
        for _ in range(20):
            tell(anna)
        client = client_of(anna)
        with django_assert_max_num_queries(3):  # session, messages, unread
            client.get("me/messages")


class TestTelling:
    def test_a_message_is_told_live_after_the_commit_and_not_before(self, pushed: list[Any]) -> None:
        anna = person()
        with transaction.atomic():
            message = services.tell(to=anna.pk, kind=Kind.AWARD, title_zh="好", title_en="Good", now=NOON)
            assert pushed == []
        assert pushed == [{"type": "message", "id": str(message.pk), "kind": "award", "title": "好"}]

    def test_what_is_undone_was_never_told(self, pushed: list[Any]) -> None:
        anna = person()
        with transaction.atomic():
            services.tell(to=anna.pk, kind=Kind.AWARD, title_zh="好", title_en="Good", now=NOON)
            transaction.set_rollback(True)
        assert (Message.objects.count(), pushed) == (0, [])

    def test_telling_needs_the_transaction_of_the_event(self) -> None:
        with pytest.raises(NoTransaction):
            services.tell(to=person().pk, kind=Kind.AWARD, title_zh="好", title_en="Good", now=NOON)

    def test_a_thing_is_told_once_for_each_kind(self, pushed: list[Any]) -> None:
        anna, thing = person(), new_id()
        told = [tell(anna, about=thing), tell(anna, about=thing), tell(anna, about=thing, kind=Kind.RETURNED)]
        assert [each is None for each in told] == [False, True, False]
        assert (Message.objects.count(), len(pushed)) == (2, 2)

    def test_telling_costs_one_row(self, django_assert_max_num_queries: Any) -> None:
        anna = person()
        with transaction.atomic(), django_assert_max_num_queries(2):  # the row; whether it is to be sent out
            services.tell(to=anna.pk, kind=Kind.AWARD, title_zh="好", title_en="Good", now=NOON)

    @pytest.mark.parametrize("number", ["13812345678", "138 1234 5678", "138-1234-5678", "50010319900101123X"])
    def test_no_telephone_or_identity_number_stands_in_a_text(self, number: str) -> None:
        anna = person()
        message = tell(anna, title_zh=f"来自 {number} 的赠送", why_en=f"from {number}.")
        assert (message.title_zh, message.why_en) == ("来自 ••• 的赠送", "from •••.")

    @given(st.text(max_size=600), st.integers(2, 400))
    def test_a_text_fits_whatever_it_is(self, text: str, characters: int) -> None:
        fitted = rules.fit(text, characters)
        assert len(fitted) <= characters
        assert rules.fit(fitted, characters) == fitted

    def test_order_numbers_and_sums_stay(self) -> None:
        plain = "订单 2026060512345678901234 用券 15 元，账单 13800 分"
        assert rules.fit(plain, 400) == plain


class TestChoosing:
    def put(self, user: User, kinds: Any) -> Any:
        return client_of(user).put("/api/v1/me/preferences", {"kinds": kinds}, format="json")

    def test_nothing_is_sent_out_unless_asked_for(self) -> None:
        body = client_of(person()).get("me/preferences").json()
        assert [each["kind"] for each in body["kinds"]] == [kind.value for kind in Kind]
        assert all(each["channels"] == [] for each in body["kinds"])
        assert (body["quiet_from"], body["quiet_to"]) == ("21:00", "08:00")

    def test_a_choice_replaces_the_one_before(self) -> None:
        anna, ben = person(), person()
        self.put(anna, [{"kind": "award", "channels": ["sms", "wechat"]}])
        body = self.put(anna, [{"kind": "hold", "channels": ["sms"]}, {"kind": "award", "channels": ["sms"]}]).json()
        chosen = {each["kind"]: each["channels"] for each in body["kinds"] if each["channels"]}
        assert chosen == {"award": ["sms"], "hold": ["sms"]}
        assert Preference.objects.filter(user=ben).count() == 0

    @pytest.mark.parametrize(
        "kinds",
        [
            [{"kind": "gossip", "channels": []}],
            [{"kind": "award", "channels": ["pigeon"]}],
            [{"kind": "award", "channels": ["sms"] * 3}],
            [{"kind": "award", "channels": []}, {"kind": "award", "channels": []}],
            [{"kind": "award", "channels": []}] * 10,
            "award",
            None,
        ],
    )
    def test_what_is_no_choice_changes_nothing(self, kinds: Any) -> None:
        anna = person()
        self.put(anna, [{"kind": "award", "channels": ["sms"]}])
        problem(self.put(anna, kinds), 400, "invalid_request")
        assert [row.channel for row in Preference.objects.all()] == [Channel.SMS]


class TestQuietHours:
    @pytest.mark.parametrize(
        ("now", "then"),
        [
            ("2026-06-05T07:59:59", "2026-06-05T08:00:00"),
            ("2026-06-05T08:00:00", "2026-06-05T08:00:00"),
            ("2026-06-05T20:59:59", "2026-06-05T20:59:59"),
            ("2026-06-05T21:00:00", "2026-06-06T08:00:00"),
            ("2026-06-05T00:00:00", "2026-06-05T08:00:00"),
        ],
    )
    def test_nobody_is_woken(self, now: str, then: str) -> None:
        at = datetime.fromisoformat(now).replace(tzinfo=clock.ZONE)
        assert rules.send_at(at) == datetime.fromisoformat(then).replace(tzinfo=clock.ZONE)

    @given(st.integers(0, 4 * 365 * 86_400))
    def test_it_is_never_before_and_less_than_a_night_later(self, seconds: int) -> None:
        now = NOON + timedelta(seconds=seconds)
        then = rules.send_at(clock.local(now))
        assert timedelta(0) <= then - now <= timedelta(hours=11)
        assert rules.send_at(then) == then


class TestExpiringPoints:
    SOON = NOON + timedelta(days=6)

    def run(self, now: datetime = NOON) -> int:
        with transaction.atomic():
            return services.tell_expiring_lots(now=now)

    def give(self, user: User, points: int, expires_at: datetime | None) -> None:
        with transaction.atomic():
            give_points(user, points, expires_at=expires_at)

    def test_all_that_ends_at_one_instant_is_told_once(self) -> None:
        anna = person()
        for points in (10, 5):
            self.give(anna, points, self.SOON)
        assert [self.run(), self.run(), self.run(NOON + timedelta(days=1))] == [1, 0, 0]
        message = Message.objects.get()
        assert (message.title_zh, message.data["points"]) == ("15 积分即将到期", 15)
        assert "2026-06-11 12:00" in message.why_zh

    def test_what_ends_later_never_or_is_spent_is_not_told(self) -> None:
        anna = person()
        self.give(anna, 10, NOON + timedelta(days=7, seconds=1))
        self.give(anna, 10, None)
        assert (self.run(), Message.objects.count()) == (0, 0)
        assert self.run(NOON + timedelta(seconds=1)) == 1

    def test_who_was_forgotten_is_not_told(self) -> None:
        anna = person()
        self.give(anna, 10, self.SOON)
        client_of(anna).delete("/api/v1/me")
        assert (self.run(), self.run(), Message.objects.count()) == (1, 0, 0)

    def test_a_notice_goes_when_the_points_have(self) -> None:
        self.give(person(), 10, self.SOON)
        self.run()
        self.run(self.SOON)
        assert (LotNotice.objects.count(), Message.objects.count()) == (0, 1)


def test_messages_are_dropped_when_their_time_is_over() -> None:
    anna = person()
    tell(anna)
    tell(anna, now=NOON + timedelta(days=1))
    for late, dropped in [(timedelta(seconds=-1), 0), (timedelta(0), 1), (timedelta(0), 0)]:
        with transaction.atomic():
            assert services.drop_old(now=NOON + rules.KEPT + late) == dropped
    assert Message.objects.count() == 1


def test_a_copy_holds_them_and_being_forgotten_deletes_them() -> None:
    anna = person()
    tell(anna)
    client = client_of(anna)
    client.put("/api/v1/me/preferences", {"kinds": [{"kind": "award", "channels": ["sms"]}]}, format="json")
    copy = client.get("me/export").json()
    assert (copy["messages"][0]["title"], copy["preferences"]) == ("获得 10 积分", {"award": ["sms"]})
    assert client.delete("/api/v1/me").status_code == 200
    assert (Message.objects.count(), Preference.objects.count()) == (0, 0)
