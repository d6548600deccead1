"""What is held about one person here beyond their vouchers: by their account, and what all of their accounts share."""

from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.queries import person_of
from campaigns.models import Completion, Entry, GrantLine, Redemption, Return, Slip, Ticket


def tickets_of(user_id: UUID) -> "QuerySet[Ticket]":
    """Tickets of drops, with their offers."""
    return Ticket.objects.filter(person_id=person_of(user_id)).select_related("drop__offer")


def entries_of(user_id: UUID) -> "QuerySet[Entry]":
    """Entries in draws, with their offers and the places that they won."""
    return Entry.objects.filter(person_id=person_of(user_id)).select_related("win", "draw__offer")


def completions_of(user_id: UUID) -> "QuerySet[Completion]":
    """Completed periods of challenges, with their offers."""
    return Completion.objects.filter(person_id=person_of(user_id)).select_related("challenge__offer")


def list_lines_of(user_id: UUID) -> "QuerySet[GrantLine]":
    """Lines of lists that named this account, with their offers."""
    return GrantLine.objects.filter(resident_id=user_id).select_related("grant__offer")


def redemptions_of(user_id: UUID) -> "QuerySet[Redemption]":
    """Where and for what this account's vouchers were used."""
    return Redemption.objects.filter(voucher__resident_id=user_id).select_related("store", "voucher__offer")


def returns_of(user_id: UUID) -> "QuerySet[Return]":
    """What was given back of it."""
    return Return.objects.filter(redemption__voucher__resident_id=user_id).select_related("redemption__store")


def slips_of(user_id: UUID) -> "QuerySet[Slip]":
    """Codes of this account's vouchers that a desk printed."""
    return Slip.objects.filter(voucher__resident_id=user_id).select_related("voucher__offer")
