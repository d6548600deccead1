"""How vouchers are used: shown, typed or printed; held while the customer pays; given back in parts or whole."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from backend.accounts.models import User
from backend.merchants import services as merchants
from campaigns import services
from campaigns.models import Redemption as RedemptionRow
from campaigns.models import Voucher as VoucherRow
from tests.factories_campaigns import code_of
from tests.factories_redemptions import preview, printed_code, redeem_held, slip_of
from tests.month.stage import Stage, act, flip, pick, sometimes
from tests.month.things import No, Redemption, Store, Voucher

BILLS = st.sampled_from([90, 100, 333, 650, 1200, 2500, 6000])
HOLD = timedelta(minutes=3)


class Counters(Stage):
    @act(
        weight=5,
        when=lambda self: self.month.vouchers,
        which=pick, shop=flip, bill=BILLS, how=st.sampled_from(["shown", "typed", "printed"]),
        crash=sometimes(once_in=4), again=flip,
    )  # fmt: skip
    def redeem(self, which: int, shop: bool, bill: int, how: str, crash: bool, again: bool) -> None:
        voucher, store = self.likely(which, self.month.vouchers, self._usable), self.month.stores[shop]
        order, by, code = f"A-{self.number()}", self.scene.shops[shop].cashier, ""
        if how != "shown":
            got = self.both(lambda: voucher.require_usable(self.now), lambda: self._other_code(voucher, how))
            if got is None:
                return
            code = got[1]
        done = self.door(
            by,
            lambda: self.month.redeem(voucher, store, bill, self.now),
            lambda _: services.redeem(
                by=by, code=code or self._code(voucher), bill_fen=bill, order_no=order, now=self.now
            ),
            crash=crash,
            again=again,
        )
        if done:
            self._redeemed(done[0], RedemptionRow.objects.get(pk=UUID(done[1])))

    @act(
        weight=2,
        when=lambda self: self.month.vouchers,
        which=pick,
        shop=flip,
        bill=BILLS,
        end=st.sampled_from(["paid", "let go", "forgotten"]),
    )
    def hold(self, which: int, shop: bool, bill: int, end: str) -> None:
        """While one counter holds the voucher, no other gets it; a hold that is let go or forgotten costs nothing."""
        voucher, store = self.likely(which, self.month.vouchers, self._usable), self.month.stores[shop]
        by, order = self.scene.shops[shop].cashier, f"H-{self.number()}"
        shown: dict[str, Any] = {"bill_fen": bill, "order_no": order, "now": self.now}
        done = self.both(lambda: self._priced(voucher, store, bill), lambda: preview(by, self._row(voucher), **shown))
        if done is None:
            return
        assert done[1].quote.discount_fen == done[0]
        held = preview(by, self._row(voucher), **shown, hold=True)
        self._nobody_else_gets(voucher)
        match end:
            case "paid":
                row = redeem_held(by, held, self.now)
                assert redeem_held(by, held, self.now).pk == row.pk
                self._redeemed(self.month.redeem(voucher, store, bill, self.now), row)
            case "let go":
                self.both(lambda: None, lambda: services.release(by=by, hold_id=held.hold.pk, now=self.now))
                self.both(lambda: _no("voucher_hold_ended"), lambda: redeem_held(by, held, self.now))
            case _:
                self.now += HOLD
                over = lambda: voucher.require_usable(self.now) or _no("voucher_hold_ended")  # noqa: E731
                self.both(over, lambda: redeem_held(by, held, self.now))

    @act(
        weight=2,
        when=lambda self: self.month.redemptions,
        which=pick,
        part=st.sampled_from([1, 1, 2, 3, 0]),
        crash=sometimes(once_in=4),
        again=flip,
    )
    def give_back(self, which: int, part: int, crash: bool, again: bool) -> None:
        """All of what was paid, a half, a third, or nothing."""
        redemption = self.likely(which, self.month.redemptions, lambda each: each.refunded < each.payable)
        refund = redemption.payable // part if part else 0
        by = self._cashier_of(redemption.store)
        self.door(
            by,
            lambda: self.month.give_back(redemption, refund, self.now),
            lambda _: services.give_back(by=by, redemption_id=redemption.pk, refund_fen=refund, now=self.now),
            crash=crash,
            again=again,
        )

    @act(shop=flip, active=sometimes(once_in=3).map(lambda suspended: not suspended))
    def suspend_or_reinstate(self, shop: bool, active: bool) -> None:
        store = self.month.stores[shop]
        verb = merchants.reinstate if active else merchants.suspend
        self.both(lambda: None, lambda: verb(by="op", merchant_id=store.merchant, reason="核查", now=self.now))
        store.active = active

    def _usable(self, voucher: Voucher) -> bool:
        return voucher.status == "claimed" and self.now < voucher.expires_at

    def _priced(self, voucher: Voucher, store: Store, bill: int) -> int:
        store.require_active()
        return self.month.quote(voucher, bill, self.now)

    def _nobody_else_gets(self, voucher: Voucher) -> None:
        for store, shop in zip(self.month.stores, self.scene.shops, strict=True):
            no = "voucher_held" if store.active else "merchant_suspended"
            asked = {"bill_fen": 6000, "order_no": f"X-{self.number()}", "now": self.now}
            self.both(lambda no=no: _no(no), lambda shop=shop, asked=asked: services.redeem(
                by=shop.cashier, code=self._code(voucher), **asked))  # fmt: skip

    def _redeemed(self, expected: Redemption, row: RedemptionRow) -> None:
        expected.pk = row.pk
        found = (row.discount_fen, row.payable_fen, row.released_fen)
        assert found == (expected.discount, expected.payable, expected.released)

    def _row(self, voucher: Voucher) -> VoucherRow:
        return VoucherRow.objects.get(pk=voucher.pk)

    def _code(self, voucher: Voucher) -> str:
        return code_of(self._row(voucher), self.now)

    def _other_code(self, voucher: Voucher, how: str) -> str:
        if how == "printed":
            return printed_code(slip_of(self._row(voucher), self.scene.desk, self.now), self.now)
        return services.issue_typed(by=self.owner_of(voucher.who), voucher_id=voucher.pk, now=self.now).code

    def _cashier_of(self, store: Store) -> User:
        return self.scene.shops[self.month.stores.index(store)].cashier


def _no(code: str) -> None:
    raise No(code)
