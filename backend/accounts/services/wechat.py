"""Login by WeChat, after its server has said who it is (`accounts.wechat`, outside any transaction)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from backend.accounts import bearer, crypto, errors, rules
from backend.accounts.models import User, WechatAccount
from backend.accounts.services.clusters import note_marks
from backend.accounts.services.login import open_session, prove_number
from backend.accounts.types import MarkKind, Tokens, WechatIdentity
from backend.audit import services as audit
from backend.core.transactions import require_transaction


def log_in_with_wechat(*, identity: WechatIdentity, now: datetime, device: str = "") -> Tokens:
    """A session for a WeChat account that is bound to a person; its newest session key is kept, sealed.

    Raises WechatNotBound, with the ticket to go on with, where no telephone is bound yet.
    """
    require_transaction()
    account = _account_of(identity, now)
    if account.user is None:
        expires_at = now + rules.WECHAT_TICKET_LIFETIME
        raise errors.WechatNotBound(
            ticket=bearer.wechat_ticket(account.pk, expires_at),
            expires_in_seconds=int(rules.WECHAT_TICKET_LIFETIME.total_seconds()),
        )
    note_marks(user=account.user, marks={MarkKind.DEVICE: device}, now=now)
    return open_session(account.user, now)


def _account_of(identity: WechatIdentity, now: datetime) -> WechatAccount:
    digest = crypto.digest("wechat", identity.openid)
    row = WechatAccount(
        openid_digest=digest,
        openid_sealed=crypto.seal(identity.openid),
        session_key_sealed=crypto.seal(identity.session_key),
        seen_at=now,
    )
    WechatAccount.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["openid_digest"],
        update_fields=["session_key_sealed", "seen_at"],
    )
    return WechatAccount.objects.select_related("user").get(openid_digest=digest)


def bind_wechat(
    *, ticket: str, by: User | None, phone: str = "", code: str = "", now: datetime, device: str = ""
) -> Tokens:
    """Binds the ticket's WeChat account to whoever is logged in, or to whom the telephone's code proves.

    Raises WechatTicketInvalid, OtpRefused, WechatAlreadyBound.
    """
    require_transaction()
    found = bearer.session_of("wechat", ticket, now)
    if found is None:
        raise errors.WechatTicketInvalid
    user = by or prove_number(phone=phone, code=code, now=now, device=device)
    free = WechatAccount.objects.filter(pk=found[0], user=None)
    try:
        with transaction.atomic():
            bound = free.update(user=user)
    except IntegrityError:
        raise errors.WechatAlreadyBound from None
    if not bound:
        raise errors.WechatAlreadyBound
    audit.record(by=user.pk, action="accounts.bind_wechat", subject=user.pk, now=now)
    return open_session(user, now)


def wechat_session_key(user: User) -> str:
    """The newest session key of a person's WeChat account, in base64 as WeChat gave it; never for a client.

    Raises WechatSessionMissing where no WeChat account is bound.
    """
    sealed = WechatAccount.objects.filter(user=user).values_list("session_key_sealed", flat=True).first()
    if sealed is None:
        raise errors.WechatSessionMissing
    return crypto.unseal(sealed)


def drop_unbound(*, now: datetime, limit: int = 500) -> int:
    """Forgets WeChat accounts that were never bound; returns how many were due."""
    require_transaction()
    due = WechatAccount.objects.filter(user=None, seen_at__lte=now - rules.WECHAT_UNBOUND_KEPT)
    return WechatAccount.objects.filter(pk__in=due.order_by("seen_at").values("pk")[:limit], user=None).delete()[0]
