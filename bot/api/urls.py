"""HTTP addresses of the assistant."""

from django.urls import path

from bot.api.views import questions

urlpatterns = [path("assistant/questions", questions)]
