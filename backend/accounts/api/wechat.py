"""Login by WeChat, and binding it to a telephone the first time."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import services, wechat
from backend.accounts.api import serializers as shapes
from backend.accounts.api.device import DEVICE, device_of
from backend.accounts.api.views import with_cookie
from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone
from backend.edge.throttles import Login


class WechatView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes = [Login]

    @extend_schema(
        operation_id="log_in_with_wechat",
        parameters=[DEVICE],
        request=shapes.WechatLogin,
        responses={200: shapes.TokensAnswer},
    )
    def post(self, request: Request) -> Response:
        """Exchanges `wx.login()`'s code for a session. The first time it is 409 `wechat_not_bound` with a `ticket`."""
        body, device = parse(shapes.WechatLogin, request), device_of(request)
        identity = wechat.identity_of(body["js_code"])  # asks another server, so before the door opens a transaction
        act = lambda: services.log_in_with_wechat(identity=identity, now=clock.now(), device=device)  # noqa: E731
        return with_cookie(request, door(request, act, shapes.tokens_body))


class WechatBindingView(APIView):
    permission_classes = [Anyone]
    throttle_classes = [Login]

    @extend_schema(
        operation_id="bind_wechat",
        parameters=[DEVICE],
        request=shapes.WechatBinding,
        responses={200: shapes.TokensAnswer},
    )
    def post(self, request: Request) -> Response:
        """Binds the ticket's WeChat account to the telephone that the code proves, or to who is logged in."""
        body, device = parse(shapes.WechatBinding, request), device_of(request)
        by = None if "phone" in body and "code" in body else person(request)
        act = lambda: services.bind_wechat(by=by, **body, now=clock.now(), device=device)  # noqa: E731
        return with_cookie(request, door(request, act, shapes.tokens_body))
