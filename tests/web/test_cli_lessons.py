"""The life of a lesson on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.web import lives
from tests.web.commands import kb
from tests.web.lives import LESSON, OTHER, TEMPLATE
from web.wiring import Services


@pytest.fixture
def data(services: Services) -> Path:
    lives.fill(services)
    return services.settings.data


def told(data: Path, *arguments: str, who: str = "Anna") -> Any:
    return json.loads(kb(data, "--as", who, "lesson", *arguments, "--json").stdout)


def said(data: Path, *arguments: str, who: str = "Anna", code: int = 0) -> str:
    done = kb(data, "--as", who, "lesson", *arguments, code=code)
    return done.stdout if code == 0 else done.stderr


def test_a_lesson_is_learned_on_the_command_line(data: Path) -> None:
    assert "needs a reason" in said(data, "move", LESSON)
    assert "give a reason" in said(data, "move", LESSON, "return", code=1)
    assert "none of submit" in said(data, "move", LESSON, "fly", code=1)
    assert told(data, "move", LESSON, "endorse", who="Bert")["status"] == "endorsed"
    assert [one["item"]["ref"] for one in told(data, "queue", "--status", "endorsed")["lessons"]] == [LESSON]
    assert f"{OTHER}  Late cables" in said(data, "queue")
    made = told(
        data, "action", "add", LESSON, "Ask for the day", "--target", "template", "--owner", "Anna",
        "--due", "2026-06-30",
    )  # fmt: skip
    number = str(made["id"])
    assert (made["due"], made["state"]) == ("2026-06-30", "open")
    assert "Ask for the day · Anna" in said(data, "action", "list", "--owner", "Anna")

    assert [one["text"] for one in told(data, "change", "paragraphs", TEMPLATE)][1] == "Delivery: the week."
    to = ("--paragraph", "2", "--to", "Delivery: the day.")
    change = str(told(data, "change", "propose", number, TEMPLATE, *to)["id"])
    assert "[-week-]{+day+}" in said(data, "change", "show", change)
    assert told(data, "change", "accept", change, who="Edith")["version"] == 2
    assert told(data, "change", "list") == []
    assert [one["state"] for one in told(data, "change", "list", TEMPLATE)] == ["accepted"]
    assert "{+day+}" in said(data, "compare", TEMPLATE, "1", "2")
    found = kb(data, "search", "delivery day", "--json").stdout
    assert TEMPLATE in [hit["item"]["ref"] for hit in json.loads(found)["hits"]]

    assert "other than" in said(data, "action", "validate", number, code=1)
    assert told(data, "action", "validate", number, "Seen.", who="Bert")["validated_by"] == "Bert"
    said(data, "comment", LESSON, "It", "works.")
    assert told(data, "move", LESSON, "learn", who="Bert")["status"] == "learned"
    assert [one["what"] for one in told(data, "history", LESSON)][-2:] == ["Comment", "Declared learned"]
    assert "Comment: It works." in said(data, "history", LESSON)


def test_relations_are_noted_on_the_command_line(data: Path) -> None:
    said(data, "relate", LESSON, "supports", OTHER, "--note", "The same year.")
    [related] = told(data, "relations", OTHER)
    assert (related["item"]["ref"], related["outgoing"], related["author"]) == (LESSON, False, "Anna")
    assert f"{OTHER}  Late cables" in said(data, "relations", LESSON)
    said(data, "part", LESSON, "supports", OTHER)
    assert told(data, "relations", LESSON) == []
    assert "no item 'L-9'" in said(data, "relate", LESSON, "supports", "L-9", code=1)
