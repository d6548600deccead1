"""Reads of people."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, Expression, OuterRef, Q, QuerySet, Subquery, UUIDField

from backend.accounts import crypto, rules
from backend.accounts.models import (
    Cluster,
    Consent,
    Grant,
    MarkHolder,
    Member,
    Session,
    User,
    WechatAccount,
    resident_owner,
)
from backend.accounts.types import Attributes, ConsentPurpose, Holding, MarkKind, Reach, Role
from backend.core.compiled import Compiled, Slot
from backend.core.errors import NotFound
from backend.ledger.types import AccountRef, Asset, Kind


def live_session(session_id: UUID, now: datetime) -> Session | None:
    """The session with its user, unless it was revoked, has expired, or its person is deactivated."""
    return _LIVE_SESSION.first(id=session_id, now=now)


_LIVE_SESSION = Compiled(
    lambda: Session.objects.select_related("user").filter(
        pk=Slot("id", UUIDField()), revoked_at=None, expires_at__gt=Slot("now", DateTimeField()), user__is_active=True
    )
)


def person_by_phone(phone: str) -> User | None:
    """The person with this number. Raises PhoneInvalid."""
    return User.objects.filter(phone_digest=crypto.digest("phone", rules.normal_phone(phone)), is_active=True).first()


def masked_phone(user_id: UUID) -> str:
    """A person's number as others may see it; "" for nobody."""
    found = User.objects.filter(pk=user_id).first()
    return found.phone_masked if found else ""


def residents_by_phone(phones: Collection[str]) -> dict[str, UUID]:
    """The active accounts of normal telephone numbers, those that are known."""
    digests = {crypto.digest("phone", phone): phone for phone in phones}
    rows = User.objects.filter(phone_digest__in=digests, is_active=True).values_list("phone_digest", "pk")
    return {digests[digest]: pk for digest, pk in rows}


def active_residents(user_ids: Collection[UUID]) -> set[UUID]:
    """Those of `user_ids` that are accounts in use."""
    return set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))


def membership(user_id: UUID) -> Member | None:
    """A person's place in a household, with the household; invited ones too."""
    return Member.objects.select_related("household").filter(user=user_id).first()


def people_of(household: UUID) -> list[Member]:
    """The people of a household, invited ones too."""
    return list(Member.objects.filter(household=household).select_related("user").order_by("user"))


def share_a_household(one: UUID, other: UUID) -> bool:
    """Whether both have accepted the same household."""
    return one_household([one, other])


def one_household(user_ids: Collection[UUID]) -> bool:
    """Whether all of them have accepted one and the same household."""
    rows = Member.objects.exclude(accepted_at=None).filter(user__in=user_ids).values_list("household", flat=True)
    households = list(rows)
    return len(households) == len(user_ids) and len(set(households)) == 1


def points_account(resident_id: UUID) -> AccountRef:
    """Where a resident's points are."""
    return AccountRef(Asset.POINT, resident_owner(resident_id), Kind.LOTTED)


def pending_account(resident_id: UUID) -> AccountRef:
    """Where points wait for a review, outside the balance."""
    return AccountRef(Asset.POINT, f"{resident_owner(resident_id)}:pending", Kind.LOTTED)


def resident_of(owner: str) -> UUID | None:
    """The resident whose points the ledger keeps under `owner`; None for any other account, waiting points too."""
    prefix, _, name = owner.partition(":")
    try:
        return UUID(name) if prefix == "resident" else None
    except ValueError:
        return None


def has_wechat(user_id: UUID) -> bool:
    """Whether a WeChat account is bound."""
    return WechatAccount.objects.filter(user=user_id).exists()


def reach_of(user_id: UUID) -> Reach:
    """Where messages to a person can be sent; for senders, never for a client. Raises NotFound for nobody."""
    row = User.objects.filter(pk=user_id, is_active=True).select_related("wechat").first()
    if row is None:
        raise NotFound
    bound = getattr(row, "wechat", None)
    return Reach(
        telephone=crypto.unseal(row.phone_sealed), openid=crypto.unseal(bound.openid_sealed) if bound else None
    )


