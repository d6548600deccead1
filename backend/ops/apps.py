from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "backend.ops"
    label = "ops"

    def ready(self) -> None:
        from backend.ops import tasks  # models can be imported from here on, not before

        tasks.register()
