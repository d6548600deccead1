"""The steps of a campaign's life. Each is one guarded statement on its row, audited with its reason.

Lock order: the campaign's row, then budgets, then offers by id. A claim takes budgets and an offer, never the
campaign's row; closing an offer and claiming it meet at the offer's row, so that no claim commits after a stop has.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Greatest

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import services as earning
from backend.earning.types import Activity
from campaigns import errors, rules
from campaigns.models import Campaign, Offer, Voucher
from campaigns.services.money import fund
from campaigns.services.plans import LIVE
from campaigns.services.timely import catch_up
from campaigns.types import CampaignStatus, VoucherStatus

_MOMENT = timedelta(microseconds=1)


def submit(*, by: object, campaign_id: UUID, now: datetime) -> Campaign:
    """Asks for approval; from here on the plan is settled.

    Raises NotFound, WrongCampaignState, CampaignEmpty, CampaignBudgetShort.
    """
    require_transaction()
    campaign = _move(campaign_id, [CampaignStatus.DRAFT], CampaignStatus.IN_REVIEW, now=now, submitted_by=str(by))
    offers = list(campaign.offers.values_list("stock", "face_value_fen"))
    if not offers:
        raise errors.CampaignEmpty
    cost = rules.cost_of(
        offers=offers, budget_fen=campaign.budget_fen, day_budget_fen=None, shares=campaign.shares
    )  # fmt: skip
    if cost.left_fen < 0:
        raise errors.CampaignBudgetShort(worth_fen=cost.worth_fen, missing_fen=-cost.left_fen)
    audit.record(by=by, action="campaigns.submit", subject=campaign.pk, now=now, version=campaign.version)
    return campaign


def send_back(*, by: object, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """The reviewer's "not like this": the plan can be changed again. Raises NotFound, WrongCampaignState."""
    require_transaction()
    campaign = _move(campaign_id, [CampaignStatus.IN_REVIEW], CampaignStatus.DRAFT, now=now)
    audit.record(by=by, action="campaigns.send_back", subject=campaign.pk, now=now, reason=reason)
    return campaign


def approve(*, by: object, campaign_id: UUID, version: int, now: datetime) -> Campaign:
    """A second person's yes to the `version` that they have read: the money is appropriated and allotted to offers.

    Raises NotFound, WrongCampaignState, CampaignChanged, CampaignOver, BadBoost, and SecondPersonNeeded, which is what
    the database says to whoever drafted or submitted it.
    """
    require_transaction()
    read = Q(version=version, ends_at__gt=now)
    step = (campaign_id, [CampaignStatus.IN_REVIEW], CampaignStatus.SCHEDULED)
    try:
        with transaction.atomic():
            campaign = _move(*step, now=now, given=read, approved_by=str(by))
    except IntegrityError:
        raise errors.SecondPersonNeeded from None
    fund(campaign, by=by, now=now)
    _open_offers(campaign)
    _register_boost(campaign, by, now)
    audit.record(by=by, action="campaigns.approve", subject=campaign.pk, now=now, version=version)
    return campaign


def pause(*, by: object, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """No more claims until it is resumed; no claim commits after this has. Raises NotFound, WrongCampaignState."""
    require_transaction()
    catch_up(by=by, now=now, campaign_id=campaign_id)
    campaign = _move(campaign_id, [CampaignStatus.RUNNING], CampaignStatus.PAUSED, now=now)
    _close_offers(campaign)
    audit.record(by=by, action="campaigns.pause", subject=campaign.pk, now=now, reason=reason)
    return campaign


def resume(*, by: object, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """Goes on where it was paused. Raises NotFound, WrongCampaignState."""
    require_transaction()
    catch_up(by=by, now=now, campaign_id=campaign_id)
    campaign = _move(campaign_id, [CampaignStatus.PAUSED], CampaignStatus.RUNNING, now=now)
    _open_offers(campaign)
    audit.record(by=by, action="campaigns.resume", subject=campaign.pk, now=now, reason=reason)
    return campaign


def stop(*, by: object, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """Ends a campaign for good before its time. Its vouchers stay good, or end now, as its terms say.

    The audit row keeps how many vouchers there were: no claim commits after. Raises NotFound, WrongCampaignState.
    """
    require_transaction()
    catch_up(by=by, now=now, campaign_id=campaign_id)
    campaign = _move(campaign_id, LIVE, CampaignStatus.STOPPED, now=now)
    voided = 0 if campaign.survives_stop else _void(campaign, now)
    _close_offers(campaign)
    # Once more, for claims that committed while the offers were being closed. Vouchers come before offers, as in
    # the expiry with roll-over; a voucher this young is not due, so no expiry holds it.
    voided += 0 if campaign.survives_stop else _void(campaign, now)
    if campaign.boost:
        earning.end_boost(by=by, source=_source(campaign), now=now)
    claimed = campaign.offers.aggregate(total=Sum("claimed"))["total"]
    audit.record(
        by=by, action="campaigns.stop", subject=campaign.pk, now=now, reason=reason, claimed=claimed, voided=voided
    )
    return campaign


def _move(
    campaign_id: UUID,
    wants: Iterable[CampaignStatus],
    to: CampaignStatus,
    *,
    now: datetime,
    given: Q = Q(),  # noqa: B008 - a Q is never changed
    **columns: Any,
) -> Campaign:
    """The guard: one statement takes the step from one of `wants`; its row count says whether it did."""
    rows, states = Campaign.objects.filter(pk=campaign_id), [str(each) for each in wants]
    if rows.filter(given, status__in=states).update(status=to, **columns):
        return rows.get()
    found = rows.first()
    if found is None:
        raise NotFound
    if found.status not in states:
        raise errors.WrongCampaignState(state=found.status, wants=states)
    if found.ends_at <= now:
        raise errors.CampaignOver(ended_at=clock.local(found.ends_at))
    raise errors.CampaignChanged(version=found.version)


def _register_boost(campaign: Campaign, by: object, now: datetime) -> None:
    """Points are `earning`'s own: a campaign only registers that it pays for more of them, and for how long."""
    if not campaign.boost:
        return
    activity = campaign.boost["activity"]
    earning.register_boost(
        by=by,
        source=_source(campaign),
        activity=Activity(activity) if activity else None,
        factor_bp=campaign.boost["factor_bp"],
        starts_at=datetime.fromisoformat(campaign.boost["starts_at"]),
        ends_at=datetime.fromisoformat(campaign.boost["ends_at"]),
        now=now,
    )


def _source(campaign: Campaign) -> str:
    return f"campaign:{campaign.pk}"


def _open_offers(campaign: Campaign) -> None:
    campaign.offers.update(is_open=True)


def _close_offers(campaign: Campaign) -> None:
    """Row by row in one order, so that two steps cannot wait for each other; waits for the claims under way."""
    for pk in campaign.offers.order_by("pk").values_list("pk", flat=True):
        Offer.objects.filter(pk=pk).update(is_open=False)


def _void(campaign: Campaign, now: datetime) -> int:
    """Vouchers still good end at this moment; the expiry brings their money home as it does for all."""
    end = Greatest(Value(now), F("claimed_at") + _MOMENT)  # a clock may be behind the one of a claim
    good = Voucher.objects.filter(offer__campaign=campaign, status=VoucherStatus.CLAIMED.value, expires_at__gt=end)
    return good.update(expires_at=end)
