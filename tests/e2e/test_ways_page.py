"""A drop, a draw and a challenge as people see them on their phones, at each step of the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# What one morning's check-ins earn, so that the drop's price can be paid.
POINTS = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.core import clock
from tests.factories import give_points

now = clock.now()
with transaction.atomic():
    give_points(accounts.person_of(phone="13800000097", now=now), 100, now)
"""
# A drop with a queue ahead of the next ticket, let in one a second, and one of a single voucher that is gone.
A_QUEUE = """
from datetime import timedelta
from django.db import transaction
from backend.accounts import services as accounts
from backend.core import clock
from backend.ops import demo
from campaigns import services
from campaigns.types import NewCampaign, NewDrop, NewOffer

now = clock.now()
start = now - timedelta(minutes=1)
with transaction.atomic():
    drafter, approver = (accounts.person_of(phone=phone, now=now).pk for phone in demo.OPERATORS)
    plan = NewCampaign(title="排队", starts_at=start, ends_at=now + timedelta(days=1), budget_fen=100_000)
    campaign = services.draft_campaign(by=drafter, new=plan, now=now)
    for title, stock in [("排队的券", 50), ("只有一张的券", 1)]:
        offer = services.add_offer(by=drafter, campaign_id=campaign.pk, now=now, offer=NewOffer(
            title=title, points_price=1, face_value_fen=1000, min_spend_fen=3000, stock=stock, starts_at=start,
            ends_at=now + timedelta(days=1), valid_days=10))
        services.choose_way(by=drafter, offer_id=offer.pk, plan=NewDrop(per_second=1), now=now)
    submitted = services.submit(by=drafter, campaign_id=campaign.pk, now=now)
    services.approve(by=approver, campaign_id=campaign.pk, version=submitted.version, now=now)
    services.advance_drops(now=now)
    queued, single = campaign.offers.order_by("pk")
    early = now - timedelta(seconds=10)
    crowd = [accounts.person_of(phone=f"1370000{number:04d}", now=early) for number in range(16)]
    for each in crowd:
        services.take_ticket(by=each, offer_id=queued.pk, now=now)
    services.take_ticket(by=crowd[0], offer_id=single.pk, now=now)
with transaction.atomic():
    from tests.factories import give_points
    give_points(crowd[0], 10, now)
    services.claim(by=crowd[0], offer_id=single.pk, now=clock.now())
"""
# Time passes: the draw closes, the journal grows and is signed, the draw is drawn and its places handed out.
THE_DRAW = """
from datetime import timedelta
from django.db import transaction
from backend.core import clock
from backend.ops import demo_ways
from campaigns import services
from campaigns.models import Draw
from tests.factories_ways import checkpoint, run

draw = Draw.objects.get(offer__title=demo_ways.DRAW.title)
closed = draw.closes_at + timedelta(minutes=1)
run(services.advance_draws, closed)
checkpoint(closed + timedelta(minutes=5))
run(services.advance_draws, closed + timedelta(minutes=10))
"""
# Check-ins of today, as the books keep them.
CHECK_INS = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.core import clock
from tests.factories_ways import act

now = clock.now()
with transaction.atomic():
    resident = accounts.person_of(phone="13800000096", now=now)
    for _ in range({count}):
        act(resident, now, activity="checkin_screen")
"""
REWARDED = """
from backend.core import clock
from campaigns import services
from tests.factories_ways import run

run(services.advance_challenges, clock.now())
"""


def card_of(page: Page, title: str) -> Locator:
    return page.locator("li.card").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_a_drop_is_queued_for_taken_and_told_when_it_is_gone(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    service.server.manage("shell", "-c", POINTS)
    service.server.manage("shell", "-c", A_QUEUE)
    resident = new_phone()
    page = resident.open("/offers")
    gone, queued, demo = (card_of(page, title) for title in ["只有一张的券", "排队的券", "抢券：满30元减10元"])
    expect(gone).to_contain_text("已抢完，不用再排队。")
    expect(gone.get_by_role("button")).to_have_count(0)
    demo.get_by_role("button", name="领取排队号").click()
    expect(page.locator("#phone")).to_be_focused()
    look(page, artifacts, "ways-nobody")
    resident.log_in("13800000097")
    queued.get_by_role("button", name="领取排队号").click()
    expect(queued).to_contain_text("排在第 17 位")
    expect(queued.get_by_role("button", name="兑换")).to_be_hidden()
    look(page, artifacts, "ways-waiting")
    expect(queued).to_contain_text("轮到您了，请领券。", timeout=30_000)
    demo.get_by_role("button", name="领取排队号").click()
    expect(demo).to_contain_text("轮到您了，请领券。")
    demo.get_by_role("button", name="兑换").click()
    look(page, artifacts, "ways-turn")
    demo.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#claimed")).to_contain_text("兑换成功")
    expect(demo).to_contain_text("您已抢到，券在卡包里。")
    expect(demo.get_by_role("button", name="兑换")).to_be_hidden()
    look(page, artifacts, "ways-taken")


def test_a_draw_is_entered_published_and_computed_again_on_the_phone(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    winner = new_phone()
    page = winner.open("/offers")
    drawn = card_of(page, "摇号：满100元减40元")
    drawn.get_by_role("button", name="报名摇号").click()
    winner.log_in("13800000095")
    drawn.get_by_role("button", name="报名摇号").click()
    expect(drawn).to_contain_text("您已报名，截止后公布名单再抽签。")
    look(page, artifacts, "ways-entered")
    service.server.manage("shell", "-c", THE_DRAW)
    winner.open("/offers")
    expect(drawn).to_contain_text("您已中签，券在卡包里。")
    drawn.get_by_text("公开的名单与种子，自己验证").click()
    drawn.get_by_role("button", name="在我的手机上重新计算").click()
    expect(drawn).to_contain_text("✓ 与公布的一致：1 人的名单，1 个中签号。")
    look(page, artifacts, "ways-drawn")

    def tampered(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        route.fulfill(response=answer, json=answer.json() | {"winners": []})  # type: ignore[attr-defined]

    page.route("**/api/v1/draws/*", tampered)
    winner.open("/offers")
    drawn.get_by_text("公开的名单与种子，自己验证").click()
    drawn.get_by_role("button", name="在我的手机上重新计算").click()
    expect(drawn).to_contain_text("✗ 与公布的不一致")


def test_a_challenge_shows_how_far_one_is_and_that_the_reward_came(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    resident = new_phone()
    page = resident.open("/offers")
    card = card_of(page, "一周签到3次：满25元减8元")
    expect(card).to_contain_text("登录后查看挑战进度。")
    card_of(page, "抢券：满30元减10元").get_by_role("button", name="领取排队号").click()
    service.server.manage("shell", "-c", CHECK_INS.format(count=2))
    resident.log_in("13800000096")
    expect(card).to_contain_text("本期进度 2 / 3")
    expect(card.get_by_role("progressbar", name="挑战进度")).to_be_visible()
    look(page, artifacts, "ways-challenge")
    service.server.manage("shell", "-c", CHECK_INS.format(count=1) + REWARDED)
    resident.open("/offers")
    expect(card).to_contain_text("本期挑战已完成，券在卡包里。")
    resident.open("/wallet")
    expect(page.get_by_role("heading", name="一周签到3次：满25元减8元")).to_be_visible()
