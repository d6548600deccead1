from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "backend.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from backend.webhooks import tasks  # models can be imported from here on, not before

        tasks.register()
