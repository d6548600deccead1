"""Who may enter the console, what its pages show, and that nothing is written but by verbs."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts import services as accounts
from backend.accounts.models import Grant, User
from backend.accounts.types import Role
from backend.audit.models import AuditRow
from backend.core import clock
from backend.ops import demo
from backend.ops.console.desks import console
from backend.ops.console.entry import drop_ended
from backend.ops.console.showing import is_hidden
from tests.api.clients import client_of
from tests.factories import person
from tests.factories_console import at_console, operator, press

pytestmark = pytest.mark.django_db
LOGIN = "/console/login/"
DESKS = sorted(console._registry.items(), key=lambda pair: pair[0]._meta.label)
each_desk = pytest.mark.parametrize(("model", "desk"), DESKS, ids=[model._meta.label for model, _ in DESKS])
PHONE = "13912345678"


@pytest.fixture(autouse=True)
def _demo_mode(settings: Any) -> None:
    settings.DEMO = True


def page_of(model: Any, name: str, *args: Any) -> str:
    return reverse(f"console:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def made_operator(phone: str = PHONE) -> User:
    with transaction.atomic():
        user = accounts.person_of(phone=phone, now=clock.now())
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now())
    return user


def code_for(browser: Client, phone: str = PHONE) -> str:
    sent = browser.post(LOGIN, {"phone": phone})
    return str(sent.context["form"]["code"].value())


# -- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_operator_comes_in_with_the_code_and_goes_out() -> None:
    user, browser = made_operator(), Client()
    asked = browser.get("/console/earning/award/")
    assert asked.url == f"{LOGIN}?next=/console/earning/award/"
    entered = browser.post(LOGIN, {"phone": PHONE, "code": code_for(browser), "next": "/console/earning/award/"})
    assert entered.url == "/console/earning/award/"
    cookie = entered.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/console/", "Strict", True)
    assert browser.get(entered.url).status_code == 200
    assert AuditRow.objects.filter(action="console.log_in", subject=str(user.pk)).count() == 1
    assert browser.post("/console/logout/").url == LOGIN
    assert browser.get("/console/").status_code == 302
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_counted_and_the_third_ends_it() -> None:
    made_operator()
    browser = Client()
    right = code_for(browser)
    for _ in range(3):
        refused = browser.post(LOGIN, {"phone": PHONE, "code": "000000" if right != "000000" else "111111"})
        assert "验证码不正确" in refused.content.decode()
    assert "验证码不正确" in browser.post(LOGIN, {"phone": PHONE, "code": right}).content.decode()
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_resident_with_the_right_code_stays_outside_and_is_not_made() -> None:
    browser = Client()
    refused = browser.post(LOGIN, {"phone": PHONE, "code": code_for(browser)})
    assert "没有进行这项操作的权限" in refused.content.decode()
    assert (Session.objects.count(), User.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_bad_number_is_a_word_on_the_form() -> None:
    assert "11 位" in Client().post(LOGIN, {"phone": "12"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_login_leads_nowhere_else() -> None:
    made_operator()
    for wanted in ["https://evil.example/console/", "//evil.example/", "/counter", "/console/\\evil.example"]:
        browser = Client()
        page = browser.get(LOGIN, {"next": wanted})
        assert page.context["next"] == "/console/"


def test_nobody_else_gets_in() -> None:
    attendant = person()
    Grant.objects.create(user=attendant, role=Role.ATTENDANT, scope_kind="station", scope_id=attendant.pk)
    for user in [person(), attendant]:
        assert at_console(user).get("/console/").url.startswith(LOGIN)


def test_a_revoked_role_and_a_deactivation_end_it_at_once() -> None:
    revoked, deactivated = operator(), operator()
    browsers = [at_console(revoked), at_console(deactivated)]
    assert [browser.get("/console/").status_code for browser in browsers] == [200, 200]
    Grant.objects.filter(user=revoked).delete()
    User.objects.filter(pk=deactivated.pk).update(is_active=False)
    assert [browser.get("/console/").status_code for browser in browsers] == [302, 302]


def test_a_shift_is_over_after_eight_hours() -> None:
    at_console(operator())
    now = clock.now()
    assert drop_ended(now=now + timedelta(hours=7)) == 0
    assert drop_ended(now=now + timedelta(hours=9)) == 1


def test_forms_are_guarded_against_other_sites() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(LOGIN, {"phone": PHONE}).status_code == 403


def test_the_api_asks_nothing_more(django_assert_num_queries: Any) -> None:
    """The console's middleware opens no session for a request that is not its own, even one with its cookie."""
    browser, api = at_console(operator()), client_of(person())
    with CaptureQueriesContext(connection) as without:
        api.get("me")
    api.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    with django_assert_num_queries(len(without)):
        assert settings.SESSION_COOKIE_NAME not in api.get("me").cookies


# -- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(transactional_db: None) -> Client:
    demo.load(now=clock.now())
    return at_console(User.objects.filter(grants__role=Role.OPERATOR).order_by("pk")[0])


@pytest.mark.django_db(transaction=True)
def test_every_desk_opens_its_list_its_rows_and_writes_nothing(full: Client) -> None:
    assert "今日" in full.get("/console/").content.decode()
    opened = 0
    for model, desk in DESKS:
        listing = full.get(page_of(model, "changelist"))
        assert (listing.status_code, desk.label in listing.content.decode()) == (200, True), model
        assert full.get(page_of(model, "changelist"), {"q": "不存在 x"}).status_code == 200, model
        row = model._default_manager.first()
        if row is not None:
            assert full.get(page_of(model, "change", row.pk)).status_code == 200, model
            opened += 1
            _writes_nothing(full, model, row)
    assert opened > 10


def _writes_nothing(browser: Client, model: Any, row: Any) -> None:
    before = list(model._default_manager.order_by("pk").values())
    assert browser.get(page_of(model, "add")).status_code == 403, model
    said = {field.name: "1" for field in model._meta.concrete_fields}
    for path in [page_of(model, "add"), page_of(model, "change", row.pk), page_of(model, "delete", row.pk)]:
        assert browser.post(path, said | {"post": "yes"}).status_code == 403, path
    action = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    browser.post(page_of(model, "changelist"), action)
    assert list(model._default_manager.order_by("pk").values()) == before


@each_desk
def test_no_page_shows_what_is_sealed(model: Any, desk: Any) -> None:
    named = [each.__name__ for each in desk.get_fields(None)]
    assert named
    assert not any(is_hidden(name) for name in named)


@each_desk
def test_columns_have_chinese_names(model: Any, desk: Any) -> None:
    labels = [getattr(each, "short_description", each) for each in desk.get_list_display(None)]
    assert [label for label in labels if str(label).isascii()] == []


@pytest.mark.django_db(transaction=True)
def test_a_person_is_found_by_a_telephone_that_no_address_holds_and_shown_masked() -> None:
    browser, user = at_console(operator()), made_operator()
    found = press(browser, page_of(User, "do", "find"), phone=PHONE)
    assert found.url == page_of(User, "change", user.pk)
    listing = browser.get(page_of(User, "changelist")).content.decode()
    assert ("139****5678" in listing, PHONE in listing) == (True, False)
    assert press(browser, page_of(User, "do", "find"), phone="13900009999").status_code == 404


def test_a_list_asks_as_often_for_many_rows_as_for_few() -> None:
    browser = at_console(operator())
    counts = []
    for _ in range(2):
        for _ in range(5):
            made = operator()
            assert made
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page_of(Grant, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
