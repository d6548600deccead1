"""What running campaigns need to know of people, so that nobody is asked for more."""

from datetime import datetime

from backend.accounts.types import ConsentPurpose
from campaigns.models import Campaign
from campaigns.queries import SHOWN
from campaigns.types import AgeFrom, Group, Streets


def needs(now: datetime) -> dict[ConsentPurpose, list[Campaign]]:
    """The campaigns that run or will, by the consent without which they cannot tell whom they are for."""
    found: dict[ConsentPurpose, list[Campaign]] = {}
    running = Campaign.objects.filter(status__in=[each.value for each in SHOWN], ends_at__gt=now)
    for campaign in running.order_by("-id")[:200]:
        for purpose in {each for each in map(_purpose, campaign.target) if each}:
            found.setdefault(purpose, []).append(campaign)
    return found


def _purpose(group: Group) -> ConsentPurpose | None:
    match group:
        case Streets():
            return ConsentPurpose.RESIDENCE
        case AgeFrom():
            return ConsentPurpose.AGE
    return None