def scopes(user: User, role: Role | str, scope_kind: str) -> set[UUID]:
    """The ids within which `user` holds `role`, for instance the stores of a counter."""
    found = Grant.objects.filter(user=user, role=role, scope_kind=scope_kind).values_list("scope_id", flat=True)
    return {scope for scope in found if scope is not None}


def grants_within(scope_kind: str, scope_ids: Iterable[UUID]) -> "QuerySet[Grant]":
    """Who may do what within the scopes, with the people."""
    return Grant.objects.select_related("user").filter(scope_kind=scope_kind, scope_id__in=scope_ids)


# -- what people told -------------------------------------------------------------------------------------------------


def consents_of(user_id: UUID) -> list[Consent]:
    """The consents in force, with what was told under them."""
    return list(Consent.objects.filter(user=user_id).order_by("purpose"))


def attributes_of(user_id: UUID) -> Attributes:
    """What a person told, for a campaign to judge; two reads. Raises NotFound for nobody."""
    row = User.objects.filter(pk=user_id).select_related("membership").first()
    if row is None:
        raise NotFound
    mine = getattr(row, "membership", None)
    joined = mine if mine and mine.accepted_at else None
    told = {each.purpose: each for each in consents_of(user_id) if each.value}
    year, street, size = (
        told.get(purpose) for purpose in (ConsentPurpose.AGE, ConsentPurpose.RESIDENCE, ConsentPurpose.HOUSEHOLD)
    )
    return Attributes(
        registered_at=row.created_at,
        birth_year=int(year.value) if year else None,
        birth_year_verified=_verified(year),
        street=street.value if street else None,
        street_verified=_verified(street),
        household_size=int(size.value) if size else None,
        household_size_verified=_verified(size),
        household_id=joined.household_id if joined else None,
        guardian_id=joined.guardian_id if joined else None,
    )


def _verified(told: Consent | None) -> bool:
    return told is not None and told.verified_at is not None


def person_holds_within(user_id: UUID, scope_ids: Collection[UUID]) -> bool:
    """Whether the person behind an account holds any role within one of the scopes, under any of their accounts."""
    person_id = person_of(user_id)
    accounts = Q(user=person_id) | Q(user__in=Cluster.objects.filter(person_id=person_id).values("user_id"))
    return Grant.objects.filter(accounts, scope_id__in=scope_ids).exists()


# -- who is the same person -------------------------------------------------------------------------------------------


def person_of(user_id: UUID) -> UUID:
    """Whose limits an account uses: the oldest account of the same person, or its own id. One look-up by key."""
    return joined_to(user_id) or user_id


def joined_to(user_id: UUID) -> UUID | None:
    """The account under whose id several of one person count; None where the person has this one only. One look-up."""
    return _JOINED.first(user=user_id)


def joined(user: Expression) -> "QuerySet[Cluster, UUID]":
    """`joined_to` as part of another read: a row, or none."""
    return Cluster.objects.filter(Q(pk=user) | Q(person_id=user)).values_list("person_id", flat=True)[:1]


_JOINED = Compiled(lambda: joined(Slot("user", UUIDField())))


