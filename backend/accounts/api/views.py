"""Login by SMS code, sessions, and one's own profile."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import CSRFCheck
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import services
from backend.accounts.api import serializers as shapes
from backend.accounts.api.device import DEVICE, device_of
from backend.accounts.authentication import person
from backend.accounts.errors import RefreshInvalid
from backend.accounts.types import ConsentPurpose
from backend.core import clock
from backend.edge.doors import door
from backend.edge.errors import CSRFRefused
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone, LoggedIn
from backend.edge.throttles import Login, Sessions, address_of

COOKIE, COOKIE_PATH = "refresh", "/api/v1/auth"


class OtpView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes = [Login]

    @extend_schema(operation_id="send_code", request=shapes.OtpRequest, responses={202: shapes.OtpAnswer})
    def post(self, request: Request) -> Response:
        """Sends a login code by SMS. The answer is the same for known and unknown numbers."""
        phone = parse(shapes.OtpRequest, request)["phone"]
        address = address_of(request)

        def render(sent: Any) -> dict[str, Any]:
            body = {"expires_in": sent.expires_in_seconds, "resend_after": sent.resend_after_seconds}
            return body | ({"demo_code": sent.code} if settings.DEMO else {})

        act = lambda: services.send_code(phone=phone, address=address, now=clock.now())  # noqa: E731
        return door(request, act, render, success=202)


class TokenView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes = [Login]

    @extend_schema(
        operation_id="log_in",
        parameters=[DEVICE],
        request=shapes.LoginRequest,
        responses={200: shapes.TokensAnswer},
    )
    def post(self, request: Request) -> Response:
        """Exchanges the code for a session. With `X-Session: cookie` the refresh token comes as an HttpOnly cookie."""
        body = parse(shapes.LoginRequest, request)
        device = device_of(request)
        act = lambda: services.log_in(**body, now=clock.now(), device=device)  # noqa: E731
        return with_cookie(request, door(request, act, shapes.tokens_body))


class RefreshView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes = [Sessions]

    @extend_schema(
        operation_id="refresh",
        parameters=[DEVICE],
        request=shapes.RefreshRequest,
        responses={200: shapes.TokensAnswer},
    )
    def post(self, request: Request) -> Response:
        """The next access and refresh token. A refresh token that was used before closes the session."""
        token, from_cookie = _refresh_token(request)
        device = device_of(request)
        act = lambda: services.refresh(token=token, now=clock.now(), device=device)  # noqa: E731
        response = door(request, act, shapes.tokens_body)
        return _set_cookie(response) if from_cookie else response


class LogoutView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes = [Sessions]

    @extend_schema(operation_id="log_out", request=shapes.RefreshRequest, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Ends the session of the refresh token, and with it its access tokens, at once."""
        token, _ = _refresh_token(request)
        response = door(request, lambda: services.log_out(token=token, now=clock.now()), lambda _: {})
        response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Strict")
        return response


class MeView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_profile", responses={200: shapes.Profile})
    def get(self, request: Request) -> Response:
        """One's own profile."""
        return Response(shapes.profile_body(person(request)))

    @extend_schema(operation_id="change_profile", request=shapes.ProfileChange, responses={200: shapes.Profile})
    def patch(self, request: Request) -> Response:
        """Changes one's name, and what one tells about oneself; each attribute needs its consent first."""
        body, by = parse(shapes.ProfileChange, request), person(request)
        name = body.pop("name", None)
        told = {purpose: body[purpose.attribute] for purpose in ConsentPurpose if purpose.attribute in body}
        act = lambda: services.change_profile(by=by, name=name, told=told, now=clock.now())  # noqa: E731
        return door(request, act, shapes.profile_body)


def _refresh_token(request: Request) -> tuple[str, bool]:
    """The token from the body, or from the cookie under CSRF protection; and whether it was the cookie."""
    given = parse(shapes.RefreshRequest, request).get("refresh")
    if given:
        return given, False
    cookie = request.COOKIES.get(COOKIE, "")
    if not cookie:
        raise RefreshInvalid
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request._request)
    if check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]
        raise CSRFRefused
    return cookie, True


def with_cookie(request: Request, response: Response) -> Response:
    """The tokens of a login; where the page asks for it, the refresh token as a cookie that no script reads."""
    return _set_cookie(response) if request.headers.get("X-Session") == "cookie" else response


def _set_cookie(response: Response) -> Response:
    if response.status_code == 200:
        response.set_cookie(
            COOKIE,
            response.data.pop("refresh"),
            max_age=int(settings.REFRESH_TOKEN_LIFETIME.total_seconds()),
            path=COOKIE_PATH,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Strict",
        )
    return response
