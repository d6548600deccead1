"""Nobody is asked for more than a running campaign needs."""

import pytest

from backend.core import clock
from campaigns import services
from campaigns.types import AgeFrom, Streets, Tier
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import DAY
from tests.factories_plans import approved, draft, new_offer, step

pytestmark = pytest.mark.django_db


def asked() -> dict[str, list[str]]:
    results = client_of(person()).get("me/needs").json()["results"]
    return {each["purpose"]: [row["title"] for row in each["campaigns"]] for each in results}


def test_a_profile_is_asked_for_what_running_campaigns_need_and_only_while_they_run() -> None:
    now = clock.now()
    draft(new_offer(now=now), now=now, title="草稿", groups=(AgeFrom(60),))
    approved(new_offer(now=now), now=now, title="分级", groups=(Tier(10),))
    assert asked() == {}
    ran = approved(new_offer(now=now), now=now, title="大坪", groups=(Streets(("大坪街道",)), AgeFrom(60)))
    assert asked() == {"residence": ["大坪"], "age": ["大坪"]}
    step(services.stop, ran, now=now, reason="t")
    assert asked() == {}


def test_what_is_over_by_the_clock_asks_nobody() -> None:
    then = clock.now() - 30 * DAY
    approved(new_offer(now=then), now=then, groups=(Streets(("大坪街道",)),))
    assert asked() == {}


def test_needs_are_shown_after_a_login() -> None:
    problem(client_of().get("me/needs"), 401, "unauthenticated")
