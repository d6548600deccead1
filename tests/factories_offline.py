"""Counter devices with a key, their allowances and the lines that they sign, for tests."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from backend.accounts.models import User
from backend.merchants import services as merchants
from backend.merchants.models import Store
from campaigns import services
from campaigns.models import Offer, OfflineAllowance, OfflineEntry, Voucher
from campaigns.rules import offline as rules
from campaigns.types.offline import OfflineLine
from tests.factories import NOON
from tests.factories_campaigns import counter, offer
from tests.factories_settlement import manager

RESERVE_FEN = 100_000


def reserved_offer(**changes: Any) -> Offer:
    """An offer of a campaign that has free budget beside it, from which allowances are escrowed."""
    face, stock = changes.get("face_value_fen", 500), changes.get("stock", 10)
    plan = {"budget_fen": face * stock + changes.pop("reserve_fen", RESERVE_FEN)}
    return offer(**changes, campaign=plan | changes.pop("campaign", {}))


def offline_code(owner: User, voucher: Voucher, now: datetime = NOON) -> str:
    with transaction.atomic():
        return services.issue_offline_code(by=owner, voucher_id=voucher.pk, now=now)[0].payload


@dataclass
class Phone:
    """A counter's device: its key, what it sends of itself, its allowance and its log."""

    by: User
    header: str
    key: ec.EllipticCurvePrivateKey
    allowance: OfflineAllowance | None = None
    lines: list[OfflineLine] = field(default_factory=list)

    def open(self, of: Offer, *, now: datetime = NOON, **changes: Any) -> OfflineAllowance:
        asked = {"max_count": 10, "each_fen": 1000, "total_fen": 5000, "minutes": 60} | changes
        with transaction.atomic():
            self.allowance = services.open_allowance(
                by=self.by, device=self.header, campaign_id=of.campaign_id, **asked, now=now
            )
        self.lines = []
        return self.allowance

    def accept(self, code: str, *, now: datetime = NOON, **changes: Any) -> OfflineLine:
        """Signs the next line of the log, whatever it says: what a device should refuse is the tests' to try."""
        assert self.allowance is not None
        fields: dict[str, Any] = {
            "allowance": self.allowance.pk,
            "seq": len(self.lines) + 1,
            "prev": digest(self.lines[-1]) if self.lines else rules.FIRST_PREV,
            "code": code,
            "order_no": f"{self.allowance.pk.hex[-6:]}-{len(self.lines) + 1}",
            "bill_fen": 2500,
            "discount_fen": 500,
            "accepted_at": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "revocations_at": "",
        }
        line = self.signed(OfflineLine(**(fields | changes), signature=""))
        self.lines.append(line)
        return line

    def signed(self, line: OfflineLine) -> OfflineLine:
        r, s = decode_dss_signature(self.key.sign(rules.signed_text(line).encode(), ec.ECDSA(SHA256())))
        return replace(line, signature=base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode())

    def upload(self, line: OfflineLine, now: datetime = NOON) -> OfflineEntry:
        with transaction.atomic():
            return services.upload_line(by=self.by, line=line, device=self.header, now=now)

    def close(self, lines: int | None = None, now: datetime = NOON) -> OfflineAllowance:
        assert self.allowance is not None
        with transaction.atomic():
            return services.close_allowance(
                by=self.by, allowance_id=self.allowance.pk, lines=len(self.lines) if lines is None else lines, now=now
            )


def digest(line: OfflineLine) -> str:
    return hashlib.sha256(rules.signed_text(line).encode()).hexdigest()


def phone(store: Store, *, now: datetime = NOON, with_key: bool = True) -> Phone:
    """A device that was enrolled at the store, in the hands of somebody who works there."""
    key, cashier = ec.generate_private_key(ec.SECP256R1()), counter(store, now=now)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with transaction.atomic():
        issued = merchants.issue_enrolment(by=manager(store, now=now), store_id=store.pk, name="一号机", now=now)
        device = merchants.enrol(
            by=cashier, code=issued.code, public_key=base64.b64encode(spki).decode() if with_key else "", now=now
        )
    return Phone(cashier, f"{device.id}.{device.secret}", key)


LATER = NOON + timedelta(minutes=5)
