"""A whole life: all that people, counters, finance and operators do, and the days that pass."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from hypothesis import strategies as st

from campaigns import services
from tests.factories_campaigns import APPROVER
from tests.factories_plans import advance, ask_money, decide_money, step
from tests.factories_ways import run
from tests.month.books import disagreements
from tests.month.counters import Counters
from tests.month.finance import Finance
from tests.month.model import Month
from tests.month.offline import Offline
from tests.month.reaching import Reaching
from tests.month.scene import DAWN, DAY
from tests.month.stage import act, pick

JOBS = (
    "advance", "tell", "expire", "draw_the_order", "draw_lots", "hand_out_lists", "reward_rides", "close_what_is_due",
    "settle", "settle",
)  # fmt: skip


class Life(Reaching, Counters, Offline, Finance):
    """At its end the model, the rows and the journal say the same, to the fen."""

    seen: ClassVar[Counter[str]] = Counter()  # over all lives, so that a test can say that they were not idle

    def teardown(self) -> None:
        try:
            self.seen.update(_happened(self.month))
            found = disagreements(self)
            assert found == [], "\n".join(found)
        finally:
            super().teardown()

    @act(when=lambda self: self.now < DAWN + 30 * DAY, days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.now += days * DAY

    @act(weight=4, jobs=st.lists(st.sampled_from(JOBS), min_size=1, max_size=3))
    def work(self, jobs: list[str]) -> None:
        """What the worker does every minute, late and in any order."""
        for job in jobs:
            getattr(self, job)()

    def advance(self) -> None:
        advance(self.now)
        self.month.advance(self.now)

    def tell(self) -> None:
        for job in (services.tell_new_vouchers, services.tell_expiring_vouchers):
            run(job, self.now)

    def expire(self) -> None:
        due = self.month.expire(self.now)
        assert run(lambda now: services.expire_due(by="upkeep", now=now), self.now) == due

    @act(weight=2, which=pick, verb=st.sampled_from(["pause", *["resume"] * 5, "stop"]))
    def decide(self, which: int, verb: str) -> None:
        campaign = self.one(which, self.month.campaigns)
        row = self.row_of(campaign.offers[0]).campaign
        self.both(
            lambda: self.month.step(verb, campaign, self.now),
            lambda: step(getattr(services, verb), row, by=APPROVER, now=self.now, reason="x"),
        )

    @act(which=pick, vouchers=st.sampled_from([-1, 1, 2]), budget=st.sampled_from([0, 1000]))
    def change_the_money(self, which: int, vouchers: int, budget: int) -> None:
        offer = self.one(which, self.month.offers())
        row, money = self.row_of(offer), {}
        if budget:
            money["budget_fen"] = offer.campaign.budget + budget

        def system() -> None:
            change = ask_money(row.campaign, now=self.now, offer_id=offer.pk, more_stock=vouchers, **money)
            decide_money(services.approve_money, change, by=APPROVER, now=self.now)

        self.both(lambda: self.month.more_stock(offer, vouchers, budget), system)


def _happened(month: Month) -> Iterator[str]:
    yield from (f"voucher by {each.offer.way}" for each in month.vouchers)
    yield from (f"voucher {each.status}" for each in month.vouchers)
    yield from (f"campaign {each.status}" for each in month.campaigns)
    yield from (f"statement {each.state}" for each in month.statements)
    yield from ("line held" for each in month.statements if each.held)
    yield from ("part returned" for each in month.redemptions if 0 < each.refunded < each.payable)
    yield from ("all returned" for each in month.redemptions if each.returned == each.discount)
    yield from ("rolled over" for each in month.offers() if each.rolled)
    yield from ["paid offline twice"] * bool(month.lost)
