"""HTTP clients for tests: a fresh Idempotency-Key for each POST unless the test names one."""

from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id


class Client(APIClient):
    """An APIClient that speaks JSON and says what it means about idempotency."""

    def post(self, path: str, data: Any = None, *, key: str | None = None, **extra: Any) -> Any:
        if isinstance(data, str | bytes):
            extra.setdefault("content_type", "application/json")
        else:
            extra.setdefault("format", "json")
        headers = {"Idempotency-Key": key or str(new_id())} if key != "" else {}
        return super().post(f"/api/v1/{path}", data, headers=headers | extra.pop("headers", {}), **extra)

    def get(self, path: str, *args: Any, **extra: Any) -> Any:
        return super().get(path if path.startswith(("/", "http")) else f"/api/v1/{path}", *args, **extra)


def client_of(user: User | None = None) -> Client:
    """A client logged in as `user` through a real session and token, or one that is nobody."""
    client = Client()
    if user is not None:
        with transaction.atomic():
            tokens = accounts.open_session(user, clock.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Asserts that the answer is this problem, whole, and returns its body."""
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json"), (
        response.content
    )
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["status"] == status
    assert {"type", "title", "detail", "request_id"} <= body.keys()
    return body
