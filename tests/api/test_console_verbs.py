"""Each family of verbs through its page: done once by the right person, refused to the wrong one with nothing moved."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from backend.accounts.models import Grant
from backend.accounts.queries import points_account
from backend.accounts.types import Role
from backend.audit.models import AuditRow
from backend.carbon import services as carbon
from backend.carbon.models import Entry, Method, MethodDraft
from backend.carbon.standard import METHODS
from backend.core import clock
from backend.core.ids import new_id
from backend.earning import services as earning
from backend.earning.models import Award, AwardRule, Review, RuleDraft
from backend.earning.standard import RULES
from backend.earning.types import Act, Activity, Evidence, Grade
from backend.ledger.queries import balance
from backend.merchants import services as merchants
from backend.merchants.models import Application, Merchant
from backend.outbox.models import Task
from backend.purchases.models import Certification, Goods, Occasion, Permit, TillKey
from backend.recycling.models import Device, DeviceKey, Slot, Zone
from campaigns.models import Campaign, MoneyChange
from tests.factories import method, person, rule, station
from tests.factories_campaigns import store
from tests.factories_console import at_console, operator, press
from tests.factories_evidence import PHOTO_RULE, photo
from tests.factories_plans import approved, ask_money, draft
from tests.factories_recycling import device

pytestmark = pytest.mark.django_db(transaction=True)


def address(page: str, *args: Any) -> str:
    return reverse(f"console:{page}", args=args)


def refused(answer: Any, status: int, words: str) -> None:
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content.decode()[-1500:]


def drafted(by: Any) -> RuleDraft:
    now = clock.now()
    with transaction.atomic():
        return earning.draft_rule(
            by=by, activity=Activity.CHECKIN_SCREEN, terms=RULES[Activity.CHECKIN_SCREEN], now=now,
            valid_from=now + timedelta(days=1),
        )  # fmt: skip


def waiting_award() -> Award:
    now = clock.now()
    method(next(each for each in METHODS if each.slug == "recycling"))
    rule(Activity.WEIGHING, rates={"paper": [8, 1000]}, grades={"attended": {"review": True}}, caps=[],
         min_interval_seconds=0)  # fmt: skip
    act = Act(Activity.WEIGHING, 5000, Grade.ATTENDED, now, "paper")
    with transaction.atomic():
        made = earning.award(resident_id=person().pk, act=act, evidence=Evidence("weighing:1"), now=now)
    return Award.objects.get(pk=made.id)


@pytest.mark.parametrize(("verb", "points"), [("approve", 40), ("reject", 0)])
def test_an_award_that_waits_is_decided_once_with_a_reason(verb: str, points: int) -> None:
    browser, award = at_console(operator()), waiting_award()
    assert str(award.pk) in browser.get(address("earning_award_changelist"), {"waiting": "1"}).content.decode()
    do = address("earning_award_do_on", award.pk, verb)
    assert press(browser, do, reason="").status_code == 422
    assert Review.objects.count() == 0
    assert press(browser, do, reason="已核对称重照片").url == address("earning_award_change", award.pk)
    other = address("earning_award_do_on", award.pk, "reject" if verb == "approve" else "approve")
    assert press(browser, other, reason="改判").status_code == 409
    assert Review.objects.get().approved == (verb == "approve")
    assert balance(points_account(award.resident_id)) == points
    assert str(award.pk) not in browser.get(address("earning_award_changelist"), {"waiting": "1"}).content.decode()


def test_who_decides_sees_the_photo_and_the_look_is_written_down() -> None:
    who, browser = person(), at_console(operator())
    rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    kept = photo(who)
    with transaction.atomic():
        award = earning.act_by_photo(by=who, activity=Activity.CLEAN_PLATE, photo_id=kept.pk, now=clock.now())
    picture = address("earning_award_photo", award.id)
    form = browser.get(address("earning_award_do_on", award.id, "approve")).content.decode()
    assert f'<img src="{picture}"' in form
    assert AuditRow.objects.filter(action="earning.look_at_photo").count() == 0
    seen = browser.get(picture)
    assert (seen.headers["Content-Type"], seen.content[:2], "no-store" in seen["Cache-Control"]) == (
        "image/jpeg", b"\xff\xd8", True,
    )  # fmt: skip
    assert AuditRow.objects.filter(action="earning.look_at_photo", subject=str(kept.pk)).count() == 1
    assert at_console(who).get(picture).status_code == 302
    assert browser.get(address("earning_award_photo", waiting_award().pk)).status_code == 404


def test_a_rule_is_drafted_by_one_previewed_and_published_by_another() -> None:
    one, other = operator(), operator()
    said = {"terms": json.dumps(RULES[Activity.CHECKIN_SCREEN]), "note": "试行"}
    said["activity"] = Activity.CHECKIN_SCREEN.value
    wanted = f"{clock.local(clock.now()) + timedelta(days=2):%Y-%m-%d %H:%M}"
    made = press(at_console(one), address("earning_ruledraft_do", "draft"), valid_from=wanted, **said)
    made_draft = RuleDraft.objects.get()
    assert made.url == address("earning_ruledraft_change", made_draft.pk)
    publish = address("earning_ruledraft_do_on", made_draft.pk, "publish")
    assert "按本草稿发放积分" in at_console(other).get(publish).content.decode()
    refused(press(at_console(one), publish), 409, "另一位运营人员")
    assert AwardRule.objects.count() == 0
    assert press(at_console(other), publish).status_code == 302
    assert AwardRule.objects.get().published_by == str(other.pk)


def test_a_counting_method_is_drafted_by_one_foreseen_and_published_by_another() -> None:
    one, other, award = operator(), operator(), waiting_award()
    with transaction.atomic():
        earning.review(by=one, award_id=award.pk, approve=True, reason="好", now=clock.now())
    paper = Method.objects.get()
    start = f"{clock.local(clock.now()) - timedelta(days=1):%Y-%m-%d %H:%M}"
    do = address("carbon_method_do_on", paper.pk, "draft")
    assert press(at_console(one), do, factors='{"paper": 1}', valid_from=start).status_code == 422
    made = press(at_console(one), do, factors='{"paper": [100, 1]}', valid_from=start)
    draft = MethodDraft.objects.get()
    assert (made.status_code, draft.source, draft.factors_data) == (302, paper.source, {"paper": [100, 1]})
    publish = address("carbon_methoddraft_do_on", draft.pk, "publish")
    page = at_console(other).get(publish).content.decode()
    assert "将补记差额的减碳记录" in page
    refused(press(at_console(one), publish), 409, "另一位")
    assert Method.objects.count() == 1
    assert press(at_console(other), publish).status_code == 302
    with transaction.atomic():
        while carbon.rebook_due(now=clock.now() + timedelta(minutes=2)):
            pass
    listed = at_console(one).get(address("carbon_rebooking_changelist")).content.decode()
    assert "差额（毫克）" in listed
    assert sum(Entry.objects.values_list("mg", flat=True)) == 500_000
    assert balance(points_account(award.resident_id)) == 40


def test_terms_that_the_service_refuses_are_words_on_the_form() -> None:
    browser = at_console(operator())
    said = {"activity": Activity.CHECKIN_SCREEN.value, "terms": "{}", "valid_from": "2099-01-01 00:00"}
    assert press(browser, address("earning_ruledraft_do", "draft"), **said).status_code >= 400
    assert press(browser, address("earning_ruledraft_do", "draft"), **said | {"terms": "{"}).status_code == 422
    assert RuleDraft.objects.count() == 0


def test_a_press_acts_once_however_often_it_is_sent() -> None:
    browser, zone = at_console(operator()), "recycling_zone_do"
    form = browser.get(address(zone, "open")).context["form"]
    said = {"press": form["press"].value(), "name": "七星岗"}
    assert browser.post(address(zone, "open"), said).status_code == 302
    refused(browser.post(address(zone, "open"), said | {"name": "上清寺"}), 409, "已经提交过")
    assert [each.name for each in Zone.objects.all()] == ["七星岗"]
    opened = press(browser, address("recycling_zone_do_on", Zone.objects.get().pk, "open_slot"), day="2099-12-01",
                   part="morning", capacity="3")  # fmt: skip
    assert (opened.status_code, Slot.objects.get().capacity) == (302, 3)


def test_a_campaign_needs_a_second_person_and_the_version_that_was_read() -> None:
    one, other, now = operator(), operator(), clock.now()
    plan = draft(by=one.pk, now=now)
    do = lambda verb: address("campaigns_campaign_do_on", plan.pk, verb)  # noqa: E731
    assert press(at_console(one), do("submit")).status_code == 302
    refused(press(at_console(one), do("approve")), 409, "另一位运营人员")
    assert press(at_console(other), do("approve"), version="999").status_code == 409
    plan.refresh_from_db()
    assert (plan.status, plan.approved_by) == ("in_review", "")
    assert press(at_console(other), do("approve")).status_code == 302
    assert press(at_console(other), do("pause"), reason="核查").status_code == 302
    assert press(at_console(one), do("stop"), reason="提前结束").status_code == 302
    plan.refresh_from_db()
    assert plan.status == "stopped"


def test_money_is_approved_by_another() -> None:
    one, other, now = operator(), operator(), clock.now()
    change = ask_money(approved(now=now), by=one.pk, now=now, budget_fen=20_000)
    do = address("campaigns_moneychange_do_on", change.pk, "approve")
    refused(press(at_console(one), do, reason="好"), 409, "另一位运营人员")
    assert (MoneyChange.objects.get().status, Campaign.objects.get().budget_fen) == ("proposed", 10_000)
    assert press(at_console(other), do, reason="已核").status_code == 302
    assert Campaign.objects.get().budget_fen == 20_000


def test_a_merchant_is_admitted_once_suspended_and_reinstated() -> None:
    browser, applicant = at_console(operator()), person()
    with transaction.atomic():
        asked = merchants.apply(by=applicant, name="小店", uscc="91350100M000100Y43", contact="店主", now=clock.now())
    do = address("merchants_application_do_on", asked.pk, "approve")
    assert press(browser, do, reason="").status_code == 422
    assert Application.objects.get().status == "pending"
    assert press(browser, do, reason="资料齐全").status_code == 302
    assert press(browser, do, reason="再来").status_code == 409
    shop = Merchant.objects.get()
    for verb, status in [("suspend", "suspended"), ("reinstate", "active")]:
        press(browser, address("merchants_merchant_do_on", shop.pk, verb), reason="核查")
        shop.refresh_from_db()
        assert shop.status == status


WHEN = {"valid_from": "2026-01-01 00:00", "valid_to": "2099-01-01 00:00"}


def test_what_is_green_is_registered_once_and_ended() -> None:
    browser, shop = at_console(operator()), store(now=clock.now())
    of_shop = lambda verb: address("merchants_store_do_on", shop.pk, verb)  # noqa: E731
    certificate = {"kind": "green_mall", "number": "SC-1", "issuer": "商务委"}
    backwards = {"valid_from": WHEN["valid_to"], "valid_to": WHEN["valid_from"]}
    assert press(browser, of_shop("certify"), **certificate, **backwards).status_code == 422
    assert press(browser, of_shop("certify"), **certificate, **WHEN).status_code == 302
    refused(press(browser, of_shop("certify"), **certificate, **WHEN), 409, "SC-1")
    assert press(browser, of_shop("permit"), activity="own_cup", **WHEN).status_code == 302
    goods = {"category": "appliance", "label": "energy_grade_1", "title": "一级能效", "title_en": "Grade 1"}
    assert press(browser, address("purchases_goods_do", "list"), **goods, **WHEN).status_code == 302
    for row, page in [(Certification, "certification"), (Permit, "permit"), (Goods, "goods")]:
        assert row.objects.in_force(clock.now()).count() == 1
        end = address(f"purchases_{page}_do_on", row.objects.get().pk, "end")
        assert press(browser, end).status_code == 302
        assert press(browser, end).status_code == 409
        assert row.objects.in_force(clock.now()).count() == 0
    assert AuditRow.objects.filter(action="purchases.end_goods").count() == 1


def test_a_till_s_key_is_issued_rotated_and_revoked() -> None:
    browser, shop = at_console(operator()), store(now=clock.now())
    issue = address("merchants_store_do_on", shop.pk, "issue_key")
    shown = press(browser, issue)
    secret = dict(shown.context["secrets"])["密钥"]
    assert (shown.status_code, secret in shown.content.decode()) == (200, True)
    assert press(browser, issue).status_code == 200  # the new one beside it, until the till has it
    assert press(browser, issue).status_code == 409
    old = TillKey.objects.order_by("pk")[0]
    assert secret not in browser.get(address("purchases_tillkey_change", old.pk)).content.decode()
    assert press(browser, address("purchases_tillkey_do_on", old.pk, "revoke")).status_code == 302
    old.refresh_from_db()
    assert (old.revoked_at is None, old.secret_sealed) == (False, "")
    assert press(browser, issue).status_code == 200


def test_an_occasion_is_added_and_cancelled() -> None:
    browser = at_console(operator())
    said = {"title": "讲堂", "title_en": "Class", "activity": "green_class", "organiser": "街道办", "place": "社区",
            "capacity": "20", "organiser_phone": "12", "starts_at": WHEN["valid_from"],
            "ends_at": WHEN["valid_to"]}  # fmt: skip
    add = address("purchases_occasion_do", "add")
    assert press(browser, add, **said).status_code == 422
    assert Occasion.objects.count() == 0
    made = press(browser, add, **said | {"organiser_phone": "13900009999"})
    occasion = Occasion.objects.get()
    assert (made.url, occasion.capacity) == (address("purchases_occasion_change", occasion.pk), 20)
    cancel = address("purchases_occasion_do_on", occasion.pk, "cancel")
    assert press(browser, cancel).status_code == 302
    assert press(browser, cancel).status_code == 409


def test_a_bin_is_registered_at_a_station_and_a_second_of_its_name_is_not() -> None:
    browser, where = at_console(operator()), station()
    register = address("recycling_device_do", "register")
    assert press(browser, register, name="一号箱", station=where.pk).status_code == 302
    assert Device.objects.get().station_id == where.pk
    again = press(browser, register, name="一号箱", station=where.pk)
    assert (again.status_code, Device.objects.count()) == (409, 1)
    assert press(browser, register, name="二号箱", station=new_id()).status_code == 422


def test_a_secret_is_shown_once_and_kept_by_no_browser() -> None:
    browser, bin_ = at_console(operator()), device()
    DeviceKey.objects.filter(device=bin_).delete()
    shown = press(browser, address("recycling_device_do_on", bin_.pk, "issue_key"))
    assert (shown.status_code, "no-store" in shown["Cache-Control"]) == (200, True)
    key = DeviceKey.objects.get(device=bin_)
    secret = dict(shown.context["secrets"])["密钥"]
    assert secret in shown.content.decode()
    row = browser.get(address("recycling_devicekey_change", key.pk)).content.decode()
    assert (secret in row, key.secret_sealed in row) == (False, False)
    rotated = press(browser, address("recycling_device_do_on", bin_.pk, "issue_key"))
    assert (rotated.status_code, DeviceKey.objects.filter(revoked_at=None).count()) == (200, 2)  # both, while it moves
    press(browser, address("recycling_devicekey_do_on", key.pk, "revoke"))
    assert DeviceKey.objects.get(revoked_at=None).pk != key.pk


def test_a_dead_task_is_tried_again_and_a_living_one_is_not() -> None:
    browser, now = at_console(operator()), clock.now()
    made = Task.objects.create(topic="x", key="1", lane="default", status="dead", ended_at=now, created_at=now)
    do = address("outbox_task_do_on", made.pk, "replay")
    assert press(browser, do).status_code == 302
    assert Task.objects.get().status == "waiting"
    assert press(browser, do).status_code == 404


def test_roles_are_given_with_their_scope_and_taken_away() -> None:
    browser, somebody, here = at_console(operator()), person(), station()
    do = address("accounts_user_do_on", somebody.pk, "grant")
    assert press(browser, do, role=Role.ATTENDANT.value).status_code == 422
    assert press(browser, do, role=Role.OPERATOR.value, scope_id=str(here.pk)).status_code == 422
    assert Grant.objects.filter(user=somebody).count() == 0
    assert press(browser, do, role=Role.ATTENDANT.value, scope_id=str(here.pk)).status_code == 302
    given = Grant.objects.get(user=somebody)
    assert (given.scope_kind, given.scope_id) == ("station", here.pk)
    assert press(browser, address("accounts_grant_do_on", given.pk, "revoke")).url == address(
        "accounts_grant_changelist"
    )
    assert Grant.objects.filter(user=somebody).count() == 0
    assert AuditRow.objects.filter(action="accounts.revoke").count() == 1


def test_a_verb_is_closed_to_everybody_else_and_unknown_ones_are_not_there() -> None:
    waiting, zone = drafted(operator()), address("recycling_zone_do", "open")
    for path in [address("earning_ruledraft_do_on", waiting.pk, "publish"), zone]:
        assert at_console(person()).post(path, {"name": "x"}).status_code == 302
    assert (AwardRule.objects.count(), Zone.objects.count()) == (0, 0)
    browser = at_console(operator())
    assert browser.get(address("earning_ruledraft_do_on", waiting.pk, "delete")).status_code == 404
    assert browser.get(address("earning_ruledraft_do_on", "nonsense", "publish")).status_code == 404
