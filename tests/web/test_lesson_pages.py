"""The life of lessons on pages, with forms alone."""

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from kb.access import local_user
from kb.database import transaction
from kb.life import actions, changes, lessons
from kb.life.lifecycle import Move
from kb.vocabulary import Status, Target
from tests.web import lives
from tests.web.lives import LESSON, OTHER, TEMPLATE, People
from tests.web.test_pages import one, opened
from web.life import standing
from web.wiring import Services

ITEM = f"/items/{LESSON}"


@pytest.fixture
def people(services: Services) -> Iterator[People]:
    lives.fill(services)
    with lives.people(services) as found:
        yield found


@pytest.fixture
def asked(services: Services, people: People) -> People:
    """The lesson is in action and asks for a change."""
    anna, bert = local_user("Anna"), local_user("Bert")
    with transaction(services.sessions) as session:
        lessons.move(session, bert, LESSON, Move.ENDORSE)
        number = actions.add(session, anna, LESSON, what="Ask <b>", target=Target.TEMPLATE, owner="Anna")
        changes.propose(
            session,
            anna,
            number,
            TEMPLATE,
            present="Delivery: the week.",
            proposed="Delivery: <i>the day</i>.",
        )
    return people


def send(who: TestClient, form: Tag, **said: str) -> str:
    """Send *form* as a browser does; where it leads."""
    hidden = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}
    button = one(form, "button")
    pressed = {str(button["name"]): str(button["value"])} if button.get("name") else {}
    required = {str(field["name"]) for field in form.select("[required]")}
    assert required <= said.keys()
    answer = who.post(str(form["action"]), data={**hidden, **pressed, **said})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def form(page: BeautifulSoup, words: str) -> Tag:
    """The form whose button says *words*."""
    [found] = [form for form in page.select("main form") if form.button and form.button.get_text() == words]
    return found


def stages(page: BeautifulSoup) -> list[str]:
    return [stage.get_text(" ", strip=True) for stage in page.select(".stages li")]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.DRAFT, "draft now; submitted ahead; endorsed ahead; in_action ahead; learned ahead"),
        (Status.LEARNED, "draft passed; submitted passed; endorsed passed; in_action passed; learned now"),
        (
            Status.RETURNED,
            "draft passed; submitted passed; returned now; endorsed ahead; in_action ahead; learned ahead",
        ),
        (Status.REJECTED, "draft passed; submitted passed; rejected now"),
    ],
)
def test_the_way_of_a_lesson_shows_where_it_is(status: Status, expected: str) -> None:
    assert "; ".join(f"{one.status} {one.place}" for one in standing.stages(status)) == expected


def test_a_lesson_is_returned_answered_and_endorsed(people: People) -> None:
    page = opened(people.bert, ITEM)
    assert stages(page)[1] == "Submitted now"
    assert one(page, "[aria-current=step]").get_text().startswith("Submitted")
    assert (
        send(people.bert, form(page, "Return with a question"), reason="Which pumps?") == f"{ITEM}#standing"
    )
    page = opened(people.anna, ITEM)
    assert "Returned now" in stages(page)
    assert "Which pumps?" in one(page, "#history").get_text()
    send(people.anna, form(page, "Add the comment"), text="The fire pumps.")
    send(people.anna, form(opened(people.anna, ITEM), "Submit for review"))
    send(people.bert, form(opened(people.bert, ITEM), "Endorse"))
    told = [entry.get_text(" ", strip=True) for entry in opened(people.anna, ITEM).select(".events li")]
    assert [entry.split(",")[0] for entry in told] == [
        "Version 1 local",
        "Returned with a question Submitted → Returned Bert",
        "Comment Anna",
        "Submitted for review Returned → Submitted Anna",
        "Endorsed Submitted → Endorsed Bert",
    ]


def test_an_action_is_added_finished_and_validated_by_another(people: People) -> None:
    send(people.bert, form(opened(people.bert, ITEM), "Endorse"))
    added = form(opened(people.anna, ITEM), "Add the action")
    place = send(
        people.anna, added, what="Ask for the day", target="template", owner="Anna", due="2026-01-31"
    )
    assert place == f"{ITEM}#action-1"
    page = opened(people.anna, ITEM)
    assert "overdue" in one(page, "#action-1").get_text()
    assert not [f for f in page.select("main form") if f.button and f.button.get_text() == "Validate"]
    mine = opened(people.anna, "/lessons")
    assert "Ask for the day" in one(mine, ".acts").get_text()
    assert not opened(people.bert, "/lessons").select(".acts")
    assert "Ask for the day" in one(opened(people.bert, "/lessons/actions"), ".acts").get_text()
    send(people.anna, form(page, "Finish"), text="Version 2 of the form.")
    assert "Validate" not in one(opened(people.anna, ITEM), "#action-1").get_text()
    send(people.bert, form(opened(people.bert, ITEM), "Validate"), text="Two orders came in time.")
    assert "validated by Bert" in one(opened(people.anna, ITEM), "#action-1").get_text(" ", strip=True)
    send(people.bert, form(opened(people.bert, ITEM), "Declare learned"))
    assert stages(opened(people.anna, ITEM))[-1] == "Learned now"


