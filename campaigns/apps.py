from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, offers and vouchers."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = "绿色消费券"
