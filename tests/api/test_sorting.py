"""The sorting look-up at the door: open to all, typed refusals, no database; and the command beside it."""

import io
import json
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from knowledge.waste.types import Category
from tests.api.clients import client_of, problem

# Without the database mark: a query would fail the test.


def look_up(**query):
    return client_of().get("sorting", query)


def test_a_thing_is_looked_up_without_login():
    response = look_up(q="大骨头")
    assert response.status_code == 200
    assert response.json() == {
        "results": [
            {
                "item": "大骨头",
                "category": "other",
                "confidence": 0.99,
                "advice": "大骨头难以粉碎和降解，投其他垃圾；小骨、鱼骨是厨余垃圾。",
                "source": "重庆市城市管理局2025年6月17日答复",
            }
        ]
    }


def test_parts_and_several_things():
    (cup,) = look_up(q="喝完的奶茶连杯子怎么扔").json()["results"]
    assert {part["category"] for part in cup["parts"]} == {"kitchen", "other"}
    results = look_up(q="旧报纸和废电池").json()["results"]
    assert [result["category"] for result in results] == ["recyclable", "hazardous"]


def test_an_english_question_gets_english_too():
    (found,) = look_up(q="Where do I throw a syringe?").json()["results"]
    assert found["category"] == "special"
    assert "needles" in found["advice"]
    assert "社区卫生服务中心" in found["advice"]


def test_what_is_not_known_is_said():
    (found,) = look_up(q="量子纠缠的哲学意义").json()["results"]
    assert (found["category"], found["confidence"]) == ("unknown", 0.0)


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "  "}, {"q": "瓶" * 201}, {"q": "a\u0000b"}, {"q": "a\u202eb"}])
def test_bad_questions_are_refused(query):
    problem(look_up(**query), 400, "invalid_request")


def test_nothing_is_written_by_it():
    assert client_of().post("sorting", {"q": "报纸"}).status_code == 405


def run(lines, *arguments):
    out = io.StringIO()
    with patch("sys.stdin", io.StringIO(lines)):
        call_command("sort_waste", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_answers_line_by_line_under_the_given_ids():
    asked = [
        {"id": 7, "item": "大骨头"},
        {"id": "b", "item": "煤气罐"},
        {"id": None, "item": "asdf"},
        {"id": 3, "item": ""},
    ]
    answers = [json.loads(line) for line in run("\n\n".join(json.dumps(one) for one in asked), "--jsonl")]
    assert [(answer["id"], answer["item"], answer["category"]) for answer in answers] == [
        (7, "大骨头", "other"),
        ("b", "煤气罐", "special"),
        (None, "asdf", "unknown"),
        (3, "", "unknown"),
    ]
    assert all(list(answer) == ["id", "item", "category", "confidence", "advice"] for answer in answers)
    assert {answer["category"] for answer in answers} <= {category.value for category in Category}


@pytest.mark.parametrize("line", ["not json", "[]", '{"id": 1}', '{"id": 1, "item": 5}'])
def test_the_command_names_the_line_that_it_cannot_read(line):
    with pytest.raises(CommandError, match="line 2"):
        run('{"id": 1, "item": "报纸"}\n' + line, "--jsonl")


def test_the_command_speaks_to_people_too():
    (line,) = run("", "大骨头")
    assert "其他垃圾" in line
    with pytest.raises(CommandError):
        run("")
