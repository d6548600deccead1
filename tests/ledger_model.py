"""The ledger in a page of plain Python: lists of lots, no database. The real one must give every same reply."""

from dataclasses import dataclass, field
from datetime import datetime


class No(Exception):
    """The model refuses."""


@dataclass
class Lot:
    number: int
    left: int
    earned_at: datetime
    expires_at: datetime
    parent: "Lot | None" = None


@dataclass
class Spend:
    """A spend and what it took, in order; `undone` is how much of it was reversed."""

    who: str
    parts: list[tuple[Lot, int]]
    undone: int = 0

    @property
    def amount(self) -> int:
        return sum(units for _, units in self.parts)


@dataclass
class Held:
    who: str
    parts: list[tuple[Lot, int]]
    expires_at: datetime
    open: bool = True

    @property
    def amount(self) -> int:
        return sum(units for _, units in self.parts)


@dataclass
class Model:
    """One programme and its people."""

    budget: int
    lots: dict[str, list[Lot]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    spends: list[Spend] = field(default_factory=list)
    issues: list[Lot] = field(default_factory=list)
    redeemed: int = 0
    expired: int = 0
    numbers: int = 0

    def issue(self, who: str, amount: int, now: datetime, expires_at: datetime) -> None:
        if amount > self.budget:
            raise No("budget")
        self.budget -= amount
        self._expire(who, now)
        self.issues.append(self._lot(who, amount, now, expires_at))

    def spend(self, who: str, amount: int, now: datetime) -> None:
        self.spends.append(Spend(who, self._take(who, amount, now)))
        self.redeemed += amount

    def move(self, who: str, to: str, amount: int, now: datetime) -> None:
        for lot, units in self._take(who, amount, now):
            self._lot(to, units, lot.earned_at, lot.expires_at, lot)

    def hold(self, who: str, amount: int, now: datetime, expires_at: datetime) -> None:
        self.held.append(Held(who, self._take(who, amount, now), expires_at))

    def post(self, index: int, amount: int, now: datetime) -> None:
        hold = self.held[index]
        if not hold.open or now >= hold.expires_at:
            raise No("ended")
        hold.open = False
        self.redeemed += amount
        self._give_back(hold, hold.amount - amount)

    def void(self, index: int) -> None:
        hold = self.held[index]
        if not hold.open:
            raise No("ended")
        hold.open = False
        self._give_back(hold, hold.amount)

    def time_out(self, now: datetime) -> None:
        for index, hold in enumerate(self.held):
            if hold.open and hold.expires_at <= now:
                self.void(index)

    def reverse(self, index: int, amount: int) -> None:
        """Gives a part of a spend back to the lots that it took last."""
        spend = self.spends[index]
        if spend.undone + amount > spend.amount:
            raise No("over")
        skip, left = spend.undone, amount
        for lot, units in reversed(spend.parts):
            passed = min(skip, units)
            back = min(units - passed, left)
            lot.left += back
            skip, left = skip - passed, left - back
        spend.undone += amount
        self.redeemed -= amount

    def expire(self, now: datetime) -> None:
        for who in self.lots:
            self._expire(who, now)

    def balance(self, who: str, now: datetime) -> int:
        return sum(lot.left for lot in self.lots.get(who, []) if lot.expires_at > now)

    def outstanding(self) -> int:
        in_lots = sum(lot.left for lots in self.lots.values() for lot in lots)
        return in_lots + sum(hold.amount for hold in self.held if hold.open)

    def _lot(self, who: str, amount: int, earned: datetime, expires: datetime, parent: Lot | None = None) -> Lot:
        self.numbers += 1
        lot = Lot(self.numbers, amount, earned, expires, parent)
        self.lots.setdefault(who, []).append(lot)
        return lot

    def _expire(self, who: str, now: datetime) -> None:
        for lot in self.lots.get(who, []):
            if lot.expires_at <= now:
                self.expired += lot.left
                lot.left = 0

    def _take(self, who: str, amount: int, now: datetime) -> list[tuple[Lot, int]]:
        if self.balance(who, now) < amount:
            raise No("short")
        self._expire(who, now)
        parts = []
        for lot in sorted(self.lots[who], key=lambda lot: (lot.expires_at, lot.earned_at, lot.number)):
            units = min(lot.left, amount)
            if units:
                lot.left -= units
                amount -= units
                parts.append((lot, units))
        return parts

    def _give_back(self, hold: Held, amount: int) -> None:
        """Back into the lots that it came from, the last of them first."""
        for lot, units in hold.parts[::-1]:
            back = min(units, amount)
            lot.left += back
            amount -= back
