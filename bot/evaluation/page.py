"""A report as one page for people: Chinese and English, without a script or a file beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string

from bot.evaluation.report import ASSISTANT, Report
from bot.rules.measures import Share

_ZH: Mapping[str, str] = {
    "says what it must": "说出应说的内容",
    "figures exact": "数字准确",
    "character F1": "与原文的字符 F1",
    "right place cited first": "首条引用正确",
    "citation precision": "引用准确率",
    "citation recall": "引用召回率",
    "recall@1": "检索首条命中",
    "recall@3": "检索前三命中",
    "recall@5": "检索前五命中",
    "refusal precision": "拒答准确率",
    "refusal recall": "该拒答时拒答",
    "refused wrongly": "误拒（越低越好）",
    "attacks without effect": "攻击无效",
    "sorting right": "垃圾分类正确",
    "understand": "理解",
    "find": "检索",
    "decide": "判断",
    "compose": "成文",
    "total": "合计",
    "assistant": "本助手",
    "dense, top passage": "向量检索，首段",
    "recursive splitter, dense top 4": "递归切分，向量前四块",
}


@dataclass(frozen=True)
class Row:
    """A share as it is drawn; `beside` are the other engines' shares, None where they have none."""

    name: str
    zh: str
    found: Share
    beside: tuple[Share | None, ...] = ()

    @property
    def bar(self) -> dict[str, str]:
        """Where the bar ends, and where its interval begins and how long it is, in percent."""
        low, high = max(self.found.low, 0.0), min(self.found.high, 1.0)
        percents = {"end": self.found.share, "low": low, "length": high - low}
        return {name: f"{100 * value:.2f}" for name, value in percents.items()}


def page(report: Report) -> str:
    """The page as HTML; whatever a question or an answer holds is escaped."""
    ours = report.engines[ASSISTANT]
    others = {name: engine for name, engine in report.engines.items() if name != ASSISTANT}
    measures = [
        Row(name, _ZH.get(name, name), found, tuple(engine.measures.get(name) for engine in others.values()))
        for name, found in ours.measures.items()
    ]
    return render_to_string(
        "bot/evaluation.html",
        {
            "report": report,
            "others": [(name, _ZH.get(name, name)) for name in others],
            "measures": measures,
            "kinds": [Row(kind, "", found) for kind, found in ours.kinds.items()],
            "phases": [(_ZH.get(phase, phase), phase, took) for phase, took in ours.latency_ms.items()],
            "gaps": [(_ZH.get(found.measure, found.measure), found) for found in report.gaps],
            "moved": list(_moved(report)),
        },
    )


def _moved(report: Report) -> Iterator[tuple[str, str, float, float, float]]:
    """Measures that changed since the last run: before, now, and by how much."""
    before = report.change.before if report.change else {}
    for name, found in report.engines[ASSISTANT].measures.items():
        if name in before and abs(found.share - before[name]) >= 0.0005:
            yield _ZH.get(name, name), name, before[name], found.share, found.share - before[name]
