from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "backend.inbox"
    label = "inbox"

    def ready(self) -> None:
        from backend.inbox import tasks  # models can be imported from here on, not before

        tasks.register()
