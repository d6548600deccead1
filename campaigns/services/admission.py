"""Who may claim of an offer that not everybody may: in a drop, whose ticket's turn has come."""

from datetime import datetime
from uuid import UUID

from backend.accounts.queries import person_of
from campaigns import errors
from campaigns.models import Offer
from campaigns.queries import ways
from campaigns.types import Way


def way_in(offer: Offer, resident_id: UUID, now: datetime) -> UUID | None:
    """The ticket that a claim uses up; None where points are all that is asked.

    Raises NotClaimable, TicketNeeded or NotYourTurn.
    """
    match offer.way:
        case Way.EXCHANGE:
            return None
        case Way.DROP:
            return _ticket(offer, resident_id, now)
        case _:
            raise errors.NotClaimable(way=offer.way)


def _ticket(offer: Offer, resident_id: UUID, now: datetime) -> UUID:
    ticket = ways.ticket_of(offer.pk, person_of(resident_id))
    if ticket is None:
        raise errors.TicketNeeded
    place = ways.place_of(ticket, now)
    if place.wait_seconds != 0:
        raise errors.NotYourTurn(position=place.position, wait_seconds=place.wait_seconds)
    return ticket.pk
