"""Campaigns in plain Python: what every verb must answer, and where every fen must be after it. No database.

Each verb changes the model or raises `No` with the code of the refusal; a `No` has changed nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.core import clock
from tests.month.things import Campaign, No, Offer, Redemption, Statement, Store, Voucher


@dataclass
class Month:
    """What there is. People are known by whatever stands for them."""

    points: Counter[Any] = field(default_factory=Counter)
    campaigns: list[Campaign] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    redemptions: list[Redemption] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    paid_out: int = 0
    adjusted: int = 0
    lost: int = 0

    def offers(self, *ways: str) -> list[Offer]:
        return [offer for each in self.campaigns for offer in each.offers if not ways or offer.way in ways]

    # -- vouchers come ------------------------------------------------------------------------------------------------

    def claim(self, who: Any, offer: Offer, now: datetime) -> Voucher:
        running = offer.campaign.status not in ("paused", "stopped")
        if not running or not offer.starts <= now < offer.ends:
            raise No("offer_not_open")
        if offer.claimed >= offer.stock:
            raise No("offer_sold_out")
        if offer.way not in ("exchange", "drop"):
            raise No("not_claimable")
        if offer.way == "drop" and who not in offer.tickets:
            raise No("ticket_needed")
        if offer.way == "drop" and not offer.drawn:
            raise No("not_your_turn")
        return self._issue(who, offer, offer.price, now)

    def hand_out(self, who: Any, offer: Offer, now: datetime) -> Voucher:
        """As a list, a draw or a challenge does; nobody asks for it."""
        if now < offer.starts:
            raise No("offer_not_open")
        return self._issue(who, offer, 0, now)

    @staticmethod
    def waits(no: str, offer: Offer) -> bool:
        """Whether what cannot be handed out for this reason is tried again; a stop is for good."""
        return no == "day_budget_used_up" or (no == "offer_not_open" and offer.campaign.status != "stopped")

    def _issue(self, who: Any, offer: Offer, price: int, now: datetime) -> Voucher:
        campaign, local = offer.campaign, clock.local(now)
        week = (who, (local - timedelta(days=local.weekday())).date())
        if self.points[who] < price:
            raise No("insufficient_points")
        full = campaign.per_week is not None and campaign.weeks[week] >= campaign.per_week
        if offer.taken[who] >= offer.per_person or full:
            raise No("claim_limit_reached")
        if campaign.day_budget is not None and campaign.days[local.date()] + offer.face > campaign.day_budget:
            raise No("day_budget_used_up")
        if offer.claimed >= offer.stock and offer.free < offer.face:
            raise No("offer_sold_out")
        if not offer.is_open:
            raise No("offer_not_open")
        if offer.claimed >= offer.stock:
            raise No("offer_sold_out")
        offer.taken[who] += 1
        campaign.weeks[week] += 1
        campaign.days[local.date()] += offer.face
        self.points[who] -= price
        offer.claimed, offer.free, offer.held = offer.claimed + 1, offer.free - offer.face, offer.held + offer.face
        made = Voucher(None, offer, who, offer.face, price, now, now + offer.life)
        self.vouchers.append(made)
        return made

    def queue_up(self, who: Any, offer: Offer, now: datetime) -> None:
        """A drop's ticket or a draw's entry; once is as good as often."""
        if offer.campaign.status in ("paused", "stopped"):
            raise No("offer_not_open")
        if offer.way == "drop" and offer.claimed >= offer.stock:
            raise No("offer_sold_out")
        if (now >= offer.ends) if offer.way == "drop" else (now < offer.starts):
            raise No("offer_not_open")
        if offer.way == "draw" and who not in offer.tickets and now >= offer.closes:
            raise No("entries_closed")
        offer.tickets.add(who)

    def keep(self, offer: Offer, vouchers: int) -> None:
        """Of the stock, for an approved list."""
        if offer.kept + vouchers > offer.stock:
            raise No("grant_too_large")
        offer.kept += vouchers

    # -- vouchers are used --------------------------------------------------------------------------------------------

    def quote(self, voucher: Voucher, bill: int, now: datetime) -> int:
        """What the voucher takes off. The order of the questions is the counter's: what nobody can mend comes first."""
        voucher.require_usable(now)
        if bill < voucher.offer.min_spend:
            raise No("below_minimum_spend")
        worth = bill // 5 if voucher.offer.kind == "percentage" else voucher.remaining
        return min(worth, voucher.remaining, bill)

    def redeem(self, voucher: Voucher, store: Store, bill: int, now: datetime) -> Redemption:
        store.require_active()
        discount = self.quote(voucher, bill, now)
        rest = voucher.remaining - discount
        left = rest if voucher.offer.kind == "multi_use" else 0
        voucher.remaining, voucher.status = left, "claimed" if left else "redeemed"
        voucher.offer.held -= discount + rest - left
        voucher.offer.free += rest - left
        voucher.paid_at.add(store.merchant)
        store.book(discount, now)
        made = Redemption(None, voucher, store, discount, bill - discount, rest - left)
        self.redemptions.append(made)
        return made

    def give_back(self, redemption: Redemption, refund: int, now: datetime) -> None:
        voucher, offer = redemption.voucher, redemption.voucher.offer
        room = redemption.payable - redemption.refunded
        if refund > room or (not room and redemption.returned == redemption.discount):
            raise No("refund_exceeds_payment")
        if not refund and room:
            raise No("refund_empty")
        untouched = not redemption.refunded and not redemption.returned
        full = refund == room and untouched
        redemption.refunded += refund
        whole = offer.forfeits or redemption.refunded == redemption.payable
        share = redemption.discount if whole else redemption.discount * redemption.refunded // redemption.payable
        back, redemption.returned = share - redemption.returned, share
        redemption.store.book(-back, now)
        if full and offer.restores and now < voucher.expires_at and voucher.status != "expired":
            self._restore(redemption, back)
        else:
            offer.free += back
            if full and offer.points_back:
                part = back if offer.kind == "multi_use" else offer.face
                self.points[voucher.who] += voucher.points * part // offer.face

    def _restore(self, redemption: Redemption, back: int) -> None:
        voucher, offer = redemption.voucher, redemption.voucher.offer
        refill = redemption.released if offer.free >= redemption.released else 0
        voucher.status, voucher.remaining = "claimed", voucher.remaining + back + refill
        offer.free, offer.held = offer.free - refill, offer.held + back + refill

    # -- time and decisions -------------------------------------------------------------------------------------------

    def expire(self, now: datetime) -> int:
        due = [each for each in self.vouchers if each.status == "claimed" and each.expires_at <= now]
        for voucher in due:
            offer, amount = voucher.offer, voucher.remaining
            voucher.status, voucher.remaining = "expired", 0
            offer.held -= amount
            heir = offer.heir
            if heir is not None and heir.ends > now:
                heir.free += amount
                heir.stock += (heir.rolled + amount) // heir.face - heir.rolled // heir.face
                heir.rolled += amount
            else:
                offer.campaign.free += amount
        return len(due)

    def advance(self, now: datetime) -> None:
        for campaign in self.campaigns:
            campaign.status = state_at(campaign, now)

    def step(self, verb: str, campaign: Campaign, now: datetime) -> None:
        """A pause, a resumption or a stop."""
        state = state_at(campaign, now)
        wants = {"pause": ["running"], "resume": ["paused"], "stop": ["scheduled", "running", "paused", "sold_out"]}
        if state not in wants[verb]:
            raise No("wrong_campaign_state")
        campaign.status = {"pause": "paused", "resume": "running", "stop": "stopped"}[verb]
        for offer in campaign.offers:
            offer.is_open = verb == "resume"
        if verb == "stop" and not campaign.survives_stop:
            for voucher in self.vouchers:
                if voucher.offer.campaign is campaign and voucher.status == "claimed":
                    end = max(now, voucher.claimed_at + timedelta(microseconds=1))
                    voucher.expires_at = min(voucher.expires_at, end)

    def more_stock(self, offer: Offer, vouchers: int, more_budget: int) -> None:
        """A change of money that a second person approves."""
        campaign, worth = offer.campaign, vouchers * offer.face
        if campaign.status in ("ended", "stopped"):
            raise No("wrong_campaign_state")
        if worth > campaign.free + more_budget:
            raise No("campaign_budget_short")
        if -worth > offer.free or offer.stock + vouchers < offer.claimed:
            raise No("money_change_impossible")
        campaign.budget, campaign.free = campaign.budget + more_budget, campaign.free + more_budget - worth
        offer.stock, offer.free = offer.stock + vouchers, offer.free + worth
        offer.is_open = campaign.status != "paused"

    # -- settlement ---------------------------------------------------------------------------------------------------

    def settle(self, now: datetime) -> list[Statement]:
        """T+1: what happened before the midnight behind `now`, for each store that has no statement so late."""
        end, made = clock.day_bounds(now)[0], []
        for store in self.stores:
            lines = [amount for amount, at in store.waiting if at < end]
            if lines and (store.last_end is None or store.last_end < end):
                store.waiting = [line for line in store.waiting if line[1] >= end]
                store.last_end = end
                made.append(Statement(None, store, lines))
        self.statements += made
        return made

    def approve(self, statement: Statement, now: datetime) -> None:
        if statement.state != "confirmed":
            raise No("statement_state")
        statement.state = "approved" if statement.due > 0 else "closed"
        if statement.due > 0:
            statement.store.due -= statement.due
        elif statement.due < 0:
            statement.store.waiting.append((statement.due, now))


def state_at(campaign: Campaign, now: datetime) -> str:
    """What time and stock make of a campaign's state."""
    state = campaign.status
    if state == "scheduled" and campaign.starts <= now:
        state = "running"
    if state in ("running", "paused", "sold_out") and campaign.ends <= now:
        return "ended"
    left = any(offer.claimed < offer.stock for offer in campaign.offers)
    if state in ("running", "sold_out"):
        return "running" if left else "sold_out"
    return state
