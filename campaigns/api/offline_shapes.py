"""Shapes of offline redemption."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.edge.parsing import Text, WholeNumber
from backend.tokens import services as tokens
from backend.tokens.rules import MAX_CODE_CHARS
from backend.tokens.types import IssuedCode, SignedText
from campaigns.models import OfflineAllowance, OfflineEntry
from campaigns.rules import MAX_BILL_FEN, MAX_ORDER_NO_CHARS
from campaigns.rules import offline as rules
from campaigns.services.offline_codes import allowance_document
from campaigns.types.offline import OfflineLine

MAX_SEQ = 10_000
_COLUMNS = (
    "id", "device_id", "campaign_id", "state", "max_count", "each_fen", "total_fen", "lost_fen", "next_seq", "head",
    "issued_at", "expires_at",
)  # fmt: skip
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"


class AllowanceRequest(serializers.Serializer[Any]):
    campaign = serializers.UUIDField(help_text="Whose free budget stands for a loss, and whose vouchers it takes.")
    max_count = WholeNumber(min_value=1, max_value=rules.MAX_COUNT)
    each_fen = WholeNumber(min_value=1, max_value=rules.MAX_EACH_FEN, help_text="The most that one voucher takes off.")
    total_fen = WholeNumber(min_value=1, max_value=rules.MAX_TOTAL_FEN, help_text="The most that all take off.")
    minutes = WholeNumber(min_value=1, max_value=rules.MAX_MINUTES)


class SignedAnswer(serializers.Serializer[Any]):
    """`signature` is base64 of r and s of ECDSA (P-256, SHA-256) over the UTF-8 of `text`, by key `key_id`."""

    key_id = serializers.IntegerField()
    text = serializers.CharField()
    signature = serializers.CharField()


class AllowanceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    device = serializers.UUIDField(source="device_id")
    campaign = serializers.UUIDField(source="campaign_id")
    state = serializers.CharField()
    max_count = serializers.IntegerField()
    each_fen = serializers.IntegerField()
    total_fen = serializers.IntegerField()
    lost_fen = serializers.IntegerField()
    next_seq = serializers.IntegerField(help_text="The number of the line that is awaited.")
    head = serializers.CharField(help_text="The digest that the awaited line must name as `prev`.")
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    document = SignedAnswer()
    keys = serializers.DictField(child=serializers.CharField(), help_text="Public keys (SPKI, base64) by key id.")


class RevocationsAnswer(SignedAnswer):
    keys = serializers.DictField(child=serializers.CharField())


class CloseRequest(serializers.Serializer[Any]):
    lines = WholeNumber(min_value=0, max_value=MAX_SEQ, help_text="How many lines the device's log has.")


class LineRequest(serializers.Serializer[Any]):
    allowance = serializers.UUIDField()
    seq = WholeNumber(min_value=1, max_value=MAX_SEQ)
    prev = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="The digest of the line before; zeros for the first.")
    code = Text(max_length=MAX_CODE_CHARS)
    order_no = Text(max_length=MAX_ORDER_NO_CHARS)
    bill_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN)
    discount_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN)
    accepted_at = serializers.RegexField(_INSTANT, help_text="UTC with milliseconds and a Z.")
    revocations_at = Text(max_length=32, allow_blank=True, help_text="Of the list that the device had; may be empty.")
    signature = serializers.RegexField(r"^[A-Za-z0-9+/]{86}==$", help_text="r and s, base64, by the device's key.")

    def validate_accepted_at(self, text: str) -> str:
        """A day that exists."""
        try:
            rules.instant(text)
        except ValueError:
            raise serializers.ValidationError("不是有效时间。Not an instant.") from None
        return text


class LineAnswer(serializers.Serializer[Any]):
    """What the device showed, and what the server says of it."""

    id = serializers.UUIDField()
    allowance = serializers.UUIDField(source="allowance_id")
    seq = serializers.IntegerField()
    digest = serializers.CharField()
    order_no = serializers.CharField()
    discount_fen = serializers.IntegerField()
    accepted_at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=["charged", "loss", "refused"])
    reason = serializers.CharField(allow_blank=True, help_text="The refusal that the server would have given.")
    redemption = serializers.UUIDField(source="redemption_id", allow_null=True)


class OfflineCodeAnswer(serializers.Serializer[Any]):
    payload = serializers.CharField()
    url = serializers.CharField()
    qr = serializers.CharField(help_text="A PNG as a data URL.")
    expires_at = serializers.DateTimeField()
    holder = serializers.CharField(help_text="Two digits that the cashier compares with those in the code.")


def line_of(body: dict[str, Any]) -> OfflineLine:
    """A line as the services take it."""
    return OfflineLine(**body)


def allowance_body(allowance: OfflineAllowance) -> dict[str, Any]:
    """An allowance as its device keeps it."""
    columns = {name: getattr(allowance, name) for name in _COLUMNS}
    signed = {"document": vars(allowance_document(allowance)), "keys": _keys()}
    return dict(AllowanceAnswer(columns | signed).data)


def code_parts(made: tuple[IssuedCode, int]) -> dict[str, Any]:
    """An offline code as its owner shows it, without the picture, which is drawn outside the transaction."""
    code, holder = made
    expires_at = clock.local(code.expires_at) if code.expires_at else None
    return {"payload": code.payload, "url": code.url, "expires_at": expires_at, "holder": f"{holder:02d}"}


def signed_body(text: SignedText) -> dict[str, Any]:
    """A signed text with the keys that verify it."""
    return dict(RevocationsAnswer({**vars(text), "keys": _keys()}).data)


def line_body(entry: OfflineEntry) -> dict[str, Any]:
    """A line as its device is told of it."""
    return dict(LineAnswer(entry).data)


def _keys() -> dict[str, str]:
    return {str(key_id): key for key_id, key in tokens.public_keys().items()}
