from django.apps import AppConfig


class CarbonConfig(AppConfig):
    name = "backend.carbon"
    label = "carbon"

    def ready(self) -> None:
        from backend.carbon import tasks  # models can be imported from here on, not before

        tasks.register()
