"""What a person may ask of their data: a copy of all of it, and to be forgotten.

The fiscal ledger stays, as the law wants, and holds nothing but an id that no longer leads to anybody.
"""

from datetime import datetime
from typing import Any

from backend.accounts import queries as accounts
from backend.accounts import services as people
from backend.accounts.models import User
from backend.carbon import queries as carbon
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning import services as earning
from backend.earning.models import Appeal, Award, Photo
from backend.inbox import queries as inbox
from backend.inbox import services as inbox_verbs
from backend.ledger import queries as ledger
from backend.purchases import queries as purchases
from backend.recycling import queries as recycling
from backend.recycling import services as pickups
from backend.recycling.models import Pickup
from backend.travel import queries as travel
from backend.travel import services as links
from bot.care import keeping as conversations
from bot.models import Ticket, Turn
from campaigns import services as campaigns
from campaigns.models import Voucher
from campaigns.queries import held


def export(person: User) -> dict[str, Any]:
    """Everything that is held about `person`, by kind, newest first; times on the district's clock."""
    kinds = (_person, _earned, _travelled, _bought, _used, _tried, _told, _recycled, _asked)
    return {name: held for kind in kinds for name, held in kind(person).items()}


def erase(*, by: User, now: datetime) -> None:
    """Forgets a person: telephone, name, what they told, household, roles, sessions, messages and conversations.

    Whoever logs in with the same number later is somebody new, whose limits for a while go on where these ended.
    """
    require_transaction()
    conversations.forget(by=by.pk)
    inbox_verbs.forget(by=by)
    pickups.forget_resident(by=by, now=now)
    links.unlink_all(resident_id=by.pk)
    earning.forget_photos(by=by)
    earning.forget_appeals(by=by)
    campaigns.forget(by=by)
    people.forget(by=by, now=now)


def _pickup(row: Pickup) -> dict[str, Any]:
    asked = {"kind": row.kind, "status": row.status, "booked_at": _at(row.booked_at), "slot": _at(row.slot.starts_at)}
    return asked | {"address": recycling.address_of(row), "note": row.note}


def _person(person: User) -> dict[str, Any]:
    """Who they are, and what they told."""
    membership = accounts.membership(person.pk)
    return {
        "profile": {
            "id": person.pk,
            "phone": person.phone_masked,
            "name": person.name,
            "since": _at(person.created_at),
        },
        "roles": person.roles(),
        "counts_as": accounts.person_of(person.pk),
        "seen_with": [
            {"kind": row.mark.kind, "since": _at(row.at), "holding": row.holding}
            for row in accounts.marks_of(person.pk)
        ],
        "wechat_bound": accounts.has_wechat(person.pk),
        "consents": [
            {
                "purpose": row.purpose,
                "version": row.version,
                "given_at": _at(row.given_at),
                "value": row.value,
                "verified_by_method": row.verified_method,
            }
            for row in accounts.consents_of(person.pk)
        ],
        "household": membership.household_id if membership else None,
    }


def _earned(person: User) -> dict[str, Any]:
    """What they earned, and on what it rests."""
    account = accounts.points_account(person.pk)
    entries = (ledger.entry_of(row, account.owner) for row in ledger.journal_of(account).order_by("-id"))
    return {
        "points": [
            {"at": _at(each.at), "points": each.amount, "kind": each.code, "memo": each.memo} for each in entries
        ],
        "awards": [
            {"at": _at(row.at), "activity": row.activity, "points": row.points, "why": row.why_zh}
            for row in Award.objects.filter(resident_id=person.pk).order_by("-at")
        ],
        "photos": [
            {"id": row.pk, "at": _at(row.at), "digest": row.digest, "kept": bool(row.file), "award": row.award_id}
            for row in Photo.objects.filter(resident_id=person.pk).order_by("-id")
        ],
        "appeals": [
            {"at": _at(row.filed_at), "kind": row.kind, "award": row.award_id, "text": row.text, "state": row.state}
            for row in Appeal.objects.filter(resident_id=person.pk).order_by("-id")
        ],
        "carbon": [
            {"activity": line.activity, "mg": line.mg, "method": line.method, "version": line.version}
            for line in carbon.lines_of(person.pk)
        ],
    }


