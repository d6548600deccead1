"""WebSocket addresses of the assistant."""

from django.urls import path

from bot.consumers import AssistantConsumer

websocket_urlpatterns = [path("ws/assistant", AssistantConsumer.as_asgi())]
