from django.apps import AppConfig


class RecyclingConfig(AppConfig):
    name = "backend.recycling"
    label = "recycling"
