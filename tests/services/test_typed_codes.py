"""Short codes: one of a subject is in force, for minutes; tries are counted, wrong ones too."""

from datetime import timedelta

import pytest
from django.db import transaction

from backend.core.ids import new_id
from backend.tokens import models, services
from backend.tokens.errors import CodeMistyped, CodeNotInForce, CodeUsed, TooManyTypedCodes
from backend.tokens.types import Purpose
from tests.factories import NOON

pytestmark = pytest.mark.django_db
BOTH = (Purpose.VOUCHER, Purpose.VOUCHER_PRINTED)


def issue(subject, now=NOON):
    with transaction.atomic():
        return services.issue_typed(purpose=Purpose.VOUCHER, subject=subject, now=now)


def read(code, *, by="counter", now=NOON, purpose=BOTH):
    with transaction.atomic():
        return services.read(code=code, purpose=purpose, by=by, now=now)


def test_a_typed_code_leads_to_its_subject_until_it_expires():
    subject = new_id()
    issued = issue(subject)
    assert read(issued.code).subject == subject
    read(issued.code, now=issued.expires_at - timedelta(microseconds=1))
    with pytest.raises(CodeNotInForce):
        read(issued.code, now=issued.expires_at)
    with pytest.raises(CodeNotInForce):
        read(issued.code, purpose=(Purpose.RESIDENT,))


def test_the_next_code_ends_the_one_before():
    subject = new_id()
    old, new = issue(subject), issue(subject)
    with pytest.raises(CodeNotInForce):
        read(old.code)
    assert read(new.code).subject == subject
    assert models.TypedCode.objects.count() == 1


def test_a_code_is_not_kept_as_it_is():
    issued = issue(new_id())
    assert issued.code not in str(list(models.TypedCode.objects.values_list()))


def test_a_typed_code_is_burned_like_a_scanned_one():
    token = read(issue(new_id()).code)
    with transaction.atomic():
        services.burn(token=token, now=NOON)
    with pytest.raises(CodeUsed), transaction.atomic():
        services.burn(token=token, now=NOON)


def test_tries_of_one_typist_end_for_a_while_and_slips_of_the_finger_do_not_count():
    issued = issue(new_id())
    for _ in range(services.TYPED_TRIES):
        read(issued.code)
        with pytest.raises(CodeMistyped):
            read("333333334")
    with pytest.raises(TooManyTypedCodes) as refused:
        read(issued.code)
    assert 0 < refused.value.data["retry_after_seconds"] <= services.TYPED_WINDOW_SECONDS
    read(issued.code, by="another")
    later = issue(new_id(), NOON + timedelta(seconds=services.TYPED_WINDOW_SECONDS))
    read(later.code, now=NOON + timedelta(seconds=services.TYPED_WINDOW_SECONDS))


def on_paper(subject, until=NOON + timedelta(days=10)):
    with transaction.atomic():
        return services.issue_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=subject, until=until)


def test_a_code_on_paper_is_good_for_days_and_can_be_drawn_again_but_is_not_kept():
    subject = new_id()
    issued = on_paper(subject)
    assert read(issued.code, now=NOON + timedelta(days=9)).subject == subject
    assert services.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=subject) == issued.code
    assert services.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=new_id()) == ""
    assert issued.code not in str(list(models.TypedCode.objects.values_list()))
    with pytest.raises(CodeNotInForce):
        read(issued.code, now=issued.expires_at)


def test_paper_outlives_a_change_of_the_key_and_another_key_makes_another_code(settings):
    subject = new_id()
    issued = on_paper(subject)
    settings.TOKEN_KEYS = {**settings.TOKEN_KEYS, 99: b"\x07" * 32}
    settings.TOKEN_ACTIVE_KEY = 99
    assert read(issued.code).subject == subject
    assert services.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=subject) == issued.code
    assert on_paper(subject).code != issued.code
