"""HTTP and WebSocket in one application: `uvicorn backend.config.asgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # loads the apps, so what follows may import models

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from backend.accounts.routing import websocket_urlpatterns as accounts
from backend.edge.body_limit import BodyLimit
from backend.edge.origins import OurPagesOrApps
from bot.routing import websocket_urlpatterns as bot

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(http, settings.IMAGE_UPLOAD_MAX_BYTES),
        "websocket": OurPagesOrApps(URLRouter([*accounts, *bot]), settings.ALLOWED_HOSTS),
    }
)
