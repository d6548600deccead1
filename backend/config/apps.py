from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from backend.core import triggers


class ConfigConfig(AppConfig):
    name = "backend.config"
    label = "config"

    def ready(self) -> None:
        post_migrate.connect(_reinstall_triggers)


def _reinstall_triggers(sender: AppConfig, using: str, **_: Any) -> None:
    """The one receiver of the project: SQLite drops triggers silently when a migration rebuilds a table."""
    wanted = triggers.guarded_models(sender)
    if wanted:
        existing = set(connections[using].introspection.table_names())
        triggers.install(connections[using], [model for model in wanted if model._meta.db_table in existing])
