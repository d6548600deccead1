"""Uploads at once: one line is settled once, and of two devices with one code one charges and the other loses.

What decides between the two devices is the redemption's own guard, whose control is in `test_redemption_races`.
"""

from collections import Counter
from unittest.mock import patch

import pytest

from campaigns import queries
from campaigns.models import OfflineEntry, Redemption
from campaigns.queries import offline_proof, settlement_proof
from campaigns.services import offline_uploads
from tests.concurrency.race import race
from tests.factories import person
from tests.factories_campaigns import USCCS, claim, store
from tests.factories_offline import offline_code, phone, reserved_offer

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def disagreements() -> list[str]:
    return [*queries.disagreements(), *offline_proof.disagreements(), *settlement_proof.disagreements()]


def test_a_line_that_comes_many_times_at_once_is_settled_once() -> None:
    of, resident = reserved_offer(), person(points=50)
    device = phone(store())
    device.open(of)
    line = device.accept(offline_code(resident, claim(resident, of)))
    results = race([lambda: device.upload(line)] * THREADS)
    assert {getattr(each, "pk", each) for each in results} == {OfflineEntry.objects.get().pk}
    assert Redemption.objects.count() == 1
    assert disagreements() == []


def test_without_the_number_s_guard_a_line_is_settled_again_and_again() -> None:
    """The control: whoever comes believes to be first. All are charged, until the unique line stops all but one."""
    of, resident = reserved_offer(), person(points=50)
    device = phone(store())
    device.open(of)
    line = device.accept(offline_code(resident, claim(resident, of)))
    nobody_came = patch.object(offline_uploads, "_known", return_value=None)
    with nobody_came, patch.object(offline_uploads, "_advance", return_value=True):
        results = race([lambda: device.upload(line)] * THREADS)
    kinds = Counter(type(each).__name__ for each in results)
    assert kinds == {"OfflineEntry": 1, "IntegrityError": THREADS - 1}, results
    assert any("awaits line 1, has 1" in sentence for sentence in disagreements())


def test_two_devices_at_once_set_aside_no_more_than_the_campaign_has() -> None:
    of = reserved_offer(reserve_fen=7_500)
    devices = [phone(store("甲店")), phone(store("乙店", uscc=USCCS[1]))]
    results = race([lambda each=each: each.open(of, total_fen=5_000) for each in devices])
    kinds = Counter(type(each).__name__ for each in results)
    assert kinds == {"OfflineAllowance": 1, "OfflineReserveShort": 1}, results
    assert disagreements() == []


def test_two_devices_with_one_code_charge_it_once_and_lose_it_once() -> None:
    of, resident = reserved_offer(), person(points=50)
    devices = [phone(store("甲店")), phone(store("乙店", uscc=USCCS[1]))]
    code = offline_code(resident, claim(resident, of))
    acts = []
    for device in devices:
        device.open(of)
        line = device.accept(code)
        acts.append(lambda device=device, line=line: device.upload(line))
    results = race(acts)
    verdicts = Counter(getattr(each, "verdict", repr(each)) for each in results)
    assert verdicts == {"charged": 1, "loss": 1}
    assert Redemption.objects.count() == 1
    assert disagreements() == []
