"""What the kill test of the outbox does in its workers' database.

python -m tests.concurrency.partner promise URL COUNT   two endpoints, and events for either in turn
python -m tests.concurrency.partner expire              every lease is over now, as if its time had passed
python -m tests.concurrency.partner state               tasks and deliveries by status, as JSON
"""

import json
import os
import sys
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()

from django.db import transaction  # noqa: E402

from backend.core import clock  # noqa: E402
from backend.outbox.models import Task  # noqa: E402
from backend.webhooks import services  # noqa: E402
from backend.webhooks.models import Delivery  # noqa: E402
from backend.webhooks.types import EventType  # noqa: E402


def promise(url: str, count: str) -> None:
    """Two endpoints, since what waits for one may by chance wait in one strand, and is then never two calls at once."""
    types = [EventType.AWARD_MADE, EventType.VOUCHER_CLAIMED]
    for each in types:
        with transaction.atomic():
            services.register_endpoint(by="t", name=each, url=url, types=[each], now=clock.now())
    for number in range(int(count)):
        with transaction.atomic():
            services.publish(type=types[number % 2], subject=number, data={}, now=clock.now())


def expire() -> None:
    Task.objects.filter(status="leased").update(due_at=clock.now())


def state() -> None:
    ours = Task.objects.filter(topic__startswith="webhooks.")
    tasks, deliveries = (Counter(rows.values_list("status", flat=True)) for rows in (ours, Delivery.objects.all()))
    print(json.dumps({"tasks": tasks, "deliveries": deliveries}))


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    {"promise": promise, "expire": expire, "state": state}[verb](*rest)
