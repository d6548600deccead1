"""The knowledge app."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "知识库"

    def ready(self) -> None:
        from knowledge import tasks  # models can be imported from here on, not before

        tasks.register()
