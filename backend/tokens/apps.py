from django.apps import AppConfig
from django.core import checks

from backend.tokens.checks import token_settings


class TokensConfig(AppConfig):
    """Signed, rotating QR codes."""

    name = "backend.tokens"
    label = "tokens"
    verbose_name = "二维码"

    def ready(self) -> None:
        """Has the settings checked with everything else that `manage.py check` looks at."""
        checks.register(token_settings)
