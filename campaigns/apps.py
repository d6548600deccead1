from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, offers and vouchers."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = "绿色消费券"

    def ready(self) -> None:
        from campaigns import tasks  # models can be imported from here on, not before

        tasks.register()
