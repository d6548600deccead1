"""Pictures, operators and waiting awards for tests of evidence."""

import io
import random
from typing import Any

from django.db import transaction
from PIL import Image, ImageDraw

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.earning import services
from backend.earning.models import Photo
from backend.earning.pictures import read_picture
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade, ReasonCode
from tests import factories

PHOTO_RULE: dict[str, Any] = {
    "rates": {"": [10, 1]},
    "grades": {"confirmed": {}, "photo": {"factor_bp": 5000, "review": True}},
    "caps": [],
    "min_interval_seconds": 0,
}


def scene(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """A picture with something in it, another one for each seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", (width, height), tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(width), chance.randrange(height)
        size = chance.randrange(20, width // 2)
        draw.rectangle((x - size, y - size, x + size, y + size), tuple(chance.randrange(256) for _ in range(3)))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def operator() -> User:
    user = factories.person()
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now())
    return user


def photo(by: User, seed: int = 1) -> Photo:
    """A photo as its door keeps it."""
    now = clock.now()
    picture = read_picture(encoded(scene(seed)))
    name = services.store_file(picture, now)
    with transaction.atomic():
        return services.keep_photo(by=by, picture=picture, name=name, now=now)


def waiting(by: User, *, amount: int = 1, **act: Any) -> Awarded:
    """An award that waits for a person: its act was doubted."""
    done = Act(Activity.CLEAN_PLATE, amount, Grade.CONFIRMED, clock.now(), doubts=("velocity",), **act)
    with transaction.atomic():
        return services.award(resident_id=by.pk, act=done, evidence=Evidence(str(new_id())), now=clock.now())


def rejected(by: User, reviewer: User, *, amount: int = 1) -> Awarded:
    """An award that was rejected."""
    award = waiting(by, amount=amount)
    with transaction.atomic():
        services.review(
            by=reviewer, award_id=award.id, approve=False, reason_code=ReasonCode.NOT_PLAUSIBLE, reason="存疑",
            now=clock.now(),
        )  # fmt: skip
    return award