def _travelled(person: User) -> dict[str, Any]:
    """Trips, and the accounts that rides come by."""
    return {
        "trips": [
            {"at": _at(row.started_at), "mode": row.mode, "distance_m": row.distance_m, "status": row.status}
            for row in travel.trips_of(person.pk).order_by("-id")
        ],
        "travel_days": [
            {"day": row.day, "activity": row.activity, "total": row.total}
            for row in travel.tallies_of(person.pk).order_by("-day", "activity")
        ],
        "linked_accounts": [
            {"kind": row.kind, "account": row.masked, "since": row.linked_at} for row in travel.links_of(person.pk)
        ],
    }


def _bought(person: User) -> dict[str, Any]:
    """Purchases, occasions and vouchers."""
    return {
        "purchases": [
            {"at": _at(row.at), "store": row.receipt.store.name, "amount_fen": row.amount_fen}
            for row in purchases.purchases_of(person.pk).order_by("-at")
        ],
        "occasions": [{"at": _at(row.at), "title": row.occasion.title} for row in purchases.attendances_of(person.pk)],
        "vouchers": [
            {"id": row.pk, "offer": row.offer.title, "status": row.status, "claimed_at": _at(row.claimed_at)}
            for row in Voucher.objects.filter(resident_id=person.pk).select_related("offer").order_by("-id")
        ],
    }


def _used(person: User) -> dict[str, Any]:
    """Where vouchers were used, what was given back, and which codes a desk printed."""
    return {
        "redemptions": [
            {
                "at": _at(row.at),
                "store": row.store.name,
                "voucher": row.voucher_id,
                "order_no": row.order_no,
                "bill_fen": row.bill_fen,
                "discount_fen": row.discount_fen,
            }
            for row in held.redemptions_of(person.pk).order_by("-id")
        ],
        "returns": [
            {"at": _at(row.at), "redemption": row.redemption_id, "refund_fen": row.refund_fen}
            for row in held.returns_of(person.pk).order_by("-id")
        ],
        "printed_codes": [
            {"at": _at(row.printed_at), "offer": row.voucher.offer.title, "voucher": row.voucher_id}
            for row in held.slips_of(person.pk).order_by("-id")
        ],
    }


def _tried(person: User) -> dict[str, Any]:
    """Drops, draws and challenges, and the lists that named them."""
    return {
        "drop_tickets": [
            {"at": _at(row.at), "offer": row.drop.offer.title, "number": row.number, "position": row.position}
            for row in held.tickets_of(person.pk).order_by("-id")
        ],
        "draw_entries": [
            {
                "at": _at(row.at),
                "offer": row.draw.offer.title,
                "number": row.number,
                "rank": row.win.rank if hasattr(row, "win") else None,
            }
            for row in held.entries_of(person.pk).order_by("-id")
        ],
        "challenges_completed": [
            {"at": _at(row.at), "offer": row.challenge.offer.title, "from": row.starts_on, "done": row.done}
            for row in held.completions_of(person.pk).order_by("-id")
        ],
        "lists": [
            {"offer": row.grant.offer.title, "shown": row.shown, "note": row.note, "state": row.state}
            for row in held.list_lines_of(person.pk).order_by("-id")
        ],
    }


def _told(person: User) -> dict[str, Any]:
    """Messages and how they are wanted."""
    return {
        "messages": [
            {"at": _at(row.at), "kind": row.kind, "title": row.title_zh, "why": row.why_zh}
            for row in inbox.messages_of(person.pk).order_by("-id")
        ],
        "preferences": {kind: channels for kind, channels in inbox.preferences_of(person.pk).items() if channels},
    }


def _recycled(person: User) -> dict[str, Any]:
    """What was fetched and weighed."""
    return {
        "pickups": [_pickup(row) for row in recycling.pickups_of(person.pk).order_by("-id")],
        "weighings": [
            {"at": _at(row.weighing.at), "material": row.material, "grams": row.grams}
            for row in recycling.lines_of(person.pk).order_by("-id")
        ],
    }


def _asked(person: User) -> dict[str, Any]:
    """Questions to the assistant, what they thought of its answers, and what they asked people."""
    return {
        "questions": [
            {"at": _at(row.at), "question": row.question, "answer": row.answer, "vote": str(getattr(row, "vote", ""))}
            for row in Turn.objects.filter(conversation__owner=person).select_related("vote").order_by("-id")
        ],
        "tickets": [
            {"at": _at(row.opened_at), "queue": row.queue, "state": row.state, "note": row.note, "answer": row.answer}
            for row in Ticket.objects.filter(owner=person).order_by("-id")
        ],
    }


def _at(instant: datetime) -> datetime:
    return clock.local(instant)
