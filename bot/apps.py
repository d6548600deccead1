"""The assistant."""

from django.apps import AppConfig


class BotConfig(AppConfig):
    name = "bot"
    verbose_name = "智能问答"
