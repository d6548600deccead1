from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "backend.earning"
    label = "earning"
