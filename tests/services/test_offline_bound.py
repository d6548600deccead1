"""Whatever is redeemed offline and online, in whatever order it is uploaded: the loss stays within the allowances."""

from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from backend.core.errors import Refusal
from backend.ledger import proof as ledger_proof
from backend.ledger import queries as ledger
from campaigns import queries
from campaigns.errors import OfflineLinesMissing
from campaigns.models import LOSS_OFFLINE, OfflineAllowance, Redemption, escrow_account
from campaigns.queries import offline_proof, settlement_proof
from tests.factories import person
from tests.factories_campaigns import USCCS, claim, counter, redeem, store
from tests.factories_offline import offline_code, phone, reserved_offer

pytestmark = pytest.mark.django_db
SEED = 20260605
VOUCHERS, DEVICES = 4, 3
vouchers, devices = st.integers(0, VOUCHERS - 1), st.integers(0, DEVICES - 1)


class Counters(RuleBasedStateMachine):
    """Three devices of two merchants and an online counter meet four vouchers.

    The model knows only the rule: who commits first has the voucher, a later line is a loss unless its own merchant
    was paid for the voucher, and what an allowance has no room for is refused.
    """

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        shops = [store("甲店"), store("乙店", uscc=USCCS[1])]
        self.offer = of = reserved_offer()
        owners = [person(points=20) for _ in range(VOUCHERS)]
        self.vouchers = [claim(owner, of) for owner in owners]
        self.codes = [offline_code(owner, each) for owner, each in zip(owners, self.vouchers, strict=True)]
        self.online = counter(shops[1])
        self.devices = [phone(shops[number % 2]) for number in range(DEVICES)]
        for device in self.devices:
            device.open(of, max_count=4, total_fen=1000)
        self.sent = [0] * DEVICES
        self.used, self.lost = [0] * DEVICES, [0] * DEVICES
        self.accepted = [[] for _ in range(DEVICES)]
        self.spent, self.paid = {}, defaultdict(set)
        self.orders = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @rule(voucher=vouchers)
    def redeem_online(self, voucher):
        self.orders += 1
        try:
            redeem(self.online, self.vouchers[voucher], order_no=f"O-{self.orders}")
        except Refusal:
            assert voucher in self.spent
            return
        assert voucher not in self.spent
        self.spent[voucher] = "乙店"
        self.paid[voucher].add("乙店")

    @rule(device=devices, voucher=vouchers)
    def accept_offline(self, device, voucher):
        phone = self.devices[device]
        phone.accept(self.codes[voucher])
        self.accepted[device].append(voucher)

    @rule(device=devices, again=st.booleans())
    def upload(self, device, again):
        phone, number = self.devices[device], self.sent[device]
        if number == len(phone.lines):
            return
        made = phone.upload(phone.lines[number])
        self.sent[device] += 1
        assert made.verdict == self.expected(device, self.accepted[device][number], phone.allowance.store.name)
        if again:
            assert phone.upload(phone.lines[number]).pk == made.pk

    @rule(device=devices)
    def skip_a_line(self, device):
        phone, number = self.devices[device], self.sent[device]
        if number + 1 < len(phone.lines):
            with pytest.raises(OfflineLinesMissing) as gap, transaction.atomic():
                phone.upload(phone.lines[number + 1])
            assert gap.value.data == {"expected": number + 1}

    @rule(device=devices)
    def close(self, device):
        phone = self.devices[device]
        if self.sent[device] == len(phone.lines):
            phone.close()
            phone.open(self.offer, max_count=4, total_fen=1000)
            self.sent[device], self.used[device], self.lost[device] = 0, 0, 0
            self.accepted[device].clear()

    def expected(self, device, voucher, shop):
        if self.used[device] + 500 > 1000:
            return "refused"
        self.used[device] += 500
        if voucher not in self.spent:
            self.spent[voucher] = shop
            self.paid[voucher].add(shop)
            return "charged"
        if shop in self.paid[voucher]:
            return "refused"
        self.paid[voucher].add(shop)
        self.lost[device] += 500
        return "loss"

    @invariant()
    def the_loss_is_within_what_was_set_aside(self):
        for number, device in enumerate(self.devices):
            device.allowance.refresh_from_db()
            assert device.allowance.lost_fen == self.lost[number] <= 1000
            escrow = sum(ledger.totals_by_code(escrow_account(device.allowance.pk)).values())
            assert escrow == 1000 - self.lost[number]
        lost = ledger.totals_by_code(LOSS_OFFLINE).get("offline_loss", 0)
        assert lost <= sum(OfflineAllowance.objects.values_list("total_fen", flat=True))

    @invariant()
    def a_voucher_is_charged_once_and_every_fen_is_named(self):
        assert Redemption.objects.count() == len(self.spent)
        assert [
            *ledger_proof.budgets(), *queries.disagreements(), *offline_proof.disagreements(),
            *settlement_proof.disagreements(),
        ] == []  # fmt: skip


def test_every_interleaving_keeps_the_loss_within_the_open_allowances():
    print(f"seed {SEED}")
    run_state_machine_as_test(
        seed(SEED)(Counters),
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
