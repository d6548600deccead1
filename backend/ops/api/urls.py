from django.urls import path

from backend.ops.api.dead_letters import DeadLetterReplaysView, DeadLettersView
from backend.ops.api.views import ExportView, LiveView, MetricsView, MeView, ReadyView

urlpatterns = [
    path("me", MeView.as_view()),
    path("me/export", ExportView.as_view()),
    path("health/live", LiveView.as_view()),
    path("health/ready", ReadyView.as_view()),
    path("dead-letters", DeadLettersView.as_view()),
    path("dead-letters/<int:task_id>/replays", DeadLetterReplaysView.as_view()),
    path("metrics", MetricsView.as_view()),
]
