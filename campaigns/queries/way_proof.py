"""Whether what was handed out, drawn and completed says the same as the vouchers, and as the seeds say.

Each function yields a sentence per disagreement. Run it within one snapshot.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from campaigns import rules
from campaigns.models import Completion, Draw, Drop, Entry, Grant, GrantLine, GrantUse, Ticket, Voucher, Win
from campaigns.types import DrawStatus, GrantStatus, LineState, Way


def disagreements() -> Iterator[str]:
    """Vouchers by their source, then orders and winners computed again."""
    handed = LineState.HANDED.value
    yield from _vouchers(Way.GRANT, GrantLine.objects.filter(state=handed))
    yield from _vouchers(Way.DRAW, Entry.objects.filter(win__state=handed))
    yield from _vouchers(Way.CHALLENGE, Completion.objects.filter(state=handed))
    yield from _vouchers(Way.DROP, Ticket.objects.filter(position__isnull=False), each=False)
    yield from _grants()
    yield from _draws()
    yield from _drops()


def _vouchers(way: Way, rows: "QuerySet[Any]", *, each: bool = True) -> Iterator[str]:
    """Every voucher of this way has its row and, where `each`, every row its voucher."""
    vouchers: QuerySet[Any] = Voucher.objects.filter(source=way.value)
    for pk in vouchers.exclude(Exists(rows.filter(pk=OuterRef("source_id")))).values_list("pk", flat=True):
        yield f"voucher {pk}: nothing was handed out for it by {way}"
    if each:
        for pk in rows.exclude(Exists(vouchers.filter(source_id=OuterRef("pk")))).values_list("pk", flat=True):
            yield f"{way} {pk}: handed out, and there is no voucher"


def _grants() -> Iterator[str]:
    approved = Grant.objects.filter(status__in=[GrantStatus.HANDING.value, GrantStatus.DONE.value])
    sums = dict(approved.order_by().values_list("offer").annotate(Sum("good")))
    used = dict(GrantUse.objects.values_list("offer", "used"))
    for pk in sorted(sums.keys() | used.keys()):
        if sums.get(pk, 0) != used.get(pk, 0):
            yield f"offer {pk}: lists want {sums.get(pk, 0)} vouchers, kept are {used.get(pk, 0)}"


def _draws() -> Iterator[str]:
    for draw in Draw.objects.exclude(status=DrawStatus.OPEN.value).order_by("pk"):
        numbers = list(Entry.objects.filter(draw=draw).values_list("number", flat=True))
        if rules.list_digest(numbers) != draw.list_sha256 or len(numbers) != draw.entries:
            yield f"draw {draw.pk}: its entries are not those that were published"
        if draw.status == DrawStatus.DRAWN:
            seed = rules.seed_of(draw.list_sha256, draw.checkpoint)
            won = list(Win.objects.filter(draw=draw).order_by("rank").values_list("entry__number", flat=True))
            if won != rules.ranked(seed, numbers)[: draw.places]:
                yield f"draw {draw.pk}: its winners are not those that the seed gives"


def _drops() -> Iterator[str]:
    for drop in Drop.objects.select_related("offer").order_by("pk"):
        tickets = Ticket.objects.filter(drop=drop)
        if rules.commitment(drop.seed) != drop.seed_sha256 or tickets.count() != drop.taken:
            yield f"drop {drop.pk}: its seed or its tickets are not those that were counted"
        if drop.status == DrawStatus.DRAWN:
            early = tickets.filter(at__lt=drop.offer.starts_at)
            order = rules.ranked(drop.seed, early.values_list("number", flat=True))
            if order != list(early.order_by("position").values_list("number", flat=True)):
                yield f"drop {drop.pk}: its order is not the one that the seed gives"
