"""Senders of one-time codes. `settings.SMS_SENDER` names the class."""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Sender(Protocol):
    """Sends one code. Runs after commit; may raise, and the resident then asks again."""

    def send(self, *, phone: str, code: str) -> None: ...


class ConsoleSender:
    """For a machine without an SMS contract: writes to the terminal that runs the server, never to a log."""

    def send(self, *, phone: str, code: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"SMS to {phone}: {code}\n")


def sender() -> Sender:
    chosen: Sender = import_string(settings.SMS_SENDER)()
    return chosen
