from django.urls import path

from backend.recycling.consumers import DisplayConsumer

websocket_urlpatterns = [path("ws/display/<uuid:station>", DisplayConsumer.as_asgi())]
