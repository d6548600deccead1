"""Counters without a network: allowances, lines that are uploaded late, codes shown at two counters."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from campaigns import services
from campaigns.rules.offline import GRACE, MAX_MARKS
from tests.factories_ways import run
from tests.month.stage import Stage, act, flip, pick
from tests.month.things import Campaign, No, Store, Voucher

COUNT, TOTAL_FEN, MINUTES = 3, 1_500, 12 * 60
OFFLINE_KINDS = ("threshold", "fixed")
SPENT_TWICE = ("voucher_already_redeemed", "code_used")


@dataclass(eq=False)
class Line:
    voucher: Voucher
    code: str
    bill: int
    discount: int


@dataclass(eq=False)
class Allowance:
    """The rule: the first use that is committed has the voucher; a later line is paid from what was set aside."""

    row: Any
    campaign: Campaign
    expires: datetime
    lines: list[Line] = field(default_factory=list)
    sent: int = 0
    count: int = 0
    used: int = 0
    lost: int = 0
    is_open: bool = True

    def close(self) -> None:
        self.is_open = False
        self.campaign.free += TOTAL_FEN - self.lost


class Offline(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.allowances: list[Allowance | None] = [None, None]  # of each shop's device
        self.past: list[Allowance] = []
        self.burned: set[str] = set()
        self.marks: Counter[Any] = Counter()

    @act(shop=flip, which=pick)
    def open_allowance(self, shop: bool, which: int) -> None:
        campaign, phone, old = self.one(which, self.month.campaigns), self.phones[shop], self.allowances[shop]
        if old and old.is_open:
            return
        of = self.row_of(campaign.offers[0])
        done = self.both(
            lambda: self._open(campaign, self.month.stores[shop]),
            lambda: phone.open(of, now=self.now, max_count=COUNT, total_fen=TOTAL_FEN, minutes=MINUTES),
        )
        if done:
            self.past += [old] if old else []
            done[0].row, self.allowances[shop] = done[1], done[0]

    def _open(self, campaign: Campaign, store: Store) -> Allowance:
        store.require_active()
        in_force = campaign.status in ("scheduled", "running", "sold_out")
        if not in_force or not campaign.starts <= self.now < campaign.ends or not _fit(campaign):
            raise No("offline_campaign_unfit")
        if campaign.free < TOTAL_FEN:
            raise No("offline_reserve_short")
        campaign.free -= TOTAL_FEN
        return Allowance(None, campaign, self.now + timedelta(minutes=MINUTES))

    @act(
        weight=3,
        when=lambda self: self.month.vouchers,
        which=pick,
        shops=st.sampled_from([[0], [0, 1], [0, 1], [1, 0], [0, 0]]),
        bill=st.sampled_from([650, 2500]),
    )
    def accept(self, which: int, shops: list[int], bill: int) -> None:
        """A code is shown while the network is down, perhaps at both counters, perhaps twice at one."""
        voucher = self.likely(which, self.month.vouchers, _fits)
        got = self.both(
            lambda: self._may_have_a_code(voucher),
            lambda: services.issue_offline_code(
                by=self.owner_of(voucher.who), voucher_id=voucher.pk, now=self.now
            )[0].payload,
        )  # fmt: skip
        if got is None or bill < voucher.offer.min_spend:
            return
        for shop in shops:
            self.open_allowance(bool(shop), self.month.campaigns.index(voucher.offer.campaign) if which % 4 else which)
            allowance, discount = self._taking(shop), min(voucher.remaining, bill)
            if allowance:
                self.phones[shop].accept(got[1], now=self.now, bill_fen=bill, discount_fen=discount)
                allowance.lines.append(Line(voucher, got[1], bill, discount))

    def _taking(self, shop: int) -> Allowance | None:
        """The allowance by which the shop's device takes vouchers now."""
        found = self.allowances[shop]
        return found if found and found.is_open and self.now < found.expires else None

    def _may_have_a_code(self, voucher: Voucher) -> None:
        voucher.require_usable(self.now)
        if voucher.offer.kind not in OFFLINE_KINDS:
            raise No("offline_not_possible")
        if self.marks[voucher.who] >= MAX_MARKS:
            raise No("offline_codes_withheld")

    @act(
        weight=4,
        when=lambda self: any(each and each.sent < len(each.lines) for each in self.allowances),
        shop=flip,
        again=flip,
    )
    def upload(self, shop: bool, again: bool) -> None:
        allowance, phone, store = self.allowances[shop], self.phones[shop], self.month.stores[shop]
        if allowance is None or allowance.sent == len(allowance.lines):
            return
        line = phone.lines[allowance.sent]
        done = self.both(lambda: self._settle(allowance, store), lambda: phone.upload(line, self.now))
        if done is None:
            return
        assert (done[1].verdict, done[1].reason) == done[0]
        if done[1].redemption_id:
            self.month.redemptions[-1].pk = done[1].redemption_id
        if again:
            assert phone.upload(line, self.now).pk == done[1].pk

    def _settle(self, allowance: Allowance, store: Store) -> tuple[str, str]:
        """Verdict and reason of the next line, and what it moves."""
        store.require_active()
        if not allowance.is_open:
            raise No("offline_allowance_closed")
        line = allowance.lines[allowance.sent]
        allowance.sent += 1
        if line.voucher.offer.campaign is not allowance.campaign:
            return "refused", "wrong_store"
        if line.discount > 1000:
            return "refused", "offline_too_much"
        if allowance.count == COUNT or allowance.used + line.discount > TOTAL_FEN:
            return "refused", "offline_allowance_used_up"
        allowance.count, allowance.used = allowance.count + 1, allowance.used + line.discount
        reason = self._charge(line, store)
        if not reason:
            return "charged", ""
        paid = store.merchant in line.voucher.paid_at | line.voucher.lost_at
        if reason == "offline_wrong_discount" or paid:
            return "refused", reason
        return self._lose(allowance, line, store, reason)

    def _charge(self, line: Line, store: Store) -> str:
        try:
            discount = self.month.quote(line.voucher, line.bill, self.now)
        except No as no:
            return no.code
        if line.code in self.burned:
            return "code_used"
        if discount != line.discount:
            return "offline_wrong_discount"
        self.burned.add(line.code)
        self.month.redeem(line.voucher, store, line.bill, self.now)
        return ""

    def _lose(self, allowance: Allowance, line: Line, store: Store, reason: str) -> tuple[str, str]:
        line.voucher.lost_at.add(store.merchant)
        store.book(line.discount, self.now)
        allowance.lost += line.discount
        self.month.lost += line.discount
        self.marks[line.voucher.who] += reason in SPENT_TWICE
        return "loss", reason

    @act(when=lambda self: any(self.allowances), shop=flip)
    def close_allowance(self, shop: bool) -> None:
        allowance, phone, store = self.allowances[shop], self.phones[shop], self.month.stores[shop]
        if allowance:
            self.both(lambda: self._close(allowance, store), lambda: phone.close(now=self.now))

    def _close(self, allowance: Allowance, store: Store) -> None:
        store.require_active()
        if allowance.is_open and allowance.sent < len(allowance.lines):
            raise No("offline_lines_missing")
        if allowance.is_open:
            allowance.close()

    def close_what_is_due(self) -> None:
        run(lambda now: services.close_due(by="upkeep", now=now), self.now)
        for allowance in self.allowances:
            if allowance and allowance.is_open and allowance.expires + GRACE <= self.now:
                allowance.close()


def _fits(voucher: Voucher) -> bool:
    return voucher.status == "claimed" and voucher.offer.kind in OFFLINE_KINDS


def _fit(campaign: Campaign) -> bool:
    return any(each.kind in OFFLINE_KINDS for each in campaign.offers)
