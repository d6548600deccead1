"""States and reasons of what people look after."""

from enum import StrEnum


class GapState(StrEnum):
    """Where a question that was not answered well stands."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class VoteReason(StrEnum):
    """What was not helpful about an answer."""

    WRONG = "wrong"
    NOT_ASKED = "not_asked"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"


class Queue(StrEnum):
    """Who of the desk looks after a ticket."""

    POINTS = "points"
    VOUCHERS = "vouchers"
    SORTING = "sorting"
    POLICY = "policy"
    OTHER = "other"


class TicketState(StrEnum):
    """A ticket's life. `closed` is also what a resident says who needs nobody any more."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


WAITING = (TicketState.OPEN, TicketState.TAKEN)


class ExamState(StrEnum):
    """A question that the assistant must get right: asked in every trial once another person has published it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
