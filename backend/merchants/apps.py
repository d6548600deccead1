from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    """Merchants, stores and the check of the unified social credit code."""

    name = "backend.merchants"
    label = "merchants"
    verbose_name = "商户"
