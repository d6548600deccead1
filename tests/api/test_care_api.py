"""Votes, conversations and tickets over REST: for the asker alone, once, within limits."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.core import clock
from backend.core.ids import new_id
from backend.inbox.models import Message
from backend.ops import care, privacy
from bot import services
from bot.care import tickets
from bot.care.types import Queue, TicketState
from bot.models import TICKETS_PER_DAY, Conversation, Gap, Ticket, TicketDay, Turn, Vote
from bot.types import Answer, Status
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_care import turn

pytestmark = pytest.mark.django_db(transaction=True)


def vote_path(kept: Turn) -> str:
    return f"assistant/conversations/{kept.conversation_id}/turns/{kept.pk}/vote"


def tickets_path(kept: Turn) -> str:
    return f"assistant/conversations/{kept.conversation_id}/tickets"


class TestVotes:
    def test_a_guest_votes_once_and_the_same_vote_again_changes_nothing(self) -> None:
        kept, guest = turn(status=Status.ANSWERED), client_of()
        for _ in range(2):
            assert guest.post(vote_path(kept), {"helpful": True}).json() == {"helpful": True, "reason": ""}
        problem(guest.post(vote_path(kept), {"helpful": False, "reason": "wrong"}), 409, "already_voted")
        assert [(vote.helpful, vote.reason) for vote in Vote.objects.all()] == [(True, "")]
        assert not Gap.objects.exists()

    def test_a_vote_against_an_answer_counts_on_a_gap(self) -> None:
        kept = turn(status=Status.ANSWERED)
        assert not Gap.objects.exists()
        client_of().post(vote_path(kept), {"helpful": False, "reason": "outdated"})
        assert Turn.objects.get(pk=kept.pk).gap == Gap.objects.get(need=kept.need)

    def test_no_vote_moves_what_is_found(self) -> None:
        """Votes are read by people: the row names an answer, and nothing that searches knows the table."""
        kept = turn(status=Status.ANSWERED)
        client_of().post(vote_path(kept), {"helpful": False, "reason": "wrong"})
        assert (kept.answer, kept.status) == tuple(Turn.objects.values_list("answer", "status").get(pk=kept.pk))

    @pytest.mark.parametrize("body", [{}, {"helpful": False}, {"helpful": True, "reason": "wrong"}, {"helpful": 7}])
    def test_a_vote_against_says_why(self, body: dict[str, Any]) -> None:
        problem(client_of().post(vote_path(turn()), body), 400, "invalid_request")
        assert not Vote.objects.exists()

    def test_a_residents_answer_is_closed_to_others(self) -> None:
        owner, stranger = person(), person()
        kept = turn(by=owner.pk)
        for other in (client_of(stranger), client_of()):
            problem(other.post(vote_path(kept), {"helpful": True}), 404, "not_found")
        elsewhere = turn(by=stranger.pk)
        path = f"assistant/conversations/{elsewhere.conversation_id}/turns/{kept.pk}/vote"
        problem(client_of(stranger).post(path, {"helpful": True}), 404, "not_found")
        assert not Vote.objects.exists()
        assert client_of(owner).post(vote_path(kept), {"helpful": True}).status_code == 200

    def test_the_database_keeps_votes_honest(self) -> None:
        kept = turn()
        for helpful, reason in ((True, "wrong"), (False, ""), (False, "because")):
            with pytest.raises(IntegrityError), transaction.atomic():
                Vote.objects.create(turn=kept, helpful=helpful, reason=reason, at=clock.now())


class TestConversations:
    def test_the_asker_reads_and_deletes_it_whole(self) -> None:
        kept, guest = turn(), client_of()
        guest.post(vote_path(kept), {"helpful": False, "reason": "wrong"})
        guest.post(tickets_path(kept), {"queue": "policy"})
        body = guest.get(f"assistant/conversations/{kept.conversation_id}").json()
        assert [(each["id"], each["vote"]["reason"]) for each in body["turns"]] == [(str(kept.pk), "wrong")]
        assert [each["state"] for each in body["tickets"]] == ["open"]
        assert guest.delete(f"/api/v1/assistant/conversations/{kept.conversation_id}").status_code == 200
        assert [model.objects.count() for model in (Conversation, Turn, Vote, Ticket, Gap)] == [0] * 5

    def test_a_gap_stays_while_others_ask(self) -> None:
        kept, _ = turn(), turn()
        client_of().delete(f"/api/v1/assistant/conversations/{kept.conversation_id}")
        assert Gap.objects.get().turns.count() == 1

    def test_it_is_closed_to_others(self) -> None:
        kept = turn(by=person().pk)
        for other in (client_of(person()), client_of()):
            path = f"/api/v1/assistant/conversations/{kept.conversation_id}"
            problem(other.get(path), 404, "not_found")
            problem(other.delete(path), 404, "not_found")
        assert Turn.objects.count() == 1


class TestTickets:
    def test_from_the_asking_to_the_answer(self) -> None:
        resident, operator = person(), person()
        kept = turn(by=resident.pk)
        asker = client_of(resident)
        opened = asker.post(tickets_path(kept), {"queue": "policy", "note": "请回电１３８１２３４５６７８"})
        assert (opened.status_code, opened.json()["state"]) == (201, "open")
        assert opened.json()["note"] == "请回电[手机号]"
        ticket = Ticket.objects.get()
        with transaction.atomic():
            care.take_ticket(by=operator, ticket_id=ticket.pk, now=clock.now())
            care.answer_ticket(by=operator, ticket_id=ticket.pk, text="全区有32家。", now=clock.now())
        told = asker.get("me/messages").json()["results"][0]
        assert (told["kind"], told["why"]) == ("ticket_answered", "全区有32家。")
        talk = asker.get(f"assistant/conversations/{kept.conversation_id}").json()
        assert [(each["state"], each["answer"]) for each in talk["tickets"]] == [("answered", "全区有32家。")]
        assert [each["id"] for each in asker.get("me/tickets").json()["results"]] == [str(ticket.pk)]
        closed = asker.post(f"{tickets_path(kept)}/{ticket.pk}/close", {})
        assert (closed.json()["state"], closed.json()["answer"]) == ("closed", "全区有32家。")

    def test_a_guest_reads_the_answer_in_the_conversation(self) -> None:
        kept, guest = turn(), client_of()
        ticket = guest.post(tickets_path(kept), {}).json()["id"]
        operator = person()
        with transaction.atomic():
            care.take_ticket(by=operator, ticket_id=ticket, now=clock.now())
            care.answer_ticket(by=operator, ticket_id=ticket, text="有的。", now=clock.now())
        talk = guest.get(f"assistant/conversations/{kept.conversation_id}").json()
        assert talk["tickets"][0]["answer"] == "有的。"
        assert not Message.objects.exists()

    def test_one_waits_for_a_conversation_at_a_time(self) -> None:
        kept, guest = turn(), client_of()
        first = guest.post(tickets_path(kept), {}).json()["id"]
        problem(guest.post(tickets_path(kept), {}), 409, "ticket_waiting")
        assert Ticket.objects.count() == 1
        guest.post(f"{tickets_path(kept)}/{first}/close", {})
        assert guest.post(tickets_path(kept), {}).status_code == 201

    def test_so_many_a_day_and_deleting_frees_none(self) -> None:
        resident = person()
        asker = client_of(resident)
        for _ in range(TICKETS_PER_DAY):
            kept = turn(by=resident.pk)
            assert asker.post(tickets_path(kept), {}).status_code == 201
            asker.delete(f"/api/v1/assistant/conversations/{kept.conversation_id}")
        refused = asker.post(tickets_path(turn(by=resident.pk)), {})
        assert problem(refused, 429, "ticket_limit_reached")["limit"] == TICKETS_PER_DAY
        assert (Ticket.objects.count(), TicketDay.objects.get().opened) == (0, TICKETS_PER_DAY)

    def test_a_refused_one_is_not_counted(self) -> None:
        resident = person()
        kept, asker = turn(by=resident.pk), client_of(resident)
        for _ in range(TICKETS_PER_DAY + 1):
            asker.post(tickets_path(kept), {})
        assert TicketDay.objects.get().opened == 1

    def test_no_word_of_a_question_opens_one(self) -> None:
        for words in ("转人工", "人工客服", "我要投诉，请转人工"):
            with transaction.atomic():
                services.remember(
                    question=words, answer=Answer("", Status.ANSWERED), conversation=None, by=None, now=clock.now()
                )
        assert not Ticket.objects.exists()

    def test_it_is_closed_to_others(self) -> None:
        kept = turn(by=person().pk)
        stranger = client_of(person())
        problem(stranger.post(tickets_path(kept), {}), 404, "not_found")
        problem(client_of().post(tickets_path(kept), {}), 404, "not_found")
        problem(client_of().get("me/tickets"), 401, "unauthenticated")
        mine = turn()
        foreign = client_of().post(tickets_path(mine), {}).json()["id"]
        problem(stranger.post(f"{tickets_path(kept)}/{foreign}/close", {}), 404, "not_found")
        assert Ticket.objects.get().state == TicketState.OPEN

    @pytest.mark.parametrize("body", [{"queue": "vip"}, {"note": "长" * 301}, {"note": 5}])
    def test_bad_input(self, body: dict[str, Any]) -> None:
        problem(client_of().post(tickets_path(turn()), body), 400, "invalid_request")
        problem(client_of().post(f"assistant/conversations/{new_id()}/tickets", {}), 404, "not_found")
        assert not Ticket.objects.exists()


def test_what_is_held_is_exported_and_goes_with_the_person() -> None:
    resident = person(now=clock.now())
    kept, guests = turn(by=resident.pk), turn(need="figure|别的")
    asker = client_of(resident)
    asker.post(vote_path(kept), {"helpful": False, "reason": "unclear"})
    asker.post(tickets_path(kept), {"note": "请告知"})
    with transaction.atomic():  # a guest's conversation that was handed over after the login
        tickets.hand_over(
            by=resident.pk, conversation=guests.conversation_id, queue=Queue.OTHER, note="", now=clock.now()
        )
    held = asker.get("me/export").json()
    assert [row["vote"] for row in held["questions"]] == ["unhelpful: unclear"]
    assert sorted(row["note"] for row in held["tickets"]) == ["", "请告知"]
    with transaction.atomic():
        privacy.erase(by=resident, now=clock.now())
    assert (Ticket.objects.count(), Vote.objects.count(), [row.need for row in Gap.objects.all()]) == (
        0,
        0,
        ["figure|别的"],
    )
