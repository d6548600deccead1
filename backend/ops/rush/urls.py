"""The service's addresses and the bare view's. Only the rush serves these; no deployment does."""

from django.urls import include, path

from backend.ops.rush.bare import BareView

urlpatterns = [path("api/v1/rush/bare", BareView.as_view()), path("", include("backend.config.urls"))]
