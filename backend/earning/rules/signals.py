"""Fraud signals: each a pure function over a small window of facts, with a score, a threshold and an explanation.

A signal accuses nobody: what it finds is looked at by a person before it is paid. The thresholds are generous towards
the honest; `manage.py scan_signals --rehearse` counts what they find and whom they trouble.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from math import exp, sqrt
from statistics import median
from uuid import UUID

from backend.earning.rules.places import distance_m
from backend.earning.types import Finding, Receipts, Regulars, SignalKind, Typical, Visit

ACTS_AN_HOUR = 10  # different moments within an hour, whatever the activity
ACTS_A_DAY = 25
ACCOUNTS_ON_A_DEVICE = 5  # one more than a household may share
FASTEST_KM_H = 80  # the metro between two stations, walking to the platforms not counted
NEAR_M = 400  # two stations this near are one place: positions are not exact
WAITING = timedelta(seconds=30)  # added to every journey, as clocks differ
HOPS_A_MONTH = 2
LEAST_LINES, LEAST_SUBJECTS = 30, 8
ROBUST_Z = 4.0
LEAST_SPREAD = 0.10  # in logarithms: stations that differ by a tenth are alike
LEAST_CONFIRMED = 60
TOP_THREE_SHARE = 0.45
LEAST_RECEIPTS = 30
JUST_ABOVE_Z = 4.0
USUAL_SHARE = 0.2  # of receipts within a quarter of an amount, above it by a twentieth at most: a tenth, and round sums

_MAD = 1.4826  # makes the median of absolute deviations the standard deviation of a normal spread


def velocity(visits: Iterable[Visit]) -> Finding | None:
    """More acts of one person within one hour than somebody does who does them."""
    times = len({each.at for each in visits})
    if times < ACTS_AN_HOUR:
        return None
    return _found(
        SignalKind.VELOCITY, times, ACTS_AN_HOUR, f"一小时内有 {times} 次行为", f"{times} acts within one hour"
    )


def busy_day(times: int) -> Finding | None:
    """More acts of one person on one day."""
    if times < ACTS_A_DAY:
        return None
    return _found(SignalKind.VELOCITY, times, ACTS_A_DAY, f"一天内有 {times} 次行为", f"{times} acts on one day")


def shared_device(accounts: int) -> Finding | None:
    """More accounts on one device than one household has people."""
    if accounts < ACCOUNTS_ON_A_DEVICE:
        return None
    return _found(
        SignalKind.SHARED_DEVICE, accounts, ACCOUNTS_ON_A_DEVICE,
        f"同一设备上有 {accounts} 个账户", f"{accounts} accounts on one device",
    )  # fmt: skip


def impossible_travel(before: Visit, after: Visit) -> Finding | None:
    """Two scans of one account at stations that nobody gets between in that time."""
    if before.place is None or after.place is None:
        return None
    metres = distance_m(before.place, after.place)
    seconds = (abs(after.at - before.at) + WAITING).total_seconds()
    km_h = metres / seconds * 3.6
    if metres < NEAR_M or km_h < FASTEST_KM_H:
        return None
    minutes = int(abs(after.at - before.at).total_seconds() // 60)
    return _found(
        SignalKind.IMPOSSIBLE_TRAVEL, km_h, FASTEST_KM_H,
        f"{minutes} 分钟内先后出现在相距 {metres} 米的两处", f"{metres} m apart within {minutes} minutes",
    )  # fmt: skip


def impossible_month(visits: Sequence[Visit]) -> Finding | None:
    """One account's scans in order of time: impossible again and again, so that one wrong clock is no signal."""
    hops = [found for pair in pairwise(visits) if (found := impossible_travel(*pair))]
    if len(hops) < HOPS_A_MONTH:
        return None
    worst = max(hops, key=lambda each: each.score)
    zh, en = f"{len(hops)} 次：如{worst.zh}", f"{len(hops)} times, such as {worst.en}"
    return _found(SignalKind.IMPOSSIBLE_TRAVEL, len(hops), HOPS_A_MONTH, zh, en)


def weight_outliers(typicals: Iterable[Typical]) -> dict[UUID, Finding]:
    """Who weighs heavier than the others do, material by material: a robust z-score of typical weights.

    The centre is the median of the others and the spread their median deviation, so that a few cheats do not hide
    themselves by moving either. Only upwards: a light scale harms nobody's budget.
    """
    by_material = defaultdict(list)
    for each in typicals:
        if each.lines >= LEAST_LINES:
            by_material[each.variant].append(each)
    worst: dict[UUID, Finding] = {}
    for material, group in by_material.items():
        for subject, found in _heavier(material, group):
            if subject not in worst or worst[subject].score < found.score:
                worst[subject] = found
    return worst


def few_people(regulars: Regulars) -> Finding | None:
    """A witness who confirms again and again for the same three people."""
    if regulars.times < LEAST_CONFIRMED:
        return None
    share = regulars.top_three / regulars.times
    if share < TOP_THREE_SHARE:
        return None
    return _found(
        SignalKind.FEW_PEOPLE, share, TOP_THREE_SHARE,
        f"{regulars.times} 次确认中 {share:.0%} 属于三个人（共 {regulars.people} 人）",
        f"{share:.0%} of {regulars.times} acts are of three people, out of {regulars.people}",
    )  # fmt: skip


def just_above(receipts: Receipts) -> Finding | None:
    """Receipts that crowd just above an amount worth reaching, far beyond what chance and round sums explain."""
    if receipts.around < LEAST_RECEIPTS:
        return None
    usual = receipts.around * USUAL_SHARE
    score = (receipts.just_above - usual) / sqrt(usual * (1 - USUAL_SHARE))
    if score < JUST_ABOVE_Z:
        return None
    yuan = receipts.threshold_fen / 100
    return _found(
        SignalKind.JUST_ABOVE, score, JUST_ABOVE_Z,
        f"{yuan:g} 元上下的 {receipts.around} 张小票中有 {receipts.just_above} 张刚过该金额",
        f"{receipts.just_above} of {receipts.around} receipts around {yuan:g} yuan are just above it",
    )  # fmt: skip


def _heavier(material: str, group: list[Typical]) -> Iterable[tuple[UUID, Finding]]:
    if len(group) < LEAST_SUBJECTS:
        return
    centre = median(each.mean_log_grams for each in group)
    spread = max(_MAD * median(abs(each.mean_log_grams - centre) for each in group), LEAST_SPREAD)
    for each in group:
        score = (each.mean_log_grams - centre) / spread
        if score >= ROBUST_Z:
            times = exp(each.mean_log_grams - centre)
            zh = f"{material}：通常重量是其他处的 {times:.1f} 倍（{each.lines} 次）"
            en = f"{material}: usually {times:.1f} times the weight of elsewhere ({each.lines} lines)"
            yield each.subject, _found(SignalKind.WEIGHT_OUTLIER, score, ROBUST_Z, zh, en)


def _found(kind: SignalKind, score: float, threshold: float, zh: str, en: str) -> Finding:
    return Finding(kind, round(float(score), 3), float(threshold), zh, en)
