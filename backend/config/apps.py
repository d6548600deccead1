from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from backend.core import append_only


class ConfigConfig(AppConfig):
    name = "backend.config"
    label = "config"

    def ready(self) -> None:
        post_migrate.connect(_reinstall_triggers)


def _reinstall_triggers(sender: AppConfig, using: str, **_: Any) -> None:
    """The one receiver of the project: SQLite drops triggers silently when a migration rebuilds a table."""
    connection = connections[using]
    ours = {model._meta.db_table for model in append_only.append_only_models() if model._meta.app_config is sender}
    append_only.install(connection, sorted(ours & set(connection.introspection.table_names())) if ours else [])
