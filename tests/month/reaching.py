"""How vouchers reach people: for points, by list, drop, draw and challenge."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from backend.core import clock
from campaigns import services
from campaigns.models import Completion, Draw, GrantLine, Voucher, Win
from tests.factories_campaigns import APPROVER
from tests.factories_ways import approve_list, checkpoint, run, send_list
from tests.month.scene import DAY, GOAL
from tests.month.stage import STEP, Stage, act, flip, pick, sometimes
from tests.month.things import No, Offer
from tests.services.test_challenges import act as ride


class Reaching(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.rides: Counter[tuple[date, Any]] = Counter()
        self.completed: set[tuple[date, Any]] = set()
        self.ended: set[Any] = set()  # rows that were handed out or refused

    @act(who=pick, which=pick, crash=sometimes(once_in=4), again=flip)
    def claim(self, who: int, which: int, crash: bool, again: bool) -> None:
        self._claim(who, self.one(which, self.month.offers()), crash=crash, again=again)

    @act(weight=5, who=pick, which=pick)
    def pay_points(self, who: int, which: int) -> None:
        offer = self.likely(which, self.month.offers("exchange", "drop"), self._may_be_claimed)
        self._claim(who, offer, crash=False, again=False)

    def _may_be_claimed(self, offer: Offer) -> bool:
        return offer.starts <= self.now < offer.ends and offer.is_open and offer.claimed < offer.stock

    def _claim(self, who: int, offer: Offer, **how: bool) -> None:
        by = self.one(who, self.scene.people)
        done = self.door(
            by,
            lambda: self.month.claim(by.pk, offer, self.now),
            lambda batch: services.enter_claim(batch, by=by, offer_id=offer.pk, now=self.now),
            **how,
        )
        if done:
            done[0].pk = UUID(done[1])

    @act(when=lambda self: any(each.tickets and each.drawn for each in self.month.offers("drop")), who=pick)
    def take_the_turn(self, who: int) -> None:
        self._claim(who, *self.month.offers("drop"), crash=False, again=False)

    # -- drops and draws ----------------------------------------------------------------------------------------------

    @act(weight=2, who=pick, way=st.sampled_from(["drop", "draw"]))
    def queue_up(self, who: int, way: str) -> None:
        by, [offer] = self.one(who, self.scene.people), self.month.offers(way)
        verb = services.take_ticket if way == "drop" else services.enter_draw
        self.both(
            lambda: self.month.queue_up(by.pk, offer, self.now),
            lambda: verb(by=by, offer_id=offer.pk, now=self.now),
        )

    def draw_the_order(self) -> None:
        run(services.advance_drops, self.now)
        for offer in self.month.offers("drop"):
            offer.drawn = offer.drawn or self.now >= offer.starts

    def draw_lots(self) -> None:
        """Closed, a checkpoint later drawn; who won is what the rows say, and `prove` computes it again."""
        [offer] = self.month.offers("draw")
        if offer.closed or self.now < offer.closes:
            return
        run(services.advance_draws, self.now)
        checkpoint(self.now + STEP / 2)
        self.now += STEP
        run(services.advance_draws, self.now)
        offer.closed = True
        wins = list(Win.objects.select_related("entry").order_by("rank"))
        assert len(wins) == Draw.objects.get().places == min(offer.stock, len(offer.tickets))
        assert {each.entry.resident_id for each in wins} <= offer.tickets
        self._handed(offer, [(each, each.entry.resident_id, each.entry_id) for each in wins])

    # -- lists and challenges -----------------------------------------------------------------------------------------

    @act(who=st.lists(pick, min_size=1, max_size=4))
    def send_a_list(self, who: list[int]) -> None:
        """Read, approved by somebody else, handed out; whoever stands on it twice counts once."""
        people, [offer] = [self.one(each, self.scene.people) for each in who], self.month.offers("grant")
        grant = send_list(self.row_of(offer), f"list {self.number()}\n" + "".join(f"{each.pk}\n" for each in people))
        good = {each.pk for each in people if offer.taken[each.pk] < offer.per_person}
        self.hand_out_lists()
        grant.refresh_from_db()
        assert grant.good == len(good)
        if self.both(lambda: self.month.keep(offer, len(good)), lambda: approve_list(grant, by=APPROVER, now=self.now)):
            self.hand_out_lists()

    def hand_out_lists(self) -> None:
        run(services.advance_grants, self.now)
        [offer] = self.month.offers("grant")
        approved = GrantLine.objects.filter(resident_id__isnull=False, grant__status__in=["handing", "done"])
        for grant in approved.order_by("grant").values_list("grant", flat=True).distinct():
            lines = approved.filter(grant=grant).order_by("number")
            self._handed(offer, [(each, each.resident_id, each.pk) for each in lines])

    @act(who=pick, times=st.integers(1, 3))
    def ride(self, who: int, times: int) -> None:
        """Green trips that were rewarded."""
        by = self.one(who, self.scene.people)
        for _ in range(times):
            ride(by, self.now)
        self.rides[_week(self.now), by.pk] += times

    def reward_rides(self) -> None:
        """A week is looked at until three days after it."""
        run(services.advance_challenges, self.now)
        [offer] = self.month.offers("challenge")
        if offer.campaign.status != "stopped" and self.now < offer.ends + 3 * DAY:
            looked_at = {_week(self.now - back * DAY) for back in range(4)}
            self.completed |= {key for key, done in self.rides.items() if done >= GOAL and key[0] in looked_at}
        rows = Completion.objects.order_by("pk")
        assert {(each.starts_on, each.person_id) for each in rows} == self.completed
        self._handed(offer, [(each, each.resident_id, each.pk) for each in rows])

    def _handed(self, offer: Offer, rows: Iterable[tuple[Any, Any, Any]]) -> None:
        """Plays the rows (row, resident, source) that were waiting in the order in which the job took them."""
        later = False
        for row, who, source in rows:
            if row in self.ended:
                continue
            made, no = self._hand_out(who, offer) if not later else (None, "")
            later = later or self.month.waits(no, offer)
            expected = ("waiting", "") if later else ("refused", no) if no else ("handed", "")
            assert (row.state, row.fault) == expected
            if made:
                made.pk = Voucher.objects.get(source_id=source).pk
            if not later:
                self.ended.add(row)

    def _hand_out(self, who: Any, offer: Offer) -> tuple[Any, str]:
        try:
            return self.month.hand_out(who, offer, self.now), ""
        except No as no:
            return None, no.code


def _week(now: Any) -> date:
    day = clock.local(now).date()
    return clock.local(now - day.weekday() * DAY).date()
