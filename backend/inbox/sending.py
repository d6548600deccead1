"""Senders of messages by SMS or WeChat. `settings.MESSAGE_SENDER` names the class."""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from backend.inbox.types import Channel, Kind


class Sender(Protocol):
    """Sends one fixed sentence to a telephone (SMS) or an openid (WeChat). Raises to be tried again later."""

    def send(self, *, channel: Channel, address: str, kind: Kind, text: str) -> None: ...


class ConsoleSender:
    """For a machine without a contract: writes to the terminal that runs the server, never to a log."""

    def send(self, *, channel: Channel, address: str, kind: Kind, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"{channel} to {address}: {text}\n")


def sender() -> Sender:
    chosen: Sender = import_string(settings.MESSAGE_SENDER)()
    return chosen