def people_of_accounts(user_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """`person_of` of many accounts, in one look-up."""
    clustered = dict(Cluster.objects.filter(pk__in=user_ids).values_list("pk", "person_id"))
    return {user: clustered.get(user, user) for user in user_ids}


def marks_of(user_id: UUID) -> list[MarkHolder]:
    """By what an account is known again, for its owner to read."""
    return list(MarkHolder.objects.filter(user=user_id).select_related("mark").order_by("at", "pk"))


def with_crowd(user_id: UUID) -> "QuerySet[User]":
    """The account with `crowd`, how many accounts its fullest device has, those kept apart on appeal not counted; and
    `leads`, whether other accounts count as the same person under its id."""
    held = MarkHolder.objects.filter(user=OuterRef("pk"), mark__kind=MarkKind.DEVICE.value)
    counted = Count("mark__holders", filter=~Q(mark__holders__holding=Holding.APART.value))
    fullest = held.exclude(holding=Holding.APART.value).values("pk").annotate(n=counted).order_by("-n").values("n")[:1]
    led = Exists(Cluster.objects.filter(person_id=OuterRef("pk")))
    return User.objects.filter(pk=user_id).annotate(crowd=Subquery(fullest), leads=led)


def crowded_people(least: int) -> dict[UUID, int]:
    """(person, accounts on one of its devices) wherever at least so many accounts come with one device."""
    holders = MarkHolder.objects.filter(mark__kind=MarkKind.DEVICE.value).exclude(holding=Holding.APART.value)
    crowds = holders.values("mark").annotate(n=Count("pk")).filter(n__gte=least)
    sizes = dict(crowds.values_list("mark", "n"))
    rows = holders.filter(mark__in=crowds.values("mark")).values_list("user_id", "user__cluster__person_id", "mark")
    found: dict[UUID, int] = {}
    for user, person, mark in rows.iterator():
        found[person or user] = max(found.get(person or user, 0), sizes[mark])
    return found


def accounts_of_person(person_id: UUID) -> list[UUID]:
    """The accounts that count as a person's, but for the oldest, whose id the person bears."""
    return list(Cluster.objects.filter(person_id=person_id).exclude(pk=person_id).values_list("pk", flat=True))


def is_joined(user_id: UUID) -> bool:
    """Whether a mark makes an account one person with another account."""
    others = _joined().filter(mark=OuterRef("mark")).exclude(user=user_id)
    return _joined().filter(Exists(others), user=user_id).exists()


def reached_from(seeds: Iterable[UUID]) -> set[UUID]:
    """Every account that marks join with `seeds`, and everybody who counts as the same person as one of those."""
    reached, fresh = set[UUID](), set(seeds)
    while fresh:
        reached |= fresh
        marks = _joined().filter(user__in=fresh).values("mark")
        people = fresh | set(Cluster.objects.filter(user__in=fresh).values_list("person_id", flat=True))
        fresh = {
            *people,
            *_joined().filter(mark__in=marks).values_list("user_id", flat=True),
            *Cluster.objects.filter(person_id__in=people).values_list("user_id", flat=True),
        } - reached
    return reached


def joined_pairs(user_ids: Collection[UUID] | None = None) -> list[tuple[UUID, int]]:
    """(account, mark) of every holder that its mark joins with others; of all accounts unless told."""
    rows = _joined() if user_ids is None else _joined().filter(user__in=user_ids)
    return list(rows.values_list("user_id", "mark_id"))


def cluster_disagreements() -> Iterator[str]:
    """One sentence for each account whose kept person is not the one that its marks give."""
    derived = rules.people(joined_pairs())
    kept = dict(Cluster.objects.values_list("user_id", "person_id"))
    for user in sorted(derived.keys() | kept.keys()):
        if kept.get(user, user) != derived.get(user, user):
            yield f"account {user} counts as {kept.get(user, user)}, its marks say {derived.get(user, user)}"


def _joined() -> "QuerySet[MarkHolder]":
    return MarkHolder.objects.filter(holding=Holding.JOINED.value)


def operators() -> list[User]:
    """Who runs the service; longest known first."""
    return list(User.objects.filter(grants__role=Role.OPERATOR.value, is_active=True).distinct().order_by("pk"))


def holders(role: Role, scope_kind: str, scope_id: UUID) -> list[User]:
    """Who holds `role` within one scope, for instance the collectors of a zone; longest known first."""
    held = Grant.objects.filter(role=role, scope_kind=scope_kind, scope_id=scope_id)
    return list(User.objects.filter(grants__in=held, is_active=True).order_by("pk"))
