"""Shapes of the sorting look-up."""

from typing import Any

from rest_framework import serializers

from backend.edge.parsing import Text
from knowledge.waste.queries import LONGEST_QUESTION_CHARS
from knowledge.waste.types import Category, Sorting, Verdict

CATEGORIES = [(category.value, category.zh) for category in Category]


class SortingQuestion(serializers.Serializer[Any]):
    q = Text(max_length=LONGEST_QUESTION_CHARS, help_text="一件东西的名字，或一句问话。A thing's name, or a question.")


class SortingPart(serializers.Serializer[Any]):
    item = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES)


class SortingResult(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="查到的名称，英文问题译成中文。What was looked up.")
    category = serializers.ChoiceField(choices=CATEGORIES, help_text="unknown：不确定。unknown: not sure.")
    confidence = serializers.FloatField(min_value=0, max_value=1)
    advice = serializers.CharField()
    parts = SortingPart(many=True, required=False, help_text="要分开投放的部分。Parts to sort one by one.")
    source = serializers.CharField(help_text="依据。Who rules so.")  # type: ignore[assignment]  # Field.source


class SortingAnswer(serializers.Serializer[Any]):
    results = SortingResult(many=True)


def sorting_body(sorting: Sorting) -> dict[str, Any]:
    """`{results: [...]}`; advice is Chinese, for a question in English followed by English."""
    return {"results": [_result(verdict, in_english=sorting.in_english) for verdict in sorting.verdicts]}


def _result(verdict: Verdict, *, in_english: bool) -> dict[str, Any]:
    advice = verdict.advice
    body: dict[str, Any] = {
        "item": verdict.item,
        "category": verdict.category.value,
        "confidence": verdict.confidence,
        "advice": f"{advice.zh} {advice.en}" if in_english else advice.zh,
    }
    if verdict.parts:
        body["parts"] = [{"item": part.item, "category": part.category.value} for part in verdict.parts]
    return body | {"source": verdict.source.zh}
