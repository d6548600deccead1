"""A campaign's money: appropriated and allotted at the approval, changed later by two persons.

Lock order: the change, the campaign's row, the campaign's budget, an offer's budget, the offer.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.ledger.errors import BudgetExhausted, Overdraft
from backend.ledger.queries import budget_version
from backend.ledger.types import Asset
from campaigns import errors
from campaigns.models import Campaign, MoneyChange, Offer, campaign_account, campaign_programme, funding_account
from campaigns.services.plans import LIVE
from campaigns.types import CampaignStatus, ChangeStatus, Money, TransferCode


def fund(campaign: Campaign, *, by: object, now: datetime) -> None:
    """Appropriates the budget, and allots to each offer what all its vouchers can cost. Raises CampaignBudgetShort."""
    ledger.open_budget(
        by=by, programme=campaign_programme(campaign.pk), asset=Asset.FEN, amount=campaign.budget_fen, now=now
    )
    for offer in campaign.offers.order_by("pk"):
        _allot(offer, offer.stock, now)


def propose_money(*, by: object, campaign_id: UUID, money: Money, reason: str, now: datetime) -> MoneyChange:
    """Asks for a change of an approved campaign's money; nothing changes before another person approves it.

    Raises NotFound, WrongCampaignState, MoneyChangeImpossible.
    """
    require_transaction()
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound
    _require_live(campaign)
    if money.offer_id is not None and not campaign.offers.filter(pk=money.offer_id).exists():
        raise NotFound
    if money.day_budget_fen is not None and campaign.day_budget_fen is None:
        raise errors.MoneyChangeImpossible(what="day_budget")
    change = MoneyChange.objects.create(
        campaign=campaign,
        budget_fen=money.budget_fen,
        day_budget_fen=money.day_budget_fen,
        offer_id=money.offer_id,
        more_stock=money.more_stock,
        reason=reason,
        asked_by=str(by),
        asked_at=now,
    )
    audit.record(by=by, action="campaigns.propose_money", subject=change.pk, now=now, reason=reason)
    return change


def approve_money(*, by: object, change_id: UUID, reason: str, now: datetime) -> MoneyChange:
    """A second person's yes: the figures change and the money moves, all of it or nothing.

    Raises NotFound, MoneyChangeDecided, SecondPersonNeeded, WrongCampaignState, MoneyChangeImpossible.
    """
    require_transaction()
    change = _decide(change_id, ChangeStatus.APPROVED, by, now)
    campaign = _hold(change.campaign_id)
    less = (change.more_stock or 0) < 0
    steps = [_change_stock, _change_figures] if less else [_change_figures, _change_stock]  # what frees money is first
    for step in steps:
        step(change, campaign, by, now)
    audit.record(by=by, action="campaigns.approve_money", subject=change.pk, now=now, reason=reason)
    return change


def reject_money(*, by: object, change_id: UUID, reason: str, now: datetime) -> MoneyChange:
    """No; whoever asked may do this too. Raises NotFound, MoneyChangeDecided."""
    require_transaction()
    change = _decide(change_id, ChangeStatus.REJECTED, by, now)
    audit.record(by=by, action="campaigns.reject_money", subject=change.pk, now=now, reason=reason)
    return change


def _decide(change_id: UUID, status: ChangeStatus, by: object, now: datetime) -> MoneyChange:
    rows = MoneyChange.objects.filter(pk=change_id)
    try:
        with transaction.atomic():
            open_rows = rows.filter(status=ChangeStatus.PROPOSED.value)
            decided = open_rows.update(status=status, decided_by=str(by), decided_at=now)
    except IntegrityError:
        raise errors.SecondPersonNeeded from None
    found = rows.first()
    if found is None:
        raise NotFound
    if not decided:
        raise errors.MoneyChangeDecided(state=found.status)
    return found


def _hold(campaign_id: UUID) -> Campaign:
    """The campaign with its row taken, so that a pause or a stop waits for the change, or the change for them."""
    rows = Campaign.objects.filter(pk=campaign_id)
    if not rows.filter(status__in=LIVE).update(version=F("version") + 1):
        _require_live(rows.get())
    return rows.get()


def _require_live(campaign: Campaign) -> None:
    if campaign.status not in LIVE:
        raise errors.WrongCampaignState(state=campaign.status, wants=[str(each) for each in LIVE])


def _change_figures(change: MoneyChange, campaign: Campaign, by: object, now: datetime) -> None:
    figures = {"budget_fen": change.budget_fen, "day_budget_fen": change.day_budget_fen}
    wanted = {name: figure for name, figure in figures.items() if figure is not None}
    if change.budget_fen is not None:
        _appropriate(campaign.pk, change.budget_fen, by, now)
    if wanted:
        Campaign.objects.filter(pk=campaign.pk).update(**wanted)


def _appropriate(campaign_id: UUID, amount: int, by: object, now: datetime) -> None:
    programme = campaign_programme(campaign_id)
    version = budget_version(programme, Asset.FEN)
    if version is None:  # a campaign older than campaigns' budgets
        ledger.open_budget(by=by, programme=programme, asset=Asset.FEN, amount=amount, now=now)
        return
    try:
        ledger.change_budget(by=by, programme=programme, asset=Asset.FEN, appropriated=amount, version=version, now=now)
    except BudgetExhausted:
        raise errors.MoneyChangeImpossible(what="budget") from None


def _change_stock(change: MoneyChange, campaign: Campaign, by: object, now: datetime) -> None:
    if change.offer is None or change.more_stock is None:
        return
    _allot(change.offer, change.more_stock, now)
    stock = F("stock") + change.more_stock
    rows = Offer.objects.filter(pk=change.offer.pk, claimed__lte=stock)
    if not rows.update(stock=stock, is_open=campaign.status != CampaignStatus.PAUSED):
        raise errors.MoneyChangeImpossible(what="stock")


def _allot(offer: Offer, vouchers: int, now: datetime) -> None:
    """Money for so many vouchers from the campaign to the offer, or back for a negative number."""
    if not vouchers:
        return
    accounts = [funding_account(offer.campaign_id), campaign_account(offer.pk)]
    debit, credit = accounts if vouchers > 0 else reversed(accounts)
    amount, event = abs(vouchers) * offer.face_value_fen, new_id()
    try:
        ledger.post(
            debit=debit, credit=credit, amount=amount, code=TransferCode.ALLOTMENT, reference=f"allotment:{event}",
            event_id=event, now=now,
        )  # fmt: skip
    except Overdraft as short:
        if vouchers < 0:
            raise errors.MoneyChangeImpossible(what="stock") from None
        raise errors.CampaignBudgetShort(worth_fen=amount, missing_fen=short.data["missing"]) from None
