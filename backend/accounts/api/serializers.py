"""Shapes of the login and profile endpoints."""

from typing import Any

from rest_framework import serializers

from backend.accounts import queries, rules
from backend.accounts.models import Consent, User
from backend.accounts.types import ConsentPurpose, Tokens
from backend.edge.parsing import Text, WholeNumber


class Payer(serializers.RegexField):
    """With what the customer paid. Kept as a keyed digest only: who shares a payment account shares the limits."""

    default_error_messages = {"invalid": "格式为“支付机构:账户标识”。The provider, a colon, and its reference."}

    def __init__(self, **kwargs: Any) -> None:
        told = "The payment account, as `alipay:2088…`: the provider, a colon, and its reference. Never stored."
        super().__init__(rules.PAYER_FORM, max_length=rules.PAYER_CHARS, required=False, help_text=told, **kwargs)


class OtpRequest(serializers.Serializer[Any]):
    phone = Text(max_length=32)


class OtpAnswer(serializers.Serializer[Any]):
    expires_in = serializers.IntegerField()
    resend_after = serializers.IntegerField()
    demo_code = serializers.CharField(required=False, help_text="Only in demo mode.")


class LoginRequest(serializers.Serializer[Any]):
    phone = Text(max_length=32)
    code = Text(max_length=12)


class RefreshRequest(serializers.Serializer[Any]):
    refresh = Text(max_length=2000, required=False, help_text="Left out by pages, whose token is in a cookie.")


class Person(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    roles = serializers.ListField(child=serializers.CharField())


class TokensAnswer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField(required=False, help_text="Absent in cookie mode (`X-Session: cookie`).")
    user = Person()


class Told(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="`birth_year`, `street` or `household_size`.")
    value = serializers.CharField()
    verified = serializers.BooleanField(help_text="Whether somebody of the service has seen proof.")


class Profile(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    phone = serializers.CharField(help_text="Masked: 138****5678.")
    name = serializers.CharField(allow_blank=True)
    roles = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    attributes = Told(many=True, help_text="What you told about yourself, each under a consent of yours.")


class ProfileChange(serializers.Serializer[Any]):
    """Each attribute needs the consent of its purpose first (`PUT me/consents/{purpose}`)."""

    name = Text(max_length=40, allow_blank=True, required=False)
    birth_year = WholeNumber(min_value=1, max_value=9999, required=False, help_text="Under the consent `age`.")
    street = Text(max_length=20, required=False, help_text="Under the consent `residence`.")
    household_size = WholeNumber(min_value=1, max_value=99, required=False, help_text="Under the consent `household`.")


class AttributeProof(serializers.Serializer[Any]):
    """One of the two values, as the purpose wants it; and what was seen, for instance 身份证."""

    number = WholeNumber(min_value=1, max_value=9999, required=False, help_text="For `age` and `household`.")
    text = Text(max_length=20, required=False, help_text="For `residence`.")
    method = Text(max_length=40)


class Appeal(serializers.Serializer[Any]):
    reason = Text(max_length=200)


class AppealAnswer(serializers.Serializer[Any]):
    marks = serializers.IntegerField(help_text="From how many marks the account is kept apart.")


class ConsentAnswer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=[each.value for each in ConsentPurpose])
    text = serializers.CharField(help_text="What is agreed to, in the client's language.")
    version = serializers.IntegerField(help_text="Of the text; the one agreed to once it is given.")
    attribute = serializers.CharField(help_text="What it allows to be kept.")
    choices = serializers.ListField(
        child=serializers.CharField(), help_text="What may be told under it; empty for numbers."
    )
    given_at = serializers.DateTimeField(allow_null=True)


class Consents(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    results = ConsentAnswer(many=True)


class WechatLogin(serializers.Serializer[Any]):
    js_code = Text(max_length=200, help_text="From `wx.login()`; once, within five minutes.")


class WechatBinding(serializers.Serializer[Any]):
    """Who is logged in needs no telephone; anybody else proves one with a code."""

    ticket = Text(max_length=1000)
    phone = Text(max_length=32, required=False)
    code = Text(max_length=12, required=False)


def tokens_body(tokens: Tokens) -> dict[str, Any]:
    user = {"id": tokens.user_id, "roles": tokens.roles}
    return {"access": tokens.access, "refresh": tokens.refresh, "user": user}


def profile_body(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "phone": user.phone_masked,
        "name": user.name,
        "roles": user.roles(),
        "created_at": user.created_at,
        "attributes": [_told(row) for row in queries.consents_of(user.pk) if row.value],
    }


def _told(row: Consent) -> dict[str, Any]:
    name = ConsentPurpose(row.purpose).attribute
    return {"name": name, "value": row.value, "verified": row.verified_at is not None}


def consent_body(purpose: ConsentPurpose, given: Consent | None, language: str) -> dict[str, Any]:
    text = rules.CONSENTS[purpose]
    return {
        "purpose": purpose.value,
        "text": text.en if language == "en" else text.zh,
        "version": given.version if given else text.version,
        "attribute": purpose.attribute,
        "choices": rules.STREETS if purpose is ConsentPurpose.RESIDENCE else (),
        "given_at": given.given_at if given else None,
    }
