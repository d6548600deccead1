from django.apps import AppConfig


class PurchasesConfig(AppConfig):
    name = "backend.purchases"
    label = "purchases"
    verbose_name = "绿色消费"