def test_a_change_is_proposed_step_by_step_and_accepted(people: People) -> None:
    send(people.bert, form(opened(people.bert, ITEM), "Endorse"))
    send(
        people.anna,
        form(opened(people.anna, ITEM), "Add the action"),
        what="Ask for the day",
        owner="Anna",
        target="template",
    )
    first = str(one(opened(people.anna, ITEM), "a[href$=propose]")["href"])
    assert one(opened(people.anna, first), "input[name=target]")["value"] == ""
    second = opened(people.anna, f"{first}?target={TEMPLATE}")
    [link] = [link for link in second.select("ol a") if "Delivery: the week." in link.get_text()]
    third = opened(people.anna, str(link["href"]))
    assert one(third, "textarea").get_text().strip() == "Delivery: the week."
    where = send(people.anna, form(third, "Propose the change"), proposed="Delivery:\r\nthe day.")
    assert "1 lesson pending" in one(opened(people.edith, f"/items/{TEMPLATE}"), ".notice").get_text()
    page = opened(people.edith, where)
    assert page.select(".differing del")[-1].get_text() == "[removed: week]"
    send(people.edith, form(page, "Accept"))
    decided = opened(people.anna, where)
    assert "accepted by Edith" in one(decided, "dl").get_text(" ", strip=True)
    assert not decided.select("main form")
    target = opened(people.anna, f"/items/{TEMPLATE}")
    assert not target.select(".notice")
    assert "the day. (Lesson L-1)" in one(target, ".prose").get_text()
    difference = opened(people.anna, str(target.select("#history a[href*=compare]")[0]["href"]))
    assert "[added: " in one(difference, ".differing").get_text()


def test_a_change_is_rejected_with_a_reason(asked: People) -> None:
    page = opened(asked.edith, "/lessons/changes/1")
    assert asked.edith.post("/lessons/changes/1/reject", data={"reason": " "}).status_code == 400
    send(asked.edith, form(page, "Reject"), reason="The form is for goods.")
    assert "The form is for goods." in one(opened(asked.anna, "/lessons/changes/1"), "main").get_text()
    listed = opened(asked.anna, "/lessons/changes")
    assert "rejected" in one(listed, "section[aria-labelledby=decided]").get_text()


def test_relations_are_added_and_removed(people: People) -> None:
    added = form(opened(people.anna, ITEM), "Add the relation")
    send(people.anna, added, link="supports", other=f" {OTHER} ", note="The same year.")
    assert "Supported by" in one(opened(people.anna, f"/items/{OTHER}"), "#relations").get_text()
    page = opened(people.anna, ITEM)
    assert "Supports Late cables" in one(page, "#relations .what").get_text(" ", strip=True)
    send(people.anna, form(page, "Remove the relation to Late cables"))
    assert "None is noted" in one(opened(people.anna, ITEM), "#relations").get_text()


def test_the_overview_counts_and_filters(asked: People) -> None:
    page = opened(asked.bert, "/lessons")
    shelves = [shelf.get_text(" ", strip=True) for shelf in page.select(".shelf")]
    assert shelves == ["Submitted 1", "In action 1"]
    assert [row.a["href"] for row in page.select("tbody tr") if row.a] == [
        f"/items/{OTHER}#standing",
        f"/items/{LESSON}#standing",
    ]
    assert "Change 1 to Order form" in page.get_text()
    link = next(shelf for shelf in page.select(".shelf") if "In action" in shelf.get_text())
    chosen = opened(asked.bert, str(link["href"]))
    assert [row.a["href"] for row in chosen.select("tbody tr") if row.a] == [f"/items/{LESSON}#standing"]
    assert "no page 9" in opened(asked.bert, "/lessons?page=9").get_text()
    assert one(page, "nav.jobs a[aria-current]")["href"] == "/lessons"


PAGES = [
    "/lessons",
    "/lessons?status=in_action",
    "/lessons/actions",
    "/lessons/actions?owner=Anna",
    "/lessons/actions/1/propose",
    f"/lessons/actions/1/propose?target={TEMPLATE}",
    f"/lessons/actions/1/propose?target={TEMPLATE}&paragraph=2",
    "/lessons/changes",
    "/lessons/changes/1",
    ITEM,
    f"/items/{TEMPLATE}",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole(asked: People, address: str) -> None:
    page = opened(asked.anna, address)
    assert len(page.find_all("h1")) == 1
    assert not page.select("[style], style, script:not([src]), main i, main b")
    fields = page.select("input:not([type=hidden]), textarea, select")
    assert all(page.select(f"label[for={field['id']}]") for field in fields)
    named = [str(tag["id"]) for tag in page.select("[id]")]
    assert len(named) == len(set(named))
    for link in {str(link["href"]) for link in page.find_all("a")}:
        path, _, anchor = link.partition("#")
        answer = asked.anna.get(path or address)
        assert answer.status_code == 200, link
        assert not anchor or BeautifulSoup(answer.text, "html.parser").find(id=anchor), link


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/lessons/changes/9", 404),
        ("/lessons/actions/9/propose", 404),
        ("/lessons/actions/1/propose?target=T-9", 404),
        (f"/lessons/actions/1/propose?target={TEMPLATE}&paragraph=9", 404),
        ("/lessons?status=lost", 422),
        (f"{ITEM}/versions/1/compare/2", 404),
    ],
)
def test_what_is_not_there_is_said(asked: People, address: str, status: int) -> None:
    assert one(opened(asked.anna, address, status), ".fault").get_text().strip()


def test_a_day_that_is_none_is_refused(asked: People) -> None:
    said = {"what": "x", "target": "tool", "owner": "Anna", "due": "tomorrow"}
    answer = asked.anna.post(f"{ITEM}/actions", data=said)
    assert answer.status_code == 400
    assert "is not a date" in answer.text
