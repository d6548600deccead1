from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "backend.earning"
    label = "earning"

    def ready(self) -> None:
        from backend.earning import queries, tasks  # models can be imported from here on, not before
        from backend.edge import live

        tasks.register()
        live.read_by("balance", queries.balance_event)
