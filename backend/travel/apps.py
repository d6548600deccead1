from django.apps import AppConfig


class TravelConfig(AppConfig):
    name = "backend.travel"
    label = "travel"
