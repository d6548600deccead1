from django.apps import AppConfig


class SealConfig(AppConfig):
    name = "backend.seal"
    label = "seal"
