"""Figures for the monitor: true, and not for the public."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from backend.core import clock
from backend.ops import metrics, upkeep
from tests import factories
from tests.api.clients import client_of, problem

pytestmark = pytest.mark.django_db(transaction=True)


def figures(answer: Any) -> dict[str, int]:
    lines = [line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: int(value) for name, value in lines}


def test_the_lag_of_the_seal_and_its_alarm(caplog: pytest.LogCaptureFixture) -> None:
    now = clock.now()
    factories.person(points=10, now=now)
    later = now + timedelta(seconds=metrics.SEAL_LAG_ALARM_SECONDS + 1)
    with patch.object(clock, "now", lambda: later):
        late = figures(client_of().get("metrics"))
    assert (late["green_transfers"], late["green_seal_unsealed"], late["green_seal_alarm"]) == (2, 2, 1)
    upkeep.run_once()
    sealed = figures(client_of().get("metrics"))
    assert (sealed["green_seal_unsealed"], sealed["green_seal_alarm"]) == (0, 0)
    budget = 'green_budget_available{programme="green-acts",asset="POINT"}'
    assert sealed[budget] == 1_000_000_000 - 10


def test_late_sealing_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    factories.person(points=10, now=clock.now() - timedelta(hours=1))
    upkeep.tell_alarms(clock.now())
    assert "the seal is late" in caplog.text


@pytest.mark.parametrize(
    "extra", [{"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": "8.8.8.8"}, {"REMOTE_ADDR": ""}]
)
def test_the_public_gets_none(extra: dict[str, str]) -> None:
    answer = client_of().get("metrics", **extra)
    problem(answer, answer.status_code, answer.json()["code"])
    assert answer.status_code in {401, 403}
