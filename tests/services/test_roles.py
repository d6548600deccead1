"""Roles are granted once per scope, and what the models promise holds on either database."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from backend.accounts import services
from backend.accounts.models import Grant
from backend.accounts.types import Role
from backend.core.ids import new_id
from tests.factories import NOON, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scope_id", [None, new_id()], ids=["of everything", "of one place"])
def test_a_grant_exists_once(scope_id: object) -> None:
    user = person()
    given = {"user": user, "role": Role.OPERATOR.value, "scope_kind": "district", "scope_id": scope_id}
    Grant.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(**given)
    Grant.objects.create(**given | {"scope_id": new_id()})


def test_granting_again_changes_nothing() -> None:
    user = person()
    for _ in range(2):
        with transaction.atomic():
            services.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="district", scope_id=None, now=NOON)
    assert Grant.objects.count() == 1


def test_the_database_can_keep_every_promise_of_the_models() -> None:
    call_command("check", fail_level="WARNING")
