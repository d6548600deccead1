"""A worker of the kill test: acts through the doors without end, and notes what was answered.

python -m tests.concurrency.worker work FOLDER NAME      acts until it is killed
python -m tests.concurrency.worker replay FOLDER         asks every noted key again: it must replay, to the byte
"""

import itertools
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from backend.accounts import services as accounts  # noqa: E402
from backend.accounts.models import User  # noqa: E402
from backend.core import clock  # noqa: E402
from backend.core.errors import Refusal  # noqa: E402
from backend.core.ids import new_id  # noqa: E402
from backend.earning.models import AwardRule, Station  # noqa: E402
from backend.tokens import services as tokens  # noqa: E402
from backend.tokens.types import Purpose  # noqa: E402
from campaigns.models import Offer  # noqa: E402
from tests.api.clients import Client, client_of  # noqa: E402

settings.ALLOWED_HOSTS = ["testserver"]


def work(folder: Path, name: str) -> None:
    chance = random.Random(name)
    _boundless_rule()
    offer = Offer.objects.order_by("points_price")[0]
    Offer.objects.update(per_person_limit=10_000)
    with (folder / name).open("a", encoding="utf-8", buffering=1) as notes:
        for _ in itertools.count():
            resident = _resident(chance)
            client = client_of(resident)
            act = ("checkins", {"code": _code(chance)}) if chance.random() < 0.6 else (f"offers/{offer.pk}/claims", {})
            _note(notes, resident, act, client)


def _boundless_rule() -> None:
    """A later version of the check-in rule, without caps; made once, by whichever worker is first."""
    terms = {"rates": {"": [10, 1]}, "grades": {"rotating_code": {}}}
    AwardRule.objects.get_or_create(
        activity="checkin_screen",
        version=2,
        defaults={
            "terms_data": terms,
            "valid_from": clock.now(),
            "drafted_by": "one",
            "published_by": "another",
            "published_at": clock.now(),
        },
    )


def _resident(chance: random.Random) -> User:
    with transaction.atomic():
        return accounts.person_of(phone=f"137{chance.randrange(20):08d}", now=clock.now())


def _code(chance: random.Random) -> str:
    station = chance.choice(list(Station.objects.exclude(status="down")))
    return tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station.pk, now=clock.now()).payload


def _note(notes: Any, resident: User, act: tuple[str, dict[str, Any]], client: Client) -> None:
    path, body = act
    key = str(new_id())
    answer = client.post(path, body, key=key)
    line = {"person": str(resident.pk), "path": path, "body": body, "key": key, "answer": answer.json()}
    if answer.status_code < 500:
        notes.write(json.dumps(line) + "\n")


def replay(folder: Path) -> None:
    lines = [line for file in folder.iterdir() for line in file.read_text(encoding="utf-8").splitlines()]
    clients: dict[str, Client] = {}
    for line in map(_whole, lines):
        if line is None:
            continue
        person = line["person"]
        client = clients.setdefault(person, client_of(User.objects.get(pk=person)))
        answer = client.post(line["path"], line["body"], key=line["key"])
        if answer.headers.get("Idempotency-Replayed") != "true" or answer.json() != line["answer"]:
            sys.exit(f"{line['key']} was answered {line['answer']}, now {answer.json()}")


def _whole(line: str) -> dict[str, Any] | None:
    """A note, unless the kill cut it off."""
    try:
        note: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return note


if __name__ == "__main__":
    verb, place, *rest = sys.argv[1:]
    try:
        work(Path(place), *rest) if verb == "work" else replay(Path(place))
    except Refusal as refusal:
        sys.exit(str(refusal))
