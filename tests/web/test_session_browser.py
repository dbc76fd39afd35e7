"""A session held in real browsers: people see each other's notes, and no typed text is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.sessions import gatherings, notes
from kb.sessions.gatherings import GatheringDraft
from kb.sessions.notes import NoteDraft
from kb.vocabulary import SessionKind, SessionState
from tests.web.serving import running
from tests.web.test_browser import CONTRASTS, SCHEMES
from web.wiring import Services

WAIT = 20_000
"""Milliseconds; only so that a test that fails ends."""


@pytest.fixture
def code(services: Services) -> str:
    with transaction(services.sessions) as session:
        draft = GatheringDraft(SessionKind.STAGE_END, "Gate 2 of the harbour bridge", "Harbour bridge")
        return gatherings.arrange(session, LOCAL_USER, draft).code


@pytest.fixture
def room(services: Services, code: str) -> Iterator[str]:
    """The address of an open session."""
    with running(services) as address:
        yield f"{address}/s/{code}"


@pytest.fixture
def people(browser: Browser, room: str) -> Iterator[list[Page]]:
    """Anna at a laptop and Bert at a phone, both in the session."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    faults: list[str] = []
    for name, width in (("Anna", 1280), ("Bert", 390)):
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": "person", "value": name, "url": room}])
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(room)
        contexts.append(context)
        pages.append(page)
    yield pages
    for context in contexts:
        context.close()
    assert faults == []


def _write(page: Page, happened: str, differently: str = "Ask weekly.") -> None:
    page.fill("#happened", happened)
    page.fill("#differently", differently)


def _add(page: Page) -> None:
    page.get_by_role("button", name="Add the note").click()


def _notes(services: Services, code: str) -> list[str]:
    with services.sessions() as session:
        return sorted(note.happened for note in notes.board(session, LOCAL_USER, code).notes)


def _sees(page: Page, text: str) -> None:
    expect(page.locator("#board .note", has_text=text)).to_have_count(1, timeout=WAIT)


def test_two_people_see_each_others_notes_and_votes_without_reloading(people: list[Page]) -> None:
    anna, bert = people
    for page in people:
        page.evaluate("window.stayed = true")
    _write(anna, "Pumps came late.")
    _add(anna)
    _write(bert, "It rained.")
    _add(bert)
    for page in people:
        _sees(page, "Pumps came late.")
        _sees(page, "It rained.")
    bert.fill("#happened", "half typed")
    anna.locator(".note", has_text="It rained.").get_by_role("button", name="Vote").click()
    expect(bert.locator(".note", has_text="It rained.")).to_contain_text("1 vote", timeout=WAIT)
    assert bert.input_value("#happened") == "half typed"
    assert [page.evaluate("window.stayed") for page in people] == [True, True]


def test_what_is_typed_outlives_network_reload_and_the_page(
    people: list[Page], services: Services, code: str, room: str
) -> None:
    anna, bert = people
    _write(bert, "Typed before", "the network went")
    bert.context.set_offline(True)
    _write(bert, "Sent while", "the network was gone")
    _add(bert)
    expect(bert.locator("[data-outbox] li")).to_contain_text("Sent while")
    _write(bert, "Typed while", "it was still gone")
    assert _notes(services, code) == []
    bert.context.set_offline(False)
    _sees(anna, "Sent while")
    expect(bert.locator("[data-outbox] li")).to_have_count(0, timeout=WAIT)
    bert.reload()
    assert bert.input_value("#happened") == "Typed while"
    bert.close()
    again = bert.context.new_page()
    again.goto(room)
    assert (again.input_value("#happened"), again.input_value("#differently")) == (
        "Typed while",
        "it was still gone",
    )
    _add(again)
    _sees(anna, "Typed while")
    again.reload()
    assert again.input_value("#happened") == ""
    assert _notes(services, code) == ["Sent while", "Typed while"]


def test_a_note_whose_answer_was_lost_is_not_doubled(
    people: list[Page], services: Services, code: str
) -> None:
    anna, bert = people
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    bert.route("**/api/v1/sessions/*/notes", lose)
    _write(bert, "Arrived, but nobody said so.")
    _add(bert)
    expect(bert.locator("[data-outbox] li")).to_have_count(0, timeout=WAIT)
    _sees(anna, "Arrived, but nobody said so.")
    assert lost == [201]
    assert _notes(services, code) == ["Arrived, but nobody said so."]


def test_a_note_that_is_refused_comes_back_into_the_form(
    people: list[Page], services: Services, code: str
) -> None:
    _, bert = people
    _write(bert, "Said too late.")
    with transaction(services.sessions) as session:
        gatherings.change_state(session, LOCAL_USER, code, SessionState.CLOSED)
    expect(bert.locator("[data-message]")).to_contain_text("closed now", timeout=WAIT)
    _add(bert)
    expect(bert.locator("[data-outbox] li")).to_contain_text("This session is closed", timeout=WAIT)
    bert.get_by_role("button", name="Back into the form").click()
    assert bert.input_value("#happened") == "Said too late."
    bert.reload()
    expect(bert.locator("[data-outbox] li")).to_contain_text("Said too late.")
    with transaction(services.sessions) as session:
        gatherings.change_state(session, LOCAL_USER, code, SessionState.OPEN)
    bert.reload()
    bert.get_by_role("button", name="Back into the form").click()
    _add(bert)
    _sees(bert, "Said too late.")


def test_the_facilitator_sorts_and_makes_a_lesson_without_leaving(
    people: list[Page], services: Services, code: str
) -> None:
    with transaction(services.sessions) as session:
        for number, text in enumerate(("The pump supplier was late.", "Pumps of the supplier came late.")):
            notes.add(session, LOCAL_USER, code, f"key-0000{number}", NoteDraft(text, "Ask weekly."))
    anna, bert = people
    anna.get_by_role("button", name="Group by meaning").click()
    expect(bert.locator(".group .note")).to_have_count(2, timeout=WAIT)
    anna.locator(".group summary").first.click()
    anna.locator(".group").get_by_label("Name").fill("Late pumps")
    anna.get_by_role("button", name="Rename").click()
    expect(bert.locator(".group h3")).to_have_text("Late pumps", timeout=WAIT)
    assert anna.locator(".group details").first.evaluate("e => e.open")
    anna.get_by_role("button", name="One lesson of 2 notes").click()
    link = anna.locator(".note a", has_text="Lesson L-").first
    link.click()
    assert anna.locator("h1").inner_text() == "Late pumps"


def test_the_pages_read_well_in_light_and_dark_and_on_a_phone(
    people: list[Page], services: Services, code: str, room: str
) -> None:
    with transaction(services.sessions) as session:
        for number in range(2):
            notes.add(
                session, LOCAL_USER, code, f"key-0000{number}", NoteDraft("Long" * 60, "Act.", why="Rain.")
            )
        (first, _) = notes.board(session, LOCAL_USER, code).notes
        notes.gather(session, LOCAL_USER, code, "Group" * 20, [first.id])
        notes.vote(session, LOCAL_USER, code, first.id, given=True, voter="a-mark-of-sixteen")
    page = people[0]
    root = room.partition("/s/")[0]
    for address in (room, f"{room}/notes", f"{root}/lessons/sessions", f"{root}/lessons/sessions/new"):
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("e => { e.open = true }")
        for width in (320, 375, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRASTS) == []
