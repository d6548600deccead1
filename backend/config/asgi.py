"""HTTP and WebSocket in one application: `uvicorn backend.config.asgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # loads the apps, so what follows may import models

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from backend.accounts.routing import websocket_urlpatterns as accounts
from backend.edge.body_limit import BodyLimit
from backend.edge.lifespan import Lifespan
from backend.edge.origins import OurPagesOrApps
from backend.recycling.routing import websocket_urlpatterns as recycling
from bot.routing import websocket_urlpatterns as bot
from bot.warming import warm_up

application = ProtocolTypeRouter(
    {
        "lifespan": Lifespan(warm_up),
        "http": BodyLimit(http, settings.IMAGE_UPLOAD_MAX_BYTES),
        "websocket": OurPagesOrApps(URLRouter([*accounts, *recycling, *bot]), settings.ALLOWED_HOSTS),
    }
)
