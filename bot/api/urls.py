"""HTTP addresses of the assistant."""

from django.urls import path

from bot.api import care
from bot.api.views import questions

urlpatterns = [
    path("assistant/questions", questions),
    path("assistant/conversations/<uuid:conversation>", care.ConversationView.as_view()),
    path("assistant/conversations/<uuid:conversation>/turns/<uuid:turn>/vote", care.VoteView.as_view()),
    path("assistant/conversations/<uuid:conversation>/tickets", care.TicketsView.as_view()),
    path("assistant/conversations/<uuid:conversation>/tickets/<uuid:ticket>/close", care.CloseView.as_view()),
    path("me/tickets", care.OwnTicketsView.as_view()),
]
