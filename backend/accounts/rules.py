"""Pure decisions: telephones, login codes, who is the same person, what one may tell. Figures: docs/security.md."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.errors import AttributeInvalid, PhoneInvalid
from backend.accounts.types import ConsentPurpose, ConsentText

OTP_LIFETIME = timedelta(minutes=5)
OTP_RESEND_AFTER = timedelta(seconds=60)
OTP_TRIES = 3
OTP_PER_NUMBER_AND_DAY = 10
OTP_PER_ADDRESS_AND_DAY = 200  # a community centre shares one address
OTP_PER_DAY = 100_000

WECHAT_TICKET_LIFETIME = timedelta(minutes=10)
WECHAT_UNBOUND_KEPT = timedelta(days=1)
REFRESH_LEEWAY = timedelta(seconds=10)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def normal_phone(text: str) -> str:
    """Eleven ASCII digits, after full-width digits, blanks, hyphens and +86 or 0086 are taken away.

    Raises PhoneInvalid for anything that is not a mainland mobile number.
    """
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if not _MOBILE.fullmatch(digits):
        raise PhoneInvalid
    return digits


def masked(phone: str) -> str:
    """`138****5678`: enough to recognise one's own number."""
    return f"{phone[:3]}****{phone[-4:]}"


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from `now` to `instant`, rounded up, at least 1."""
    return max(1, -int((now - instant).total_seconds() // 1))


# -- who is the same person -------------------------------------------------------------------------------------------

DEVICE_SHARED_BY = 4  # members of one household who may use one device and stay four people
PAYMENT_JOINS = 20  # accounts; a reference that more come with is a till's stopgap, not somebody's account
MARKS_PER_ACCOUNT = 60
# A payment account as tills and partners name it: the provider, a colon, the provider's own reference of it. Without
# the provider two shops' customer numbers could meet and make two strangers one person.
PAYER_FORM = re.compile(r"^[a-z]{2,16}:[\x21-\x7e]{6,110}\Z")
PAYER_CHARS = 128
TELEPHONE_KEPT = timedelta(days=90)  # after being forgotten; later the carrier may have given the number to another


def people(holders: Iterable[tuple[UUID, int]]) -> dict[UUID, UUID]:
    """The person of each account: the oldest of all that marks join, directly or through others.

    `holders` are (account, mark) pairs that join. Ids are in order of age.
    """
    parent: dict[UUID, UUID] = {}
    first: dict[int, UUID] = {}
    for user, mark in holders:
        mine = _root(parent, user)
        other = _root(parent, first.setdefault(mark, user))
        parent[max(mine, other)] = min(mine, other)
    return {user: _root(parent, user) for user in parent}


def _root(parent: dict[UUID, UUID], user: UUID) -> UUID:
    parent.setdefault(user, user)
    while parent[user] != user:
        parent[user] = user = parent[parent[user]]
    return user


# -- what a person may tell about themselves --------------------------------------------------------------------------

STREETS = (  # the district's streets: general knowledge, to be confirmed by the district before it goes live
    "解放碑街道",
    "朝天门街道",
    "南纪门街道",
    "七星岗街道",
    "两路口街道",
    "上清寺街道",
    "菜园坝街道",
    "化龙桥街道",
    "大坪街道",
    "石油路街道",
    "大溪沟街道",
)
ADULT_FROM = 14  # from here on no guardian is needed
OLDEST_BIRTH_YEAR = 1900
LARGEST_HOUSEHOLD = 20
CONSENTS = {
    ConsentPurpose.AGE: ConsentText(
        1,
        "我同意保存出生年份，仅用于判断活动资格和保护未满 14 周岁的儿童。随时可以撤回，撤回即删除。",
        "I agree that my year of birth is kept, only to tell whether I may take part and to protect children under "
        "14. I may withdraw at any time; withdrawing deletes it.",
    ),
    ConsentPurpose.RESIDENCE: ConsentText(
        1,
        "我同意保存所住街道，仅用于判断街道活动的资格。随时可以撤回，撤回即删除。",
        "I agree that the street I live in is kept, only to tell whether I may take part in a street's campaign. I "
        "may withdraw at any time; withdrawing deletes it.",
    ),
    ConsentPurpose.HOUSEHOLD: ConsentText(
        1,
        "我同意保存家庭人数，仅用于按户活动。随时可以撤回，撤回即删除。",
        "I agree that the size of my household is kept, only for campaigns by household. I may withdraw at any time; "
        "withdrawing deletes it.",
    ),
}


def attribute_value(purpose: ConsentPurpose, value: str | int, now: datetime) -> str:
    """The attribute as it is kept. Raises AttributeInvalid with what would be taken."""
    if purpose is ConsentPurpose.RESIDENCE:
        if value not in STREETS:
            raise AttributeInvalid(attribute=purpose.attribute, allowed="、".join(STREETS))
        return str(value)
    first, last = (OLDEST_BIRTH_YEAR, now.year) if purpose is ConsentPurpose.AGE else (1, LARGEST_HOUSEHOLD)
    if isinstance(value, bool) or not isinstance(value, int) or not first <= value <= last:
        raise AttributeInvalid(attribute=purpose.attribute, allowed=f"{first}–{last}")
    return str(value)


def is_child(birth_year: int, now: datetime) -> bool:
    """Whether a person may still be under 14: only the year is known, so its last day counts."""
    return now.year - birth_year <= ADULT_FROM
