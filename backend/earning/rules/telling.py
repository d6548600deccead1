"""Why an act earned what it earned, and what would have earned more, in two languages."""

from backend.earning.rules.awards import period_of
from backend.earning.rules.terms import FULL_BP
from backend.earning.types import ACTIVITIES, Act, CapCounts, Grade, RuleTerms, Unit, Working

Words = tuple[str, str]  # Chinese, English
UNITS: dict[Unit, Words] = {
    Unit.TIME: ("次", "time(s)"),
    Unit.GRAM: ("克", "g"),
    Unit.METRE: ("米", "m"),
    Unit.STEP: ("步", "steps"),
    Unit.FEN: ("分钱", "fen"),
}
GRADES: dict[Grade, Words] = {
    Grade.OPERATOR_FEED: ("运营方数据", "operator's data"),
    Grade.ATTENDED: ("现场称重", "attended weighing"),
    Grade.DEVICE: ("设备数据", "device"),
    Grade.ROTATING_CODE: ("动态码", "rotating code"),
    Grade.CONFIRMED: ("商户或组织者确认", "confirmed by the shop or organiser"),
    Grade.PRINTED_CODE_IN_PLACE: ("张贴码，位置相符", "printed code, position agrees"),
    Grade.PHOTO: ("照片", "photo"),
    Grade.SELF_DECLARED: ("自行申报", "self-declared"),
    Grade.PRINTED_CODE_ELSEWHERE: ("张贴码，位置不符", "printed code, position differs"),
}


def why(terms: RuleTerms, act: Act) -> Words:
    """One line for the journal: what was done, and under which version of the rule."""
    info = ACTIVITIES[act.activity]
    zh, en = act.label_zh or info.zh, act.label_en or info.en
    return f"{zh}（规则第{terms.version}版）"[:200], f"{en} (rule version {terms.version})"[:200]


def steps(working: Working, unit: Unit) -> list[Words]:
    """The sum, step by step: rate, grade, boost, caps. Each line is a fact of the award's record."""
    zh_unit, en_unit = UNITS[unit]
    rate = working.rate
    found = [
        (
            f"{working.amount} {zh_unit}，每 {rate.per} {zh_unit} {rate.points} 分",
            f"{working.amount} {en_unit} at {rate.points} points per {rate.per} {en_unit}",
        )
    ]
    if working.factor_bp != FULL_BP:
        share = f"{working.factor_bp / 100:g}%"
        found.append((f"凭证等级折算 {share}", f"evidence grade counts {share}"))
    if working.boost_bp != FULL_BP:
        times = f"{working.boost_bp / FULL_BP:g}"
        found.append((f"活动加成 ×{times}", f"campaign boost ×{times}"))
    if working.points < working.before_caps:
        found.append(
            (
                f"已达上限，{working.before_caps} 分计 {working.points} 分",
                f"capped: {working.points} of {working.before_caps} points",
            )
        )
    return [*found, (f"共 {working.points} 分", f"{working.points} points")]


def more(terms: RuleTerms, act: Act, working: Working | None) -> list[Words]:
    """What would have earned more: stronger evidence, or coming back when the caps that cut it start anew."""
    mine = terms.grades[act.grade].factor_bp
    better = {grade: each for grade, each in terms.grades.items() if each.factor_bp > mine}
    found = [
        (
            f"凭证为“{GRADES[grade][0]}”时按 {each.factor_bp / 100:g}% 计",
            f"{GRADES[grade][1]}: {each.factor_bp / 100:g}%",
        )
        for grade, each in better.items()
    ]
    if working and working.points < working.before_caps:
        for cap in terms.caps:
            if cap.counts is not CapCounts.TIMES:
                at = period_of(cap.period, act.at)[1]
                found.append((f"上限于 {at:%m月%d日 %H:%M} 重置", f"the cap starts anew at {at:%m-%d %H:%M}"))
    return found
