from django.urls import path

from backend.ops.api.views import LiveView, ReadyView

urlpatterns = [path("health/live", LiveView.as_view()), path("health/ready", ReadyView.as_view())]
