"""Every address of the service. `/api/v1/` is the contract; the pages are clients of it."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from backend.edge.views import api_not_found
from backend.ops.console.desks import console

handler404 = "backend.web.views.not_found"
handler500 = "backend.web.views.server_error"

api = [
    path("", include("backend.accounts.api.urls")),
    path("", include("backend.inbox.api.urls")),
    path("", include("backend.seal.api.urls")),
    path("", include("backend.merchants.api.urls")),
    path("", include("backend.tokens.api.urls")),
    path("", include("backend.carbon.api.urls")),
    path("", include("backend.webhooks.api.urls")),
    path("", include("backend.earning.api.urls")),
    path("", include("backend.recycling.api.urls")),
    path("", include("backend.travel.api.urls")),
    path("", include("backend.purchases.api.urls")),
    path("", include("campaigns.api.urls")),
    path("", include("knowledge.api.urls")),
    path("", include("bot.api.urls")),
    path("", include("backend.ops.api.urls")),
]
urlpatterns = [
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    re_path(r"^api/", api_not_found),
    path("console/", console.urls),
    path("", include("backend.web.urls")),
]
