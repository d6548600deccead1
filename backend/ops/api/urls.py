from django.urls import path

from backend.ops.api.views import LiveView, MetricsView, ReadyView

urlpatterns = [
    path("health/live", LiveView.as_view()),
    path("health/ready", ReadyView.as_view()),
    path("metrics", MetricsView.as_view()),
]
