"""Shapes of the login and profile endpoints."""

from typing import Any

from rest_framework import serializers

from backend.accounts.models import User
from backend.accounts.types import Tokens
from backend.edge.parsing import Text


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


class Profile(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    phone = serializers.CharField(help_text="Masked: 138****5678.")
    name = serializers.CharField(allow_blank=True)
    roles = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class ProfileChange(serializers.Serializer[Any]):
    name = Text(max_length=40, allow_blank=True)


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
    }
